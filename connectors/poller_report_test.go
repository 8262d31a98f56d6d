package connectors

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestPollerWaitsAsAsked(t *testing.T) {
	t.Parallel()
	hour := desk.Source{Name: "s", Every: time.Hour}
	minute := desk.Source{Name: "s", Every: time.Minute}
	passing := &desk.Transient{Err: desk.ErrInvalid}
	for name, c := range map[string]struct {
		src      desk.Source
		failures int
		err      error
		wait     time.Duration
		want     time.Duration
	}{
		"well":                      {src: hour, want: time.Hour},
		"no interval":               {src: desk.Source{Name: "s"}, want: 5 * time.Minute},
		"the site asks for longer":  {src: hour, wait: 2 * time.Hour, want: 2 * time.Hour},
		"the site asks for less":    {src: hour, wait: time.Minute, want: time.Hour},
		"the site asks for a year":  {src: hour, wait: 365 * 24 * time.Hour, want: 24 * time.Hour},
		"may pass":                  {src: hour, err: passing, want: 30 * time.Second},
		"may pass, third time":      {src: hour, failures: 2, err: passing, want: 2 * time.Minute},
		"may pass, for days":        {src: hour, failures: 5000, err: passing, want: time.Hour},
		"may pass, eager, for days": {src: minute, failures: 5000, err: passing, want: 15 * time.Minute},
		"may pass, asked to wait":   {src: hour, err: &desk.Transient{After: 7 * time.Minute, Err: desk.ErrInvalid}, want: 7 * time.Minute},
		"may pass, wrapped":         {src: hour, err: fmt.Errorf("page 2: %w", &desk.Transient{After: time.Minute, Err: desk.ErrInvalid}), want: time.Minute},
		"for a person":              {src: hour, err: desk.ErrDenied, want: time.Hour},
		"for a person, eager":       {src: minute, failures: 3, err: desk.ErrDenied, want: 8 * time.Minute},
		"for a person, eager, days": {src: minute, failures: 5000, err: desk.ErrDenied, want: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Unix(1e9, 0)
			got := nextPoll(c.src, now, c.failures, c.err, c.wait).Sub(now)
			if got < c.want || got > c.want+c.want/10 {
				t.Errorf("waits %v, want %v and up to a tenth more", got, c.want)
			}
		})
	}
}

func TestTransientAfterIsRespected(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			if n == 1 {
				return Batch{}, &desk.Transient{After: 25 * time.Minute, Err: errors.New("the site answered 429")}
			}
			return fine(n), nil
		}}
		s := source("s", c)
		runFor(t, newPoller(t, remember(s), PollerOptions{}, s), 28*time.Minute)
		if got := c.gaps(); len(got) != 1 || got[0] < 25*time.Minute {
			t.Errorf("gaps %v, want one of at least 25m", got)
		}
	})
}

func TestPollerRestsBetweenPagesWhenAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &polls{do: func(_ context.Context, n int, _ Cursor) (Batch, error) {
			if n == 1 {
				return Batch{More: true, Wait: 40 * time.Second}, nil // rate limit before the first page
			}
			return fine(n), nil
		}}
		s := source("s", c)
		m := remember(s)
		runFor(t, newPoller(t, m, PollerOptions{}, s), time.Minute)
		if got := c.gaps(); len(got) != 1 || got[0] != 40*time.Second {
			t.Errorf("gaps %v, want one of 40s", got)
		}
		for _, in := range m.intakes {
			if !in.First {
				t.Errorf("an intake of the first walk is not First: %+v", in)
			}
		}
		if st := m.state("s"); st.Health != desk.HealthOK {
			t.Errorf("state %+v", st)
		}
	})
}

func TestNothingNewIsNotStored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := source("s", &polls{do: func(context.Context, int, Cursor) (Batch, error) { return Batch{Next: "same"}, nil }})
		m := remember(s)
		runFor(t, newPoller(t, m, PollerOptions{}, s), time.Hour)
		if len(m.intakes) != 1 || !m.intakes[0].First || len(m.reports) < 5 {
			t.Errorf("%d intakes, %d reports", len(m.intakes), len(m.reports))
		}
	})
}

func TestItemsWithoutIdentifierArePoison(t *testing.T) {
	t.Parallel()
	s := source("s", &polls{do: func(context.Context, int, Cursor) (Batch, error) {
		return Batch{Mentions: []desk.Mention{{Text: "who am I", Raw: []byte("raw")}}, Next: "1"}, nil
	}})
	m := remember(s)
	if _, err := newPoller(t, m, PollerOptions{}, s).PollNow(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	in := m.intakes[0]
	want := []desk.Poison{{Source: "s", At: in.At, Err: "an item without an identifier: who am I", Raw: []byte("raw")}}
	if diff := cmp.Diff(want, in.Poison); diff != "" || len(in.Mentions) != 0 {
		t.Errorf("poison (-want +got):\n%s", diff)
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"two\n lines":             "two lines",
		"":                        "the connector failed without saying why",
		"bad \xff byte":           "bad � byte",
		strings.Repeat("ű", 1000): strings.Repeat("ű", 250) + "…",
	} {
		if got := sentence(errors.New(in)); got != want {
			t.Errorf("%.20q: %q, want %q", in, got, want)
		}
	}
}

// Meta puts the caller's token into the links of lists that stand inside of an item; what a site sent is kept, backed up and shown.
func TestTokensInLinksAreNotKept(t *testing.T) {
	t.Parallel()
	raw := []byte(`{"id":"17","replies":{"data":[],"paging":{"next":"https:\/\/graph.facebook.com\/v26.0\/17\/replies?access_token=EAAGm0PX4ZCps\u0026limit=25","previous":"https%3A%2F%2Fgraph.facebook.com%2F17?access_token%3DEAAGm0PX4ZCps&limit=9"}}}`)
	want := `{"id":"17","replies":{"data":[],"paging":{"next":"https:\/\/graph.facebook.com\/v26.0\/17\/replies?access_token=***\u0026limit=25","previous":"https%3A%2F%2Fgraph.facebook.com%2F17?access_token%3D***&limit=9"}}}`
	plain := []byte(`{"text":"what is an access_token?"}`)
	in := Pushed(desk.Source{Name: "s", Site: "instagram", Brand: "acme"}, Batch{
		Mentions: []desk.Mention{{Remote: "17", Text: "x", Raw: raw}, {Remote: "18", Text: "y", Raw: plain}}, Poison: []desk.Poison{{Raw: raw}},
	}, time.Unix(1e9, 0))
	for i, got := range [][]byte{in.Mentions[0].Raw, in.Mentions[1].Raw, in.Poison[0].Raw} {
		if diff := cmp.Diff([]string{want, string(plain), want}[i], string(got)); diff != "" {
			t.Errorf("%d: %s", i, diff)
		}
	}
}
