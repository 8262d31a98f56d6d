package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// AuditOptions are what [AuditSample] is told by flags.
type AuditOptions struct {
	triage.AuditPlan
	Since time.Duration // how far back; 0 for all
	Out   string        // file to write; empty or "-" for standard output
}

// mostDrawn bounds how many mentions an audit is picked from, and so its memory.
const mostDrawn = 10_000

// AuditSample draws mentions at random and writes those that a person is to judge.
func AuditSample(ctx context.Context, opt Options, what AuditOptions) error {
	if what.Rows < 1 || what.Rows > mostDrawn {
		return desk.Invalidf("--rows is %d; it can be 1 to %d", what.Rows, mostDrawn)
	}
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	// Many more are drawn than asked about: the strata's sizes are told by them.
	draw := desk.Draw{Most: min(mostDrawn, max(2000, 20*what.Rows)), Seed: what.Seed}
	if what.Since > 0 {
		draw.Since = time.Now().Add(-what.Since)
	}
	drawn, err := a.store.DrawMentions(ctx, desk.Everything, draw)
	if err != nil {
		return err
	}
	rows := triage.Audit(drawn.Rows, drawn.Of, what.AuditPlan)
	if len(rows) == 0 {
		return desk.Invalidf("the desk has no judged mentions to draw from; a longer --since may find some")
	}
	if err := writeTo(opt, what.Out, rows); err != nil {
		return err
	}
	_, err = fmt.Fprintf(opt.Err, "%d of %d mentions. Fill in the columns that begin with true_ (ok for what triage said, - for no product or topic), then: earshot audit score FILE\n",
		len(rows), drawn.Of)
	return err
}

func writeTo(opt Options, file string, rows []triage.AuditRow) error {
	if file == "" || file == "-" {
		return triage.WriteAudit(opt.Out, rows)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // never over a file that somebody may have filled in
	if err != nil {
		return fmt.Errorf("writing the audit: %w", err)
	}
	return errors.Join(triage.WriteAudit(f, rows), f.Close())
}

// AuditScore prints what the answers in an audit's file say of triage.
func AuditScore(_ context.Context, opt Options, file string, asJSON bool) error {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("opening the audit: %w", err)
	}
	defer func() { _ = f.Close() }()
	rows, err := triage.ReadAudit(f, file)
	if err != nil {
		return err
	}
	report := triage.ScoreAudit(rows)
	if asJSON {
		return report.WriteJSON(opt.Out)
	}
	return report.Write(opt.Out)
}
