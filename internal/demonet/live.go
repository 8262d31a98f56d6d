package demonet

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

const (
	pastPosts = 25                 // what was said before the curtain rises
	pastSpan  = 4 * 24 * time.Hour // and how long ago it began
	attention = 10 * time.Minute   // after which nobody reacts to an answer any more
	lively    = 30                 // steps at full pace; then life slows down
	slowest   = 15                 // times the pace in the end
)

// life lets the cast speak. One step is one thing that somebody does.
type life struct {
	net     *Network
	cast    *cast
	speak   map[string]string // handle → language
	seed    uint64
	dice    *rand.Rand
	step    int
	started int             // talks started, over all restarts
	due     []act           // in no order
	heard   map[string]bool // answers of the company that somebody reacted to or let pass
}

// act is what somebody will do at a later step.
type act struct {
	step         int
	kind         byte // as of a turn
	handle, text string
	language     string
	post         string // that is answered, edited or deleted
}

// Live lets invented people talk about Acme until the context ends. On an empty network it first tells what they said over the
// last days. Then something happens about every pace, later up to fifteen times slower: new talks, follow-ups, edits, deletions,
// and reactions to the company's answers. Equal seeds give equal lives. It returns nil at the end, or the network's error.
func Live(ctx context.Context, n *Network, seed uint64, pace time.Duration) error {
	l, err := newLife(n, seed)
	if err != nil {
		return err
	}
	if l.started == 0 {
		if err := l.past(ctx); err != nil {
			return err
		}
	}
	wait := time.NewTimer(pace)
	defer wait.Stop()
	for step := 0; ; step++ {
		select {
		case <-ctx.Done():
			return nil
		case <-wait.C:
		}
		l.listen()
		if err := l.next(n.now()); err != nil {
			return fmt.Errorf("living on the demo network: %w", err)
		}
		wait.Reset(l.gap(step, pace))
	}
}

func newLife(n *Network, seed uint64) (*life, error) {
	c, err := readCast(lifeText)
	if err != nil {
		return nil, err
	}
	l := &life{net: n, cast: c, speak: c.handles(), seed: seed, heard: map[string]bool{}}
	for _, people := range c.people {
		for _, a := range people {
			if n.account(a.Handle).ID != "" {
				continue
			}
			if _, _, err := n.Join(a, ""); err != nil {
				return nil, fmt.Errorf("peopling the demo network: %w", err)
			}
		}
	}
	for _, p := range n.All() {
		if p.Parent == "" && l.speak[p.Author] != "" {
			l.started++
		}
	}
	l.dice = rand.New(rand.NewPCG(seed, uint64(l.started)))
	return l, nil
}

// past tells the last days in the order in which they happened.
func (l *life) past(ctx context.Context) error {
	began := l.net.now().Add(-pastSpan)
	for i := 0; len(l.net.All()) < pastPosts; i++ {
		if ctx.Err() != nil {
			return nil
		}
		at := began.Add(pastSpan * time.Duration(min(i, pastPosts)) / (pastPosts + 1)).Add(time.Duration(l.dice.Int64N(int64(time.Hour))))
		if err := l.next(at); err != nil {
			return fmt.Errorf("telling the past of the demo network: %w", err)
		}
	}
	return nil
}

// gap is how long it takes until the next step: between half and one and a half of what the time of the evening suggests.
func (l *life) gap(step int, pace time.Duration) time.Duration {
	factor := 1 + float64(max(0, step-lively))/12
	return time.Duration(float64(pace) * min(factor, slowest) * (0.5 + l.dice.Float64()))
}

// next does one thing: what is due, or else a new talk.
func (l *life) next(at time.Time) error {
	l.step++
	ready := slices.IndexFunc(l.due, func(a act) bool { return a.step <= l.step })
	if ready < 0 {
		return l.talk(at)
	}
	a := l.due[ready]
	l.due = slices.Delete(l.due, ready, ready+1)
	var err error
	switch a.kind {
	case '=':
		_, err = l.net.Edit(a.handle, a.post, a.text)
	case '-':
		err = l.net.Delete(a.handle, a.post)
	default:
		_, _, err = l.net.Publish(a.handle, Draft{Text: a.text, Parent: a.post, Language: a.language, CreatedAt: at})
	}
	var no *Refusal
	if errors.As(err, &no) {
		return nil // the post was removed or locked meanwhile; people shrug
	}
	return err
}

// talk starts a conversation and plans what comes of it.
func (l *life) talk(at time.Time) error {
	count := len(l.cast.talks)
	round, place := l.started/count, l.started%count
	order := rand.New(rand.NewPCG(l.seed, uint64(round))).Perm(count)
	t := l.cast.talks[order[place]]
	people := l.cast.people[t.language]
	who := l.dice.IntN(len(people))
	p, _, err := l.net.Publish(people[who].Handle, Draft{
		Text: t.text, Language: t.language, CreatedAt: at,
		Likes: l.dice.Int64N(12), Shares: l.dice.Int64N(4),
	})
	if err != nil {
		return err
	}
	l.started++
	when := l.step
	for _, turn := range t.turns {
		when += 1 + l.dice.IntN(4)
		a := act{step: when, kind: turn.kind, handle: p.Author, text: turn.text, language: t.language, post: p.ID}
		if turn.kind == '&' {
			a.handle = people[(who+1+l.dice.IntN(len(people)-1))%len(people)].Handle
		}
		l.due = append(l.due, a)
	}
	return nil
}

// listen looks for fresh answers of the company and plans what those who were answered say to them, if anything.
func (l *life) listen() {
	posts := l.net.All()
	author := make(map[string]string, len(posts))
	for _, p := range posts {
		author[p.ID] = p.Author
	}
	for _, p := range posts {
		asked := author[p.Parent]
		language := l.speak[asked]
		if language == "" || l.speak[p.Author] != "" || p.State != StatePublic || l.heard[p.ID] ||
			p.Replies > 0 || l.net.now().Sub(p.TakenAt) > attention {
			continue
		}
		l.heard[p.ID] = true
		lines := l.cast.thanks[language]
		switch l.dice.IntN(5) {
		case 0, 1:
			continue
		case 2:
			lines = l.cast.still[language]
		}
		l.due = append(l.due, act{
			step: l.step + 2, kind: '+', handle: asked, language: language, post: p.ID, text: lines[l.dice.IntN(len(lines))],
		})
	}
}
