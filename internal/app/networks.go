package app

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/web"
)

// listed is a kind of connector as `earshot connectors --format json` prints it.
type listed struct {
	Kind    string           `json:"kind"`
	Title   string           `json:"title"`
	Group   connectors.Group `json:"group"`
	Summary string           `json:"summary"`
	connectors.Capabilities
	Delay  string `json:"delay,omitempty"`  // until a reply can be read back
	Window string `json:"window,omitempty"` // after which data cannot be had any more
	Login  string `json:"login,omitempty"`  // how its accounts come to their grants: consent, open, token

	Settings []setting `json:"settings,omitempty"` // of one kind alone
	Sample   string    `json:"sample,omitempty"`

	spec connectors.Spec
}

// setting is one of a kind's settings.
type setting struct {
	Name    string   `json:"name"`
	Form    string   `json:"form"` // text, number, duration, yes/no, secret, list, names, settings
	Default string   `json:"default,omitempty"`
	Choices []string `json:"choices,omitempty"`
	Needed  bool     `json:"needed,omitempty"`
	Doc     string   `json:"doc,omitempty"`
}

// listKinds describes every kind of a build, by group and then by name.
func listKinds(kinds *connectors.Registry) ([]listed, error) {
	var out []listed
	for _, k := range kinds.Kinds() {
		spec, err := kinds.Spec(k)
		if err != nil {
			return nil, err
		}
		out = append(out, describe(spec))
	}
	slices.SortStableFunc(out, func(a, b listed) int {
		return cmp.Compare(slices.Index(connectors.Groups(), a.Group), slices.Index(connectors.Groups(), b.Group))
	})
	return out, nil
}

func describe(spec connectors.Spec) listed {
	l := listed{
		Kind: spec.Kind, Title: cmp.Or(spec.Title, spec.Kind), Group: spec.Group, Summary: spec.Summary,
		Capabilities: spec.Caps, Login: loginOf(spec), spec: spec,
	}
	if !slices.Contains(connectors.Groups(), l.Group) {
		l.Group = connectors.GroupOther
	}
	if spec.Caps.Delay > 0 {
		l.Delay = spec.Caps.Delay.String()
	}
	if spec.Caps.Window > 0 {
		l.Window = spec.Caps.Window.String()
	}
	return l
}

// detail adds what is told of one kind alone.
func (l listed) detail() listed {
	for _, s := range config.Settings(l.spec.Options) {
		l.Settings = append(l.Settings, setting(s))
	}
	l.Sample = strings.TrimRight(l.spec.Sample, "\n") + "\n"
	return l
}

// Connectors prints what the kinds of this build can do, or all about one of them, as a table for people, as JSON, or as the page of the
// docs.
func Connectors(opt Options, kind, format string) error {
	kinds, _, err := registries()
	if err != nil {
		return err
	}
	all, err := listKinds(kinds)
	if err != nil {
		return err
	}
	byName := slices.SortedFunc(slices.Values(all), func(a, b listed) int { return cmp.Compare(a.Kind, b.Kind) }) // programs got them so from the first
	var shown any = byName
	if kind != "" {
		spec, err := kinds.Spec(kind)
		if err != nil {
			return err
		}
		all = []listed{describe(spec).detail()}
		shown = all[0]
	}
	switch {
	case format == "json":
		enc := json.NewEncoder(opt.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(shown)
	case format == "markdown":
		return writeMarkdown(opt.Out, all)
	case kind != "":
		return writeKind(opt.Out, all[0])
	}
	return writeKinds(opt.Out, all)
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
	all, err := listKinds(a.kinds)
	if err != nil {
		return nil // every kind was listed a moment ago
	}
	out := make([]web.Kind, 0, len(all))
	for _, l := range all {
		l = l.detail()
		c := l.spec.Caps
		k := web.Kind{
			Kind: l.Kind, Title: l.Title, Group: string(l.Group), Summary: l.Summary, Polls: c.Polls, Pushes: c.Pushes, Replies: c.Replies, Many: c.Many,
			Edit: c.Edit, Delete: c.Delete, Limit: c.Limit, Counts: c.Counts, Certainty: string(c.Certainty), Resend: c.Resend, Delay: c.Delay,
			Moderates: c.Moderates, Window: c.Window, Cost: c.Cost, Currency: c.Currency, NoTraining: c.NoTraining, Forgets: c.Forgets, SeesEdits: c.SeesEdits, SeesGone: c.SeesGone,
			Login: l.Login, Sample: l.Sample,
		}
		for _, s := range l.Settings {
			k.Settings = append(k.Settings, web.Setting(s))
		}
		out = append(out, k)
	}
	return out
}
