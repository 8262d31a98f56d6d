package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Links are the addresses of the desk's pages. A missing one leaves out its link.
type Links struct {
	Case     func(desk.CaseID) string
	Board    string
	Sources  string
	Outbox   string
	Accounts string
}

// Sender turns an entry of the outbox into a notice and gives it to its target. What the notice says is read at that moment, so
// that a notice that waited tells how things are and not how they were.
type Sender struct {
	Log     Log
	Targets map[string]Notifier
	Desk    string // name of the desk
	Names   Names  // of networks
	Links   Links
	Timeout time.Duration    // of one attempt; 30s when 0
	GiveUp  time.Duration    // a notice older than this is given up instead of tried again; 24h when 0
	Now     func() time.Time // time.Now when nil
	Logger  *slog.Logger     // slog.Default when nil
}

// Act makes one attempt at an entry of kind [desk.EntryNotice] and says how it ended.
func (s Sender) Act(ctx context.Context, e desk.Entry) desk.Settlement {
	var b body
	if err := json.Unmarshal(e.Body, &b); err != nil {
		return desk.Settlement{State: desk.EntryDead, Error: "The notice cannot be read: " + err.Error()}
	}
	target, ok := s.Targets[b.Target]
	if !ok {
		return desk.Settlement{State: desk.EntryCancelled, Error: fmt.Sprintf("The target %q is configured no more.", b.Target)}
	}
	g, err := s.Log.NoticeGroup(ctx, b.Group)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return s.again(e, &desk.Transient{Err: fmt.Errorf("reading what was said: %w", err)})
	}
	if done, over := needless(b, g); over {
		return done
	}
	n, err := s.notice(ctx, b, g)
	if err != nil {
		return s.again(e, &desk.Transient{Err: err})
	}
	receipt, err := s.tell(ctx, target, n)
	if ctx.Err() != nil && err != nil {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: s.now(), Error: "Stopped before the target answered.", Free: true}
	}
	if err != nil {
		return s.again(e, err)
	}
	if receipt.At.IsZero() {
		receipt.At = s.now()
	}
	if err := s.Log.KeepReceipt(ctx, b.Group, b.Generation, receipt); err != nil {
		return s.again(e, &desk.Transient{Err: fmt.Errorf("keeping the receipt: %w", err)})
	}
	return desk.Settlement{State: desk.EntryDone, Receipt: receipt}
}

// needless tells whether an entry need not be said, and how it is settled then: it was delivered and only the settlement was
// lost; a later notice of the same message says it; or all it says is that something is over that nobody was told of.
func needless(b body, g desk.NoticeGroup) (desk.Settlement, bool) {
	quiet := b.Cause == Moved || b.Cause == Resolved
	switch {
	case g.Delivered >= b.Generation:
		return desk.Settlement{State: desk.EntryDone, Receipt: g.Receipt}, true
	case g.Generation > b.Generation && g.Anchor == b.Anchor && (b.Cause == Moved || b.Cause == Repeat):
		return desk.Settlement{State: desk.EntryCancelled, Error: "A later notice of the same message says it."}, true
	case quiet && b.Counts.Open() == 0 && g.Delivered < b.Anchor:
		return desk.Settlement{State: desk.EntryCancelled, Error: "It was over before anybody could be told."}, true
	}
	return desk.Settlement{}, false
}

// notice puts together what is told, as things are now.
func (s Sender) notice(ctx context.Context, b body, g desk.NoticeGroup) (Notice, error) {
	n := Notice{
		Desk: s.Desk, URL: s.Links.Board, Target: b.Target, Group: b.Group, Generation: b.Generation, Cause: b.Cause, At: b.At,
		Counts: b.Counts, Since: b.Since, Loud: b.Cause == First || b.Cause == News || b.Cause == Repeat,
	}
	if n.Desk == "" {
		n.Desk = "Earshot"
	}
	if g.Delivered >= b.Anchor {
		n.Receipt = g.Receipt
	}
	if isTrouble(b.Group) {
		s.trouble(&n, b.Stage)
		return n, nil
	}
	for _, name := range slices.Sorted(maps.Keys(g.Labels)) {
		value := g.Labels[name]
		if name == "site" {
			value = s.Names.Site(desk.Site(value))
		}
		if value != "" && name != "case" {
			n.Labels = append(n.Labels, Label{name, value})
		}
	}
	cards, err := s.Log.NoticeCards(ctx, desk.Everything, b.Cases)
	if err != nil {
		return n, fmt.Errorf("reading the cases: %w", err)
	}
	for i := range cards {
		link := ""
		if s.Links.Case != nil {
			link = s.Links.Case(cards[i].ID)
		}
		card := NewCard(&cards[i], link, s.Names)
		if b.Counts.Open() == 0 && b.Counts.Answered == 0 {
			card.Excerpt, card.Why = "", "" // all left the message; some went to another
		}
		n.Cards = append(n.Cards, card)
	}
	return n, nil
}

// tell calls the target under a timeout; a panic of the target is an error of this one notice.
func (s Sender) tell(ctx context.Context, target Notifier, n Notice) (r desk.Receipt, err error) {
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			logger := s.Logger
			if logger == nil {
				logger = slog.Default()
			}
			logger.Error("a target broke", "target", n.Target, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("the target %s broke on this notice", n.Target)
		}
	}()
	r, err = target.Notify(ctx, n)
	if err != nil && ctx.Err() != nil {
		if _, ok := errors.AsType[*desk.Transient](err); !ok {
			err = &desk.Transient{Err: err}
		}
	}
	return r, err
}

// again settles a failed attempt. What may pass waits, longer each time; a span that the target named is waited without counting
// the attempt. What a person must look at, and what became too old, is given up.
func (s Sender) again(e desk.Entry, err error) desk.Settlement {
	now := s.now()
	giveUp := s.GiveUp
	if giveUp <= 0 {
		giveUp = 24 * time.Hour
	}
	pass, ok := errors.AsType[*desk.Transient](err)
	if !ok {
		return desk.Settlement{State: desk.EntryDead, Error: err.Error()}
	}
	if !e.CreatedAt.IsZero() && now.Sub(e.CreatedAt) > giveUp {
		return desk.Settlement{State: desk.EntryDead, Error: fmt.Sprintf("Given up after %s: %v", giveUp, err)}
	}
	if pass.After > 0 {
		return desk.Settlement{State: desk.EntryWaiting, NextAt: now.Add(pass.After), Error: err.Error(), Free: true}
	}
	return desk.Settlement{State: desk.EntryWaiting, NextAt: now.Add(backoff(e.Attempts)), Error: err.Error()}
}

// backoff is how long to wait after the given number of attempts: 15s, 30s, 1m … at most 15m.
func backoff(attempts int) time.Duration {
	return min(15*time.Second<<min(max(attempts-1, 0), 10), 15*time.Minute)
}

func (s Sender) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}
