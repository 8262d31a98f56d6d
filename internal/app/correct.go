package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// CorrectOptions say which tag of a mention is wrong.
type CorrectOptions struct {
	desk.Correction
	As       string // address of the person who says so; whoever has the shell when empty
	Withdraw bool   // take back what stands for the tag
}

// Correct notes that a tag of a mention is wrong, or takes that back, and prints the correction as JSON.
func Correct(ctx context.Context, opt Options, in CorrectOptions) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	who := operator()
	if in.As != "" {
		if who, err = a.store.UserByEmail(ctx, in.As); err != nil {
			return desk.Invalidf("--as %s: nobody at this desk has that address", in.As)
		}
		if who.Disabled || who.Role == desk.RoleMarketing {
			return desk.Deniedf("%s may read, not correct verdicts", in.As)
		}
	}
	var c desk.Correction
	if in.Withdraw {
		c, err = a.work.UncorrectTag(ctx, &who, in.Mention, in.Tag, cmp.Or(in.To, in.From))
	} else {
		c, err = a.work.Correct(ctx, &who, in.Correction)
	}
	if err != nil {
		return fmt.Errorf("mention %s: %w", in.Mention, err)
	}
	return printJSON(opt, c)
}

func printJSON(opt Options, v any) error {
	enc := json.NewEncoder(opt.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// correctionsMost is how many corrections one call lists.
const correctionsMost = 100_000

// Corrections lists what people said about verdicts since a span ago, newest first.
func Corrections(ctx context.Context, opt Options, span time.Duration, lines bool) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, err := a.store.ListCorrections(ctx, desk.Everything, time.Now().Add(-span), correctionsMost)
	if err != nil {
		return err
	}
	if lines {
		for i := range list {
			if err := printJSON(opt, list[i]); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(opt.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "CORRECTION\tAT\tWHO\tMENTION\tTAG\tFROM\tTO\tSTANDS\tLEARNED\tNOTE")
	for i := range list {
		c := &list[i]
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.At.Format("2006-01-02 15:04"), c.ByName, c.Mention, c.Tag,
			cmp.Or(c.From, "-"), cmp.Or(c.To, "-"), yesNo(c.Stands), yesNo(c.Learnable), desk.Excerpt(c.Note))
	}
	return w.Flush()
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
