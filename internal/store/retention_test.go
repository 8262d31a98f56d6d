package store

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestRetentionAndRollup(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		raw := func(a *desk.Arrival) { a.Mention.Raw = []byte("what the site sent") }
		old := put(t, s, "src", mention("acme", "1", "one", raw), mention("birch", "2", "two", raw))
		if got, err := s.Raw(t.Context(), desk.Everything, old[0].ID); err != nil || string(got) != "what the site sent" {
			t.Errorf("raw: %q, %v", got, err)
		}
		if _, err := s.Raw(t.Context(), desk.Scope{Brands: []string{"birch"}}, old[0].ID); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("raw outside the scope: %v", err)
		}
		now = at1.Add(24 * time.Hour)
		put(t, s, "src", mention("acme", "3", "three", raw, func(a *desk.Arrival) { a.Mention.PostedAt = now }))
		if n, err := s.PurgeRaw(t.Context(), at1.Add(time.Hour)); err != nil || n != 2 {
			t.Errorf("purged %d, %v", n, err)
		}
		if _, err := s.Raw(t.Context(), desk.Everything, old[0].ID); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("raw after the purge: %v", err)
		}
		if n, err := s.PurgeRaw(t.Context(), at1.Add(time.Hour)); err != nil || n != 0 {
			t.Errorf("purged %d again, %v", n, err)
		}
		if got := remotes(t, s, desk.Everything, desk.MentionFilter{}); got != "3 2 1" {
			t.Errorf("left: %q", got)
		}
		row := func(at time.Time, brand string) desk.HourCount {
			return desk.HourCount{Hour: at.Truncate(time.Hour), Brand: brand, Source: "src", Language: "en", Sentiment: desk.Negative, N: 1}
		}
		got, err := s.Rollup(t.Context(), desk.Everything, at1, at1.Add(25*time.Hour))
		if diff := cmp.Diff([]desk.HourCount{row(at1, "acme"), row(at1, "birch"), row(now, "acme")}, got); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		got, err = s.Rollup(t.Context(), desk.Scope{Brands: []string{"acme"}}, at1, at1.Add(24*time.Hour))
		if diff := cmp.Diff([]desk.HourCount{row(at1, "acme")}, got); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		if err := s.Tidy(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
