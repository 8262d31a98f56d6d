package reviewpage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/known"
	"github.com/earshotdesk/earshot/internal/desk"
)

// patience is the longest pause between two pages that is waited for within one poll; after a longer one the next poll goes on.
const patience = 10 * time.Second

// state is what the cursor holds.
type state struct {
	Page     string    `json:"page"`           // digest of address and selectors: others start afresh
	ETag     string    `json:"etag,omitempty"` // of the first page
	Modified string    `json:"modified,omitempty"`
	Had      int       `json:"had,omitempty"`    // reviews on the first page when it last had any
	Walked   bool      `json:"walked,omitempty"` // the first walk came to its end
	Next     string    `json:"next,omitempty"`   // where the next poll goes on, when the pause is long
	Left     int       `json:"left,omitempty"`   // pages that the walk may still read
	Robots   manners   `json:"robots"`
	Known    known.Set `json:"known"`
}

// Poll reads the page, and those after it as long as they hold something new.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	var s state
	if json.Unmarshal([]byte(since), &s) != nil || s.Page != c.key {
		s = state{Page: c.key}
	}
	w := &walk{c: c, s: &s}
	err := w.run(ctx)
	return w.batch.At(&s, since, err)
}

// walk is one poll.
type walk struct {
	c     *Connector
	s     *state
	batch connectors.Batch
	shown int // reviews seen in this poll
}

func (w *walk) run(ctx context.Context) error {
	at, left := w.c.at, w.c.o.MaxPages
	if u, err := url.Parse(w.s.Next); err == nil && w.s.Next != "" && u.Host == at.Host && w.s.Left > 0 {
		at, left = u, w.s.Left
	}
	w.s.Next, w.s.Left = "", 0
	visited := map[string]bool{}
	for {
		visited[at.String()] = true
		next, err := w.page(ctx, at)
		if err != nil {
			return err
		}
		left--
		if next == nil || left == 0 || visited[next.String()] {
			break
		}
		pause := max(w.c.o.Pace.Std(), time.Duration(w.s.Robots.Delay)*time.Millisecond)
		if pause > patience {
			w.s.Next, w.s.Left, w.batch.Wait = next.String(), left, pause
			return nil
		}
		if err := rest(ctx, pause); err != nil {
			return fmt.Errorf("reading %s: %w", w.c.shown(), err)
		}
		at = next
	}
	w.s.Walked = true
	w.s.Known.Trim(max(2*w.shown, min(w.s.Known.Len(), 20_000), 200))
	return nil
}

// page reads one page and returns where to go on; nil when there is nothing new behind it.
func (w *walk) page(ctx context.Context, at *url.URL) (*url.URL, error) {
	first := at.String() == w.c.at.String()
	p, err := w.c.read(ctx, w.s, at, first)
	if !first && (errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrGone)) {
		return nil, nil // the end of the list, of which its last page did not know
	}
	if err != nil || p.unchanged {
		return nil, err
	}
	if first {
		switch n := len(p.found); {
		case n > 0:
			w.s.Had = n
		case w.s.Had > 0:
			w.s.ETag, w.s.Modified = "", ""
			return nil, fmt.Errorf("%s shows no review, where it showed %d before: its layout changed, or it is another page now", w.c.shown(), w.s.Had)
		}
	}
	fresh := 0
	for i := range p.found {
		if w.tell(&p.found[i]) {
			fresh++
		}
	}
	w.shown += len(p.found)
	for _, script := range p.bad {
		if w.s.Known.Tell("script\x00"+script, "") {
			w.batch.Poison = append(w.batch.Poison, desk.Poison{Source: w.c.env.Source.Name, At: w.c.env.Now(), Raw: []byte(script),
				Err: "a script of the page that speaks of reviews is no JSON, even when its usual faults are mended"})
		}
	}
	if fresh == 0 && w.s.Walked {
		return nil, nil // stop at what is known
	}
	return p.next, nil
}

// tell puts a review and what was answered to it into the batch, what of it is new or reads otherwise.
func (w *walk) tell(f *found) bool {
	fresh := false
	put := func(m desk.Mention) {
		if w.s.Known.Tell(string(m.Remote), m.Digest()) {
			fresh = true
			w.batch.Mentions = append(w.batch.Mentions, m)
		}
	}
	put(f.m)
	replied := false
	for _, a := range f.says {
		a.m.Parent, a.m.Thread, a.m.Ours = f.m.Remote, f.m.Remote, a.ours
		a.m.Remote = f.m.Remote + "#" + digest(&a.m)
		if a.ours && !replied {
			a.m.Remote, replied = f.m.Remote+connectors.AnswerSuffix, true
		}
		put(a.m)
	}
	return fresh
}

// rest waits, or returns the context's error as soon as it ends.
func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
