package app

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// learning hands the web what people tell the desk about its verdicts. One look at the past runs at a time in a process.
type learning struct {
	*work.Desk
	app  *App
	busy chan struct{}
}

func newLearning(a *App) *learning { return &learning{a.work, a, make(chan struct{}, 1)} }

// Corrections returns the corrections of a mention.
func (l *learning) Corrections(ctx context.Context, scope desk.Scope, id desk.MentionID) ([]desk.Correction, error) {
	return l.app.store.Corrections(ctx, scope, id)
}

// ProposeRules turns corrections into rules.
func (l *learning) ProposeRules(ctx context.Context, scope desk.Scope, from string, since time.Time) (out desk.Proposals, err error) {
	err = l.alone(func() error {
		out, err = l.app.proposeRules(ctx, scope, from, since)
		return err
	})
	return out, err
}

// TryRules tells what rules would have changed.
func (l *learning) TryRules(ctx context.Context, scope desk.Scope, yaml string, since time.Time) (out []desk.Trial, err error) {
	rules, err := config.ParseRules("yaml", []byte(yaml), l.app.cfg)
	if err != nil {
		return nil, desk.Invalidf("%v", err)
	}
	err = l.alone(func() error {
		out, err = l.app.tryRules(ctx, scope, rules, since)
		return err
	})
	return out, err
}

// alone runs fn unless something else looks at the past.
func (l *learning) alone(fn func() error) error {
	select {
	case l.busy <- struct{}{}:
		defer func() { <-l.busy }()
		return fn()
	default:
		return desk.Conflictf("The desk is looking at the past for somebody else. Try again in a moment.")
	}
}
