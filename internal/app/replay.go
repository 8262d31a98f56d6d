package app

import (
	"context"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// ReplayOptions say what is judged again and how that is told.
type ReplayOptions struct {
	Span  time.Duration // mentions that arrived within it
	Dry   bool          // store nothing
	Lines bool          // print JSON lines: notable mentions, then the sum
}

// notableShown is how many notable mentions the table shows.
const notableShown = 20

// Replay judges history again by the present model and rules and prints the difference.
func Replay(ctx context.Context, opt Options, in ReplayOptions) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	bar := newBar(opt.Err)
	var shown []desk.Notable
	more := 0
	who := operator()
	sum, err := a.work.Replay(ctx, &who, work.ReplayOptions{
		Judges: desk.Judges{Model: a.triage.Model(), Rules: a.triage.Rules()}, Since: time.Now().Add(-in.Span), Dry: in.Dry,
		Notable: func(n desk.Notable) error {
			if in.Lines {
				return printJSON(opt, n)
			}
			if len(shown) < notableShown {
				shown = append(shown, n)
			} else {
				more++
			}
			return nil
		},
		Progress: func(n int) { bar.show(0, 0, n) },
	})
	bar.done()
	if err != nil {
		return fmt.Errorf("%w; what was judged so far is stored, call it again to go on", err)
	}
	if in.Lines {
		return printJSON(opt, sum)
	}
	a.writeReplay(sum, shown, more, in.Dry)
	return nil
}

func (a *App) writeReplay(sum desk.Replayed, shown []desk.Notable, more int, dry bool) {
	w := a.opt.Out
	verb := "were judged again"
	if dry {
		verb = "would be judged again; nothing was stored"
	}
	_, _ = fmt.Fprintf(w, "%d mentions %s. %d change, %d keep what people corrected.\n", sum.Mentions, verb, sum.Changed, sum.Corrected)
	writeChanges(w, sum.Changes, "")
	_, _ = fmt.Fprintf(w, "The urgency of %d rises to high or critical; the sentiment of %d turns.\n", sum.Rose, sum.Turned)
	for _, n := range shown {
		_, _ = fmt.Fprintf(w, "  %s  %s  %s: %s\n", n.Mention, n.Seen.Format("2006-01-02"), changeWords(n.Changes), n.Text)
	}
	if more > 0 {
		_, _ = fmt.Fprintf(w, "  and %d more; --format jsonl lists all of them\n", more)
	}
}
