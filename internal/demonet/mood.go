package demonet

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Moods is how the network misbehaves. The zero value is a network in perfect health that honours Idempotency-Keys.
type Moods struct {
	IgnoreKeys bool          `json:"ignore_keys,omitempty"` // accepts Idempotency-Key and does not care
	Moderate   bool          `json:"moderate,omitempty"`    // replies over the public API await /control/approve
	Delay      desk.Duration `json:"delay,omitzero"`        // reads show new replies only after this
	Slow       desk.Duration `json:"slow,omitzero"`         // every request waits this long, then acts even if the caller has gone

	Limit      Fault `json:"limit,omitzero"`       // answers 429 and does nothing
	RetryAfter int   `json:"retry_after"`          // seconds that a 429 names; 0 names none
	Busy       Fault `json:"busy,omitzero"`        // answers 503 with "processed": false and does nothing
	FailBefore Fault `json:"fail_before,omitzero"` // answers 500 and does nothing
	FailAfter  Fault `json:"fail_after,omitzero"`  // does it and answers 500
	Lose       Fault `json:"lose,omitzero"`        // does it and cuts the connection instead of answering
}

// Fault says when something goes wrong: surely for the next requests, then by chance.
type Fault struct {
	Chance float64 `json:"chance,omitempty"` // 0 to 1
	Next   int     `json:"next,omitempty"`   // this many requests surely
	On     string  `json:"on,omitempty"`     // writes (also when empty), reads or all
}

// maxSlow bounds Slow and Delay, so that a slip of the pen does not stop a network for a day.
const maxSlow = 10 * time.Minute

// Check says in a sentence what is wrong with the moods.
func (m Moods) Check() error {
	for _, d := range []desk.Duration{m.Delay, m.Slow} {
		if d < 0 || d.Std() > maxSlow {
			return fmt.Errorf("delay and slow lie between 0 and %s, %s does not", maxSlow, d)
		}
	}
	if m.RetryAfter < 0 {
		return errors.New("retry_after is a number of seconds, or 0 to name none")
	}
	for _, f := range m.faults() {
		if f.Chance < 0 || f.Chance > 1 || f.Next < 0 {
			return errors.New("the chance of a fault lies between 0 and 1, and next is not negative")
		}
		if f.On != "" && f.On != "writes" && f.On != "reads" && f.On != "all" {
			return fmt.Errorf("faults happen on writes, reads or all, not on %q", f.On)
		}
	}
	return nil
}

func (m *Moods) faults() []*Fault {
	return []*Fault{&m.Limit, &m.Busy, &m.FailBefore, &m.FailAfter, &m.Lose}
}

// Moods returns the moods in force; Next counts down as faults happen.
func (n *Network) Moods() Moods {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.fate.moods
}

// SetMoods replaces the moods. They are in the log, so a restart keeps them.
func (n *Network) SetMoods(m Moods) error {
	if err := m.Check(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.commit(entry{Do: doMoods, Moods: &m})
}

// fate draws the faults of requests and counts what happened.
type fate struct {
	moods Moods // guarded by the network's lock
	dice  *rand.Rand

	mu       sync.Mutex
	counters map[string]int64
}

func newFate() *fate { return &fate{counters: map[string]int64{}} }

// restart throws the dice anew from the seed and the length of the log: repeatable, yet a restart does not repeat the same bad luck.
func (f *fate) restart(seed, entries uint64) { f.dice = rand.New(rand.NewPCG(seed, entries)) }

// omen is what will go wrong with one request.
type omen struct {
	slow                                      time.Duration
	limit, busy, failBefore, failAfter, loses bool
	retryAfter                                int
}

// foresee draws what goes wrong with a request. Sure faults are counted down in the log, so that "the next 3" stay 3 over a restart.
func (n *Network) foresee(write bool) (omen, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	m := n.fate.moods
	o := omen{slow: m.Slow.Std(), retryAfter: m.RetryAfter}
	hits := []*bool{&o.limit, &o.busy, &o.failBefore, &o.failAfter, &o.loses}
	sure := false
	for i, f := range m.faults() {
		if !f.concerns(write) {
			continue
		}
		switch {
		case f.Next > 0:
			f.Next--
			*hits[i], sure = true, true
		case f.Chance > 0:
			*hits[i] = n.fate.dice.Float64() < f.Chance
		}
		if *hits[i] {
			break // one misfortune at a time
		}
	}
	if sure {
		return o, n.commit(entry{Do: doMoods, Moods: &m})
	}
	return o, nil
}

func (f *Fault) concerns(write bool) bool {
	switch f.On {
	case "all":
		return true
	case "reads":
		return !write
	}
	return write
}

// note counts something.
func (f *fate) note(what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counters[what]++
}

// Counters returns how often what happened since the start of the process, by method and status ("POST 201") and by fault
// ("lost", "limited", "busy", "failed_before", "failed_after", "replayed").
func (n *Network) Counters() map[string]int64 {
	n.fate.mu.Lock()
	defer n.fate.mu.Unlock()
	all := make(map[string]int64, len(n.fate.counters))
	for k, v := range n.fate.counters {
		all[k] = v
	}
	return all
}
