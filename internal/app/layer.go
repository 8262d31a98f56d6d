package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
	"github.com/earshotdesk/earshot/triage"
)

const (
	layerLook   = 2 * time.Second  // between two looks at what is in force and what people corrected
	layerQuiet  = 4 * time.Second  // after the last of a batch of corrections, unless the options say otherwise
	layerAtMost = 30 * time.Second // while corrections keep coming
	layerLease  = 5 * time.Minute
	lessonsMost = 10_000 // the newest count
)

// followLayer keeps in force, in this process, what the store says is in force.
func (a *App) followLayer(ctx context.Context) error {
	return a.everyLook(ctx, "following what the desk learned", a.takeLayer)
}

// everyLook calls fn every few seconds until the context ends; what goes wrong is logged once until it goes well again.
func (a *App) everyLook(ctx context.Context, doing string, fn func(context.Context) error) error {
	tick := time.NewTicker(min(layerLook, cmp.Or(a.opt.LearnAfter, layerLook)))
	defer tick.Stop()
	failed := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := fn(ctx)
		switch {
		case err == nil:
			failed = ""
		case ctx.Err() == nil && err.Error() != failed:
			failed = err.Error()
			a.log.Error(doing, "error", err)
		}
	}
}

// takeLayer puts the layer that the store names in force here. One that cannot be read is left out, once and with an error.
func (a *App) takeLayer(ctx context.Context) error {
	if !a.cfg.Triage.Learning.Enabled {
		return nil
	}
	state, err := a.store.LayerState(ctx)
	if err != nil || state.InForce == a.layer.Load() {
		return err
	}
	var l *triage.Layer
	if state.InForce > 0 {
		weights, err := a.store.LayerWeights(ctx, state.InForce)
		if err == nil {
			l, err = triage.ReadLayer(weights)
		}
		if err != nil && !errors.Is(err, desk.ErrNotFound) { // forgotten a moment ago: the next look says what comes instead
			a.triage.SetLayer(nil, 0)
			return fmt.Errorf("layer %d: %w", state.InForce, err)
		}
	}
	a.triage.SetLayer(l, state.InForce)
	a.layer.Store(state.InForce)
	return nil
}

// learnLayer learns from corrections in the background, some seconds after the last of a batch.
func (a *App) learnLayer(ctx context.Context) error {
	owner, quiet := desk.NewID(), cmp.Or(a.opt.LearnAfter, layerQuiet)
	var taught int64
	var first, last time.Time // when the batch began and when it last grew
	return a.everyLook(ctx, "learning from corrections", func(ctx context.Context) error {
		state, err := a.store.LayerState(ctx)
		if err != nil || !a.stale(&state) {
			first = time.Time{}
			return err
		}
		now := time.Now()
		if first.IsZero() {
			first = now
		}
		if taught != state.Taught {
			taught, last = state.Taught, now
		}
		if now.Sub(last) < quiet && now.Sub(first) < layerAtMost {
			return nil
		}
		mine, err := a.store.LeaseLearning(ctx, owner, layerLease)
		if err != nil || !mine {
			return err
		}
		first = time.Time{}
		_, err = a.learnNow(ctx, desk.Automatic)
		_, back := a.store.LeaseLearning(ctx, owner, 0)
		if errors.Is(err, desk.ErrConflict) {
			err = nil // corrections came meanwhile: the next look begins anew
		}
		return errors.Join(err, back)
	})
}

// stale tells whether there is something to learn.
func (a *App) stale(s *desk.LayerState) bool {
	return s.Mode == desk.LayerLearns && s.Taught > 0 && (s.Taught != s.Changed || s.Model != a.triage.Base())
}

// learnNow learns a version from all corrections that stand and may be learned from, and keeps it. ErrConflict when they changed
// meanwhile.
func (a *App) learnNow(ctx context.Context, by string) (v desk.LayerVersion, err error) {
	state, err := a.store.LayerState(ctx)
	if err != nil {
		return v, err
	}
	lessons, err := a.layerLessons(ctx)
	if err != nil {
		return v, err
	}
	layer, guard, err := a.triage.TeachLayer(ctx, a.triage.Layer(), lessons, a.cfg.Triage.Learning.Margin)
	if err != nil {
		return v, err
	}
	weights := layer.Bytes()
	v = desk.LayerVersion{
		By: by, Model: a.triage.Base(), Changed: state.Taught, Lessons: len(lessons), Features: layer.Features(), Bytes: len(weights),
		Golden: guard.Golden, Unseen: guard.Unseen, Refused: guard.Refused,
	}
	if n := len(lessons); n > 0 {
		v.First, v.Last = lessons[0].N, lessons[n-1].N
	}
	if err := a.store.SaveLayer(ctx, &v, weights, state.Newest); err != nil {
		return v, err
	}
	if v.Refused != "" {
		a.log.Warn("what corrections teach does not go into force", "layer", v.Version, "corrections", v.Lessons, "why", v.Refused)
	} else {
		a.log.Info("learned from corrections", "layer", v.Version, "corrections", v.Lessons, "features", v.Features, "in force", v.InForce)
	}
	return v, nil
}

// layerLessons gathers the corrections that a layer learns from, in the order of their numbers.
func (a *App) layerLessons(ctx context.Context) (out []triage.LayerLesson, err error) {
	for after := int64(0); ; {
		list, err := a.store.Lessons(ctx, after, pastChunk)
		if err != nil {
			return nil, err
		}
		for i := range list {
			l := &list[i]
			if after = l.Changed; l.Learn && triage.Teaches(l.Tag) {
				out = append(out, triage.LayerLesson{N: l.N, Input: work.Input(l.Said, desk.Context{}), Tag: l.Tag, To: l.To})
			}
		}
		if len(list) == 0 {
			break
		}
	}
	slices.SortFunc(out, func(a, b triage.LayerLesson) int { return int(a.N - b.N) })
	return out[max(0, len(out)-lessonsMost):], nil
}
