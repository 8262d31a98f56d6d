package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

// siege is a public network and desks, each a process, and an agent who works on the desks' database from this one.
type siege struct {
	t        *testing.T
	dice     *rand.Rand
	config   string
	readBack bool
	network  string // address
	desks    []*process
	log      string // file that all desks write to
	app      *App   // the agent's
	agent    *desk.User

	kills, posts, answers, colleagues int
	edits, deletions                  int
	hits                              int                    // kills while a reply was with a worker
	spoiled                           map[desk.RemoteID]bool // posts that were removed or locked: a second sending may be refused
}

func newSiege(t *testing.T, dsn, idempotency string, dice *rand.Rand) *siege {
	t.Helper()
	dir := t.TempDir()
	w := &siege{t: t, dice: dice, config: filepath.Join(dir, "desk.yaml"), readBack: idempotency == "read-back", log: filepath.Join(dir, "desks.log"),
		spoiled: map[desk.RemoteID]bool{}}
	network := w.spawn("network", filepath.Join(dir, "network.log"))
	w.network = network.address(t)
	check(t, os.WriteFile(w.config, fmt.Appendf(nil, `
desk: {name: Tortured desk, listen: "127.0.0.1:0", private_networks: [127.0.0.0/8], key_file: %q}
database: %q
brands: [{name: acme, title: Acme, aliases: ["@acme"]}]
accounts: [{name: acme-town, kind: demo, server: %q, handle: acme, token: sesame, publish: "on"}]
sources: [{name: town, kind: demo, account: acme-town, brand: acme, every: 10s, idempotency: %s, delay: %s}]
notify: {targets: [{name: console, kind: console}], route: {target: console, group_wait: 0s}}
workflow: {undo: 100ms}
`, filepath.Join(dir, "key"), dsn, w.network, idempotency, ourDelay), 0o600))
	return w
}

// begin starts the desks, waits until first contact is over, and lets the network go mad.
func (w *siege) begin(desks int) {
	w.t.Helper()
	var err error
	opt := tortured(w.config)
	opt.Err = io.Discard
	w.app, err = Open(w.t.Context(), opt)
	check(w.t, err)
	w.t.Cleanup(func() { _ = w.app.Close() })
	who := operator()
	u, _, err := w.app.work.AddUser(w.t.Context(), &who, desk.User{Email: "agent@example.com", Name: "Andrea", Role: desk.RoleAdmin})
	check(w.t, err)
	w.agent = &u
	for range desks {
		w.desks = append(w.desks, w.spawn("desk", w.config))
	}
	w.until("first contact is over", func() string {
		if s, err := w.app.store.Source(w.t.Context(), "town"); err != nil || s.FirstPollAt.IsZero() {
			return fmt.Sprintf("source: %s %s %v", s.Health, s.Error, err)
		}
		return ""
	})
}

// moods of the network while desks are killed.
func (w *siege) mood() {
	m := demonet.Moods{
		IgnoreKeys: w.readBack, Delay: desk.Duration(lateness), RetryAfter: 1,
		Lose: demonet.Fault{Chance: 0.25}, FailAfter: demonet.Fault{Chance: 0.1}, FailBefore: demonet.Fault{Chance: 0.1},
		Limit: demonet.Fault{Chance: 0.1}, Busy: demonet.Fault{Chance: 0.05},
	}
	switch w.dice.IntN(4) {
	case 0: // slow enough that some calls end before the network acts on them
		m.Slow = desk.Duration(callTime * 6 / 10)
	case 1:
		m.Lose.On, m.Lose.Chance = "all", 0.15
	}
	w.control("PUT", "moods", m, nil)
}

// rage works, vandalises and kills until enough desks were killed.
func (w *siege) rage(kills int) {
	w.t.Helper()
	var nextMood, nextKill time.Time
	for w.kills < kills {
		now := time.Now()
		if now.After(nextMood) {
			w.mood()
			nextMood = now.Add(w.between(2*time.Second, 6*time.Second))
		}
		if nextKill.IsZero() {
			nextKill = now.Add(2 * time.Second)
		}
		if now.After(nextKill) {
			w.strike()
			nextKill = time.Now().Add(w.between(0, 4*time.Second))
		}
		w.disturb()
		w.work()
		w.mend()
		time.Sleep(w.between(20*time.Millisecond, 150*time.Millisecond)) // processes are real, so is the time
	}
}

// strike kills a desk and starts another in its place: now, or as soon as a reply is being sent.
func (w *siege) strike() {
	w.t.Helper()
	if w.dice.IntN(2) == 0 {
		for end := time.Now().Add(2 * time.Second); w.leased() == 0 && time.Now().Before(end); {
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(w.between(0, callTime/2))
	}
	i := w.dice.IntN(len(w.desks))
	w.desks[i].kill(w.t)
	w.kills++
	if w.leased() > 0 {
		w.hits++
	}
	w.desks[i] = w.spawn("desk", w.config)
}

// leased is how many replies, and changes of them, are with a worker, alive or not.
func (w *siege) leased() (n int) {
	w.t.Helper()
	rows, err := w.app.store.ListOutbox(w.t.Context(), desk.Everything, []desk.EntryState{desk.EntryLeased}, 100)
	check(w.t, err)
	for _, e := range rows {
		if e.Kind != desk.EntryNotice {
			n++
		}
	}
	return n
}

func (w *siege) between(from, to time.Duration) time.Duration {
	return from + time.Duration(w.dice.Int64N(int64(to-from)))
}

// calm heals the network and waits until the desks have nothing left to do.
func (w *siege) calm() {
	w.t.Helper()
	w.control("PUT", "moods", demonet.Moods{IgnoreKeys: w.readBack, Delay: desk.Duration(lateness)}, nil)
	w.until("everything has settled", func() string {
		check(w.t, w.app.store.DueNow(w.t.Context(), "town"))
		rows, err := w.app.store.ListOutbox(w.t.Context(), desk.Everything, []desk.EntryState{desk.EntryWaiting, desk.EntryLeased}, 10)
		check(w.t, err)
		if len(rows) > 0 {
			e := rows[0]
			return fmt.Sprintf("%d entries and more; %s %s is %s after %d attempts, started %v, next %v: %s", len(rows), e.Kind, e.Subject, e.State, e.Attempts, e.StartedAt, e.NextAt, e.Error)
		}
		return w.missing()
	})
	for _, d := range w.desks {
		d.end(w.t)
	}
}

// until waits for something that happens by itself; done says what is missing, nothing at the end.
func (w *siege) until(what string, done func() string) {
	w.t.Helper()
	deadline := time.Now().Add(patience)
	for missing := done(); missing != ""; missing = done() {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain until %s: %s\n%s", what, missing, w.tail())
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// control talks to the network behind its public face.
func (w *siege) control(method, what string, in, out any) {
	w.t.Helper()
	body, err := json.Marshal(in)
	check(w.t, err)
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.network+"/control/"+what, bytes.NewReader(body))
	check(w.t, err)
	resp, err := http.DefaultClient.Do(req)
	check(w.t, err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusGone {
		return // somebody was faster
	}
	if resp.StatusCode/100 != 2 {
		w.t.Fatalf("%s %s: %s", method, what, resp.Status)
	}
	if out != nil {
		check(w.t, json.NewDecoder(resp.Body).Decode(out))
	}
}

// logged is what the desks wrote to their log; tail is its end.
func (w *siege) logged() string {
	b, _ := os.ReadFile(w.log)
	return string(b)
}

func (w *siege) tail() string {
	log := w.logged()
	return log[max(0, len(log)-6000):]
}
