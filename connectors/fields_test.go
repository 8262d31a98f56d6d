package connectors

import (
	"errors"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestAddress(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "https://a.example/x/": "https://a.example/x", "http://127.0.0.1:9": "http://127.0.0.1:9",
		"ftp://a.example": "", "a.example": "", "https://": "", "https://u:p@a.example": "", "https://a.example?key=1": "", "https://a.example#x": "", ":": "",
	} {
		u, err := Address("server", in, "https://an.example")
		switch {
		case want == "" && !errors.Is(err, desk.ErrInvalid):
			t.Errorf("%q is taken: %v, %v", in, u, err)
		case want != "" && (err != nil || u.String() != want):
			t.Errorf("%q: got %v, %v", in, u, err)
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.FixedZone("CET", 3600))
	for at, want := range map[time.Time]time.Time{now.Add(time.Hour): now, now.Add(-time.Hour): now.Add(-time.Hour), {}: {}} {
		if got := Past(at, now); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%v: got %v", at, got)
		}
	}
	for seconds, want := range map[float64]time.Time{1.5: time.UnixMilli(1500), 1e10: now, 0: {}, -1: {}, 1e12: {}} {
		if got := Unix(seconds, now); !got.Equal(want) {
			t.Errorf("%v: got %v", seconds, got)
		}
	}
}

func TestAnswerTo(t *testing.T) {
	t.Parallel()
	review := desk.Mention{Site: "s", Remote: "7", Kind: desk.KindReview, Thread: "7", Text: "Jó", URL: "u", Visibility: desk.Public}
	a := AnswerTo(review, "Köszönjük", time.UnixMilli(5))
	if a.Remote != "7#reply" || a.Parent != "7" || a.Thread != "7" || !a.Ours || a.Text != "Köszönjük" || a.Site != "s" || a.URL != "u" || a.PostedAt.IsZero() {
		t.Errorf("got %+v", a)
	}
}

func TestExtras(t *testing.T) {
	t.Parallel()
	if got := Extras(map[string]string{"a": "1", "b": ""}); len(got) != 1 || got["a"] != "1" {
		t.Errorf("got %v", got)
	}
	if got := Extras(map[string]string{"b": ""}); got != nil {
		t.Errorf("got %v", got)
	}
}
