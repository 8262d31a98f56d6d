package app

import (
	"context"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// How much of the past one look takes: mentions in all, and in one read, so that nobody waits behind it.
const (
	pastMost    = 200_000
	pastChunk   = 500
	taughtMost  = 2000
	authorsPast = 30 * 24 * time.Hour
)

// learnable tells whether a source's terms let its texts be learned from. What an import brought has no terms that the desk knows.
func (a *App) learnable(s desk.Source) bool {
	if known, ok := a.sources[s.Name]; ok {
		return !known.caps.NoTraining
	}
	spec, err := a.kinds.Spec(s.Kind)
	return err != nil || !spec.Caps.NoTraining
}

// tagNames lists the products or topics that a mention can have.
func (a *App) tagNames(tag string) []string {
	var out []string
	if tag == desk.TagTopic {
		for _, t := range a.cfg.Triage.Topics {
			out = append(out, t.Name)
			for _, narrow := range t.Topics {
				out = append(out, narrow.Name)
			}
		}
	} else {
		for _, b := range a.cfg.Brands {
			for _, p := range slices.Concat(b.Products, b.Competitors) {
				out = append(out, p.Name)
			}
		}
	}
	for _, r := range a.cfg.Triage.Rules {
		if tag == desk.TagTopic {
			out = append(out, r.Set.Topics...)
		} else {
			out = append(out, r.Set.Products...)
		}
	}
	return out
}

// past shows fn the mentions since a moment, the newest first, and tells whether there were more than it shows.
func (a *App) past(ctx context.Context, scope desk.Scope, since time.Time, most int, fn func(list []desk.Judged) error) (limited bool, err error) {
	walk := desk.Walk{Since: since, Newest: true, Limit: pastChunk, Lean: true}
	for shown := 0; ; {
		list, err := a.store.Judged(ctx, scope, walk)
		if err != nil || len(list) == 0 {
			return false, err
		}
		if shown += len(list); shown > most {
			return true, fn(list[:len(list)-(shown-most)])
		}
		if err := fn(list); err != nil {
			return false, err
		}
		walk.Before = list[len(list)-1].N
	}
}

// tryRules finds out what each of some rules would have changed since a moment. Nothing is stored.
func (a *App) tryRules(ctx context.Context, scope desk.Scope, rules []desk.Rule, since time.Time) ([]desk.Trial, error) {
	trials, err := triage.NewTrials(rules)
	if err != nil {
		return nil, err
	}
	limited, err := a.past(ctx, scope, since, pastMost, func(list []desk.Judged) error {
		pasts := make([]desk.Past, len(list))
		if trials.AsksPast() {
			if pasts, err = a.store.Pasts(ctx, list, authorsPast); err != nil {
				return err
			}
		}
		for i := range list {
			trials.Add(&list[i], pasts[i].Context)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := trials.Results()
	for i := range out {
		out[i].Since, out[i].Limited = since, limited
	}
	return out, nil
}

// proposeRules turns corrections into rules and tries them on what was said since a moment: one correction by its identifier, or all
// since then.
func (a *App) proposeRules(ctx context.Context, scope desk.Scope, from string, since time.Time) (desk.Proposals, error) {
	taught, err := a.taught(ctx, scope, from, since)
	if err != nil || len(taught) == 0 {
		return desk.Proposals{Proposals: []desk.Proposal{}}, err
	}
	sources, err := a.store.ListSources(ctx, desk.Everything)
	if err != nil {
		return desk.Proposals{}, err
	}
	kinds := map[string]string{} // of sources that are no longer configured too
	for _, s := range sources {
		kinds[s.Name] = s.Kind
	}
	p := triage.NewProposer(taught)
	_, err = a.past(ctx, scope, since, pastMost, func(list []desk.Judged) error {
		for i := range list {
			if a.learnable(desk.Source{Name: list[i].Source, Kind: kinds[list[i].Source]}) {
				p.Show(&list[i])
			}
		}
		return nil
	})
	if err != nil {
		return desk.Proposals{}, err
	}
	return a.tryCandidates(ctx, scope, p, since)
}

// tryCandidates tries the rules that a proposer has in mind, and lets it choose.
func (a *App) tryCandidates(ctx context.Context, scope desk.Scope, p *triage.Proposer, since time.Time) (desk.Proposals, error) {
	names := make([]string, 0, len(a.cfg.Triage.Rules))
	for _, r := range a.cfg.Triage.Rules {
		names = append(names, r.Name)
	}
	list := p.Candidates(names)
	rules := make([]desk.Rule, len(list))
	for i := range list {
		rules[i] = list[i].Rule
	}
	trials, err := a.tryRules(ctx, scope, rules, since)
	if err != nil {
		return desk.Proposals{}, err
	}
	out := p.Choose(list, trials)
	for i := range out.Proposals {
		out.Proposals[i].YAML = config.RulesYAML(out.Proposals[i].Rule)
	}
	return out, nil
}

// taught gathers the corrections that stand, oldest first, with the words that they are about.
func (a *App) taught(ctx context.Context, scope desk.Scope, from string, since time.Time) ([]triage.Taught, error) {
	list, err := a.chosen(ctx, scope, from, since)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	wanted := map[int64]bool{}
	first := list[0].Changed
	for _, c := range list {
		wanted[c.N], first = c.Stands, min(first, c.Changed)
	}
	var out []triage.Taught
	for after := first - 1; ; {
		lessons, err := a.store.Lessons(ctx, after, pastChunk)
		if err != nil || len(lessons) == 0 {
			return out, err
		}
		for _, l := range lessons {
			if after = l.Changed; !wanted[l.N] {
				continue
			}
			m, err := a.store.Mention(ctx, scope, l.Mention)
			if err != nil {
				return nil, err
			}
			out = append(out, triage.Taught{Lesson: l, Verdict: m.Verdict})
		}
	}
}

// chosen lists the corrections that are asked about.
func (a *App) chosen(ctx context.Context, scope desk.Scope, from string, since time.Time) ([]desk.Correction, error) {
	if from == "" {
		return a.store.ListCorrections(ctx, scope, since, taughtMost)
	}
	c, err := a.store.Correction(ctx, scope, from)
	if err != nil {
		return nil, err
	}
	if !c.Stands {
		return nil, desk.Invalidf("The correction %s does not stand any more: it was withdrawn, or a later one overrules it.", from)
	}
	return []desk.Correction{c}, nil
}
