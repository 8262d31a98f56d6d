package app

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Layer tells what the desk learned.
func (l *learning) Layer(ctx context.Context) (desk.LayerState, []desk.LayerVersion, error) {
	return l.app.layers(ctx)
}

func (a *App) layers(ctx context.Context) (desk.LayerState, []desk.LayerVersion, error) {
	state, err := a.store.LayerState(ctx)
	if err != nil {
		return state, nil, err
	}
	list, err := a.store.Layers(ctx)
	if !a.cfg.Triage.Learning.Enabled { // whatever the store says, nothing is in force here
		state.Mode, state.InForce = desk.LayerOff, 0
		for i := range list {
			list[i].InForce = false
		}
	}
	return state, list, err
}

// ListLayers prints the versions of what the desk learned, newest first.
func ListLayers(ctx context.Context, opt Options, lines bool) error {
	return withDesk(ctx, opt, func(a *App) error {
		state, list, err := a.layers(ctx)
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
		return a.writeLayers(state, list)
	})
}

func (a *App) writeLayers(state desk.LayerState, list []desk.LayerVersion) error {
	_, _ = fmt.Fprintln(a.opt.Out, map[string]string{
		desk.LayerLearns: "The desk learns from corrections by itself.", desk.LayerHeld: "A person chose what is in force; `earshot layer relearn` lets the desk learn again.",
		desk.LayerOff: "Nothing that the desk learned is in force.",
	}[state.Mode])
	if state.Pending > 0 {
		_, _ = fmt.Fprintf(a.opt.Out, "%d corrections came or changed since the newest version.\n", state.Pending)
	}
	w := tabwriter.NewWriter(a.opt.Out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "LAYER\tAT\tCORRECTIONS\tWORDS\tUNSEEN RIGHT\tGOLDEN SENTIMENT\tIN FORCE\tREFUSED")
	for i := range list {
		v := &list[i]
		golden := "-"
		for _, s := range v.Golden {
			if s.Tag == desk.TagSentiment {
				golden = fmt.Sprintf("%.1f → %.1f", s.Without, s.After)
			}
		}
		why := v.Refused
		if v.Forgotten {
			why = "Words that it learned from were forgotten."
		}
		_, _ = fmt.Fprintf(w, "%d\t%s\t%d\t%d\t%.0f → %.0f %%\t%s\t%s\t%s\n", v.Version, v.At.Format("2006-01-02 15:04"), v.Lessons, v.Features,
			v.Unseen.Without, v.Unseen.After, golden, yesNo(v.InForce), why)
	}
	return w.Flush()
}

// UseLayer puts a version in force, or none.
func UseLayer(ctx context.Context, opt Options, use desk.LayerUse) error {
	return withDesk(ctx, opt, func(a *App) error {
		if use.Mode == desk.LayerHeld && !a.cfg.Triage.Learning.Enabled {
			return desk.Invalidf("triage.learning.enabled is false; nothing that the desk learned can be in force")
		}
		use.By = string(operator().ID)
		if err := a.store.UseLayer(ctx, use); err != nil {
			return err
		}
		state, list, err := a.layers(ctx)
		if err != nil {
			return err
		}
		return a.writeLayers(state, list)
	})
}

// Relearn learns a version from all corrections now, and lets the desk learn by itself from here on.
func Relearn(ctx context.Context, opt Options) error {
	return withDesk(ctx, opt, func(a *App) error {
		if !a.cfg.Triage.Learning.Enabled {
			return desk.Invalidf("triage.learning.enabled is false; the desk does not learn")
		}
		who := string(operator().ID)
		if err := a.store.UseLayer(ctx, desk.LayerUse{Mode: desk.LayerLearns, By: who}); err != nil {
			return err
		}
		if _, err := a.learnNow(ctx, who); err != nil {
			return err
		}
		state, list, err := a.layers(ctx)
		if err != nil {
			return err
		}
		return a.writeLayers(state, list)
	})
}

// withDesk opens the desk for one command.
func withDesk(ctx context.Context, opt Options, do func(a *App) error) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}
