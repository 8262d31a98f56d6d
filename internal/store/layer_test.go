package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// corrected stores a mention and a correction of it.
func corrected(t *testing.T, s *Store, remote desk.RemoteID) (m desk.MentionRow, c desk.Correction) {
	t.Helper()
	id := put(t, s, "src", mention("acme", remote, "words of "+string(remote)))[0].ID
	err := s.Update(t.Context(), func(tx *Tx) (err error) {
		if m, err = tx.Mention(t.Context(), id); err != nil {
			return err
		}
		c = desk.Correction{ID: desk.NewID(), Mention: m.ID, Version: 1, Tag: desk.TagSentiment, From: desk.Negative, To: desk.Neutral, By: "u", At: at1, Learnable: true}
		return tx.InsertCorrection(t.Context(), &c, desk.Negative)
	})
	if err != nil {
		t.Fatal(err)
	}
	return m, c
}

func (s *Store) layerState(t *testing.T) desk.LayerState {
	t.Helper()
	st, err := s.LayerState(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLayers(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		if st := s.layerState(t); st.Mode != desk.LayerLearns || st.InForce != 0 || st.Newest != 0 || st.Taught != 0 {
			t.Fatalf("a fresh desk: %+v", st)
		}
		m, first := corrected(t, s, "1")
		_, second := corrected(t, s, "2")
		weights := byte(0)
		save := func(from, to desk.Correction, refused string) (desk.LayerVersion, error) {
			st := s.layerState(t)
			v := desk.LayerVersion{By: desk.Automatic, Model: "m", First: from.N, Last: to.N, Changed: st.Taught, Lessons: 2, Features: 7, Refused: refused,
				Golden: []desk.LayerScore{{Tag: desk.TagSentiment, Without: 80, Before: 80, After: 81}}}
			weights++
			return v, s.SaveLayer(t.Context(), &v, []byte{1, 2, 0, weights}, st.Newest)
		}
		one, err := save(first, first, "")
		fine(t, err)
		two, err := save(first, second, "")
		fine(t, err)
		three, err := save(second, second, "It would be worse.")
		fine(t, err)
		list, err := s.Layers(t.Context())
		fine(t, err)
		one.InForce = false
		if diff := cmp.Diff([]desk.LayerVersion{three, two, one}, list); diff != "" {
			t.Errorf("layers (-want +got):\n%s", diff)
		}
		if st := s.layerState(t); st.InForce != 2 || st.Newest != 3 || st.Pending != 0 {
			t.Errorf("after three versions, the last refused: %+v", st)
		}
		if w, err := s.LayerWeights(t.Context(), 2); err != nil || !slices.Equal(w, []byte{1, 2, 0, 2}) {
			t.Errorf("weights %v, %v", w, err)
		}

		for use, want := range map[desk.LayerUse]error{{Mode: desk.LayerHeld, Version: 3}: desk.ErrInvalid, {Mode: desk.LayerHeld, Version: 9}: desk.ErrNotFound} {
			if err := s.UseLayer(t.Context(), use); !errors.Is(err, want) {
				t.Errorf("using %+v: %v, want %v", use, err, want)
			}
		}
		fine(t, s.UseLayer(t.Context(), desk.LayerUse{Mode: desk.LayerHeld, Version: 1, By: "ann"}))
		if _, err := save(first, second, ""); err != nil {
			t.Fatal(err)
		}
		if st := s.layerState(t); st.InForce != 1 || st.Mode != desk.LayerHeld || st.By != "ann" {
			t.Errorf("a version that a person chose gave way: %+v", st)
		}

		weights-- // what is the same as the newest is that one
		if same, err := save(first, second, ""); err != nil || same.Version != 4 || s.layerState(t).Newest != 4 {
			t.Errorf("the same layer again is %+v, %v", same, err)
		}

		// A version that was learned beside another, and one of words that changed meanwhile.
		stale := desk.LayerVersion{Changed: s.layerState(t).Taught}
		if err := s.SaveLayer(t.Context(), &stale, nil, 1); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("two learned the same version: %v", err)
		}
		fine(t, s.Update(t.Context(), func(tx *Tx) error { return tx.Forget(t.Context(), []desk.MentionRow{m}) }))
		if err := s.SaveLayer(t.Context(), &stale, nil, s.layerState(t).Newest); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("what was learned from forgotten words was kept: %v", err)
		}
		if st := s.layerState(t); st.InForce != 0 || st.Mode != desk.LayerLearns || st.Pending != 1 {
			t.Errorf("after its words were forgotten: %+v", st)
		}
		for version, kept := range map[int64]bool{1: false, 2: false, 3: true, 4: false} {
			if _, err := s.LayerWeights(t.Context(), version); kept != (err == nil) {
				t.Errorf("the weights of layer %d: %v", version, err)
			}
		}
		if err := s.UseLayer(t.Context(), desk.LayerUse{Mode: desk.LayerHeld, Version: 2}); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("forgotten weights were put in force: %v", err)
		}
		fine(t, s.UseLayer(t.Context(), desk.LayerUse{Mode: desk.LayerOff}))
		for range layersKept + 3 {
			if _, err := save(second, second, ""); err != nil {
				t.Fatal(err)
			}
		}
		if list, err = s.Layers(t.Context()); err != nil || len(list) != layersKept || s.layerState(t).InForce != 0 {
			t.Errorf("%d versions are kept, in force is %d, %v", len(list), s.layerState(t).InForce, err)
		}
	})
}

func TestLeaseLearning(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		for _, step := range []struct {
			owner string
			after time.Duration
			mine  bool
		}{{"a", 0, true}, {"b", time.Second, false}, {"a", time.Second, true}, {"b", 2 * time.Minute, true}, {"a", 0, false}} {
			now = now.Add(step.after)
			if mine, err := s.LeaseLearning(t.Context(), step.owner, time.Minute); err != nil || mine != step.mine {
				t.Errorf("%s asks at %s: %t, %v", step.owner, now.Sub(at1), mine, err)
			}
		}
	})
}
