package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/triage"
	"github.com/earshotdesk/earshot/web"
)

// Triage judges the texts on standard input, one a line, and prints one verdict a line. Brands, topics and rules come from the
// configuration; without one (and when none was asked for) texts are judged without.
func Triage(ctx context.Context, opt Options, asked bool, in io.Reader) error {
	p, err := pipeline(opt, asked)
	if err != nil {
		return err
	}
	return triage.JSONL(ctx, in, opt.Out, p)
}

// Evaluate scores triage against labelled files.
func Evaluate(ctx context.Context, opt Options, files []string, asJSON bool) error {
	p, err := triage.New(triage.Options{})
	if err != nil {
		return err
	}
	scores, err := triage.Evaluate(ctx, p, files)
	if err != nil {
		return err
	}
	if asJSON {
		return triage.WriteScoresJSON(opt.Out, scores)
	}
	return triage.WriteScores(opt.Out, scores)
}

func pipeline(opt Options, asked bool) (*triage.Pipeline, error) {
	if _, err := os.Stat(opt.Config); errors.Is(err, fs.ErrNotExist) && !asked {
		return triage.New(triage.Options{})
	}
	cfg, err := Load(opt.Config)
	if err != nil {
		return nil, err
	}
	return newTriage(cfg)
}

// listed is a kind of connector as `earshot connectors --format json` prints it.
type listed struct {
	Kind    string `json:"kind"`
	Summary string `json:"summary"`
	connectors.Capabilities
	Delay  string `json:"delay,omitempty"`  // until a reply can be read back
	Window string `json:"window,omitempty"` // after which data cannot be had any more
}

// Connectors prints what each kind of this build can do.
func Connectors(opt Options, asJSON bool) error {
	kinds, _, err := registries()
	if err != nil {
		return err
	}
	all := make([]listed, 0, len(kinds.Kinds()))
	for _, k := range kinds.Kinds() {
		spec, err := kinds.Spec(k)
		if err != nil {
			return err
		}
		l := listed{Kind: k, Summary: spec.Summary, Capabilities: spec.Caps}
		if spec.Caps.Delay > 0 {
			l.Delay = spec.Caps.Delay.String()
		}
		if spec.Caps.Window > 0 {
			l.Window = spec.Caps.Window.String()
		}
		all = append(all, l)
	}
	if asJSON {
		enc := json.NewEncoder(opt.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(all)
	}
	w := tabwriter.NewWriter(opt.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "KIND\tREPLIES\tONCE IN PUBLIC\tLIMIT\tSEES EDITS\tSEES DELETIONS\tWHAT IT READS")
	for _, l := range all {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Kind, replies(l.Capabilities), l.Certainty, limit(l.Capabilities), yes(l.SeesEdits), yes(l.SeesGone), l.Summary)
	}
	return w.Flush()
}

func replies(c connectors.Capabilities) string {
	switch {
	case !c.Replies:
		return "no"
	case c.Many:
		return "many"
	}
	return "one"
}

func limit(c connectors.Capabilities) string {
	if c.Limit == 0 {
		return "-"
	}
	return fmt.Sprintf("%d %s", c.Limit, c.Counts)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Sample prints the commented settings of a kind.
func Sample(opt Options, kind string) error {
	kinds, _, err := registries()
	if err != nil {
		return err
	}
	spec, err := kinds.Spec(kind)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(opt.Out, strings.TrimRight(spec.Sample, "\n"))
	return err
}

// webKinds is the same table for the pages.
func (a *App) webKinds() []web.Kind {
	var out []web.Kind
	for _, k := range a.kinds.Kinds() {
		spec, err := a.kinds.Spec(k)
		if err != nil {
			continue // listed a moment ago
		}
		c := spec.Caps
		out = append(out, web.Kind{
			Kind: k, Summary: spec.Summary, Polls: c.Polls, Replies: c.Replies, Many: c.Many, Edit: c.Edit, Delete: c.Delete, Limit: c.Limit,
			Counts: c.Counts, Certainty: string(c.Certainty), Delay: c.Delay, Window: c.Window, Cost: c.Cost, NoTraining: c.NoTraining,
			SeesEdits: c.SeesEdits, SeesGone: c.SeesGone,
		})
	}
	return out
}
