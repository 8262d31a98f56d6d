package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
)

// ProposeRules prints rules that would do what corrections did, ready to be pasted under triage.rules, each with what it would have
// changed since a span ago. from names one correction; empty takes all of the span.
func ProposeRules(ctx context.Context, opt Options, from string, span time.Duration, asJSON bool) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	out, err := a.proposeRules(ctx, desk.Everything, from, time.Now().Add(-span))
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(opt, out)
	}
	if len(out.Proposals) == 0 {
		_, _ = fmt.Fprintln(opt.Out, "# There is no rule to propose.")
	} else {
		_, _ = fmt.Fprintln(opt.Out, "# To be pasted under triage.rules of the configuration; then `earshot replay` judges history by it.")
	}
	for i := range out.Proposals {
		p := &out.Proposals[i]
		_, _ = fmt.Fprintf(opt.Out, "\n# %s\n", strings.ReplaceAll(p.Rule.Name, "\n", " "))
		_, _ = fmt.Fprintf(opt.Out, "# Its words stand in %d of %d corrected texts.\n", p.Covers, len(p.Corrections))
		writeTrial(opt.Out, &p.Trial, "# ")
		_, _ = fmt.Fprint(opt.Out, p.YAML)
	}
	for _, l := range out.Left {
		_, _ = fmt.Fprintf(opt.Out, "\n# %s from %s to %s, %d corrections: no rule, %s.\n", l.Tag, either(l.From), either(l.To), len(l.Corrections), l.Why)
	}
	return nil
}

// TryRules prints what the rules in a file would have changed since a span ago. Nothing is stored.
func TryRules(ctx context.Context, opt Options, file string, span time.Duration, asJSON bool) error {
	data, err := os.ReadFile(file)
	var path *fs.PathError
	if errors.As(err, &path) {
		return desk.Invalidf("%s: %v", file, path.Err)
	}
	if err != nil {
		return err
	}
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	rules, err := config.ParseRules(file, data, a.cfg)
	if err != nil {
		return err
	}
	trials, err := a.tryRules(ctx, desk.Everything, rules, time.Now().Add(-span))
	if err != nil {
		return err
	}
	for i := range trials {
		if asJSON {
			if err := printJSON(opt, trials[i]); err != nil {
				return err
			}
			continue
		}
		_, _ = fmt.Fprintf(opt.Out, "%s\n", trials[i].Rule)
		writeTrial(opt.Out, &trials[i], "  ")
	}
	return nil
}

// writeTrial says in lines what a rule would have changed.
func writeTrial(w io.Writer, t *desk.Trial, pad string) {
	limited := ""
	if t.Limited {
		limited = ", the newest; there are more than one look takes"
	}
	_, _ = fmt.Fprintf(w, "%sOf %d mentions since %s%s, its condition holds for %d and it would have changed %d.\n", pad, t.Mentions, t.Since.Format("2006-01-02 15:04"), limited, t.Matched, t.Changed)
	writeChanges(w, t.Changes, pad)
	_, _ = fmt.Fprintf(w, "%sOf what people corrected in that time, it would have put %d right and %d wrong, and left %d.\n", pad, t.Right, t.Wrong, t.Missed)
	for _, e := range t.Examples {
		_, _ = fmt.Fprintf(w, "%s  %s  %s  %s: %s\n", pad, e.Mention, e.Seen.Format("2006-01-02"), changeWords(e.Changes), e.Text)
	}
}

// writeChanges prints how many tags went from what to what.
func writeChanges(w io.Writer, list []desk.Change, pad string) {
	for _, c := range list {
		_, _ = fmt.Fprintf(w, "%s  %-10s %-10s → %-10s %6d\n", pad, c.Tag, either(c.From), either(c.To), c.N)
	}
}

func changeWords(list []desk.Change) string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = c.Tag + " " + either(c.From) + " → " + either(c.To)
	}
	return strings.Join(words, ", ")
}

// either stands in for what is empty: a name that was not there, a label that is not known.
func either(label string) string {
	if label == "" {
		return "-"
	}
	return label
}
