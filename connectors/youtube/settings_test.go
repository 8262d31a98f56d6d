package youtube

import (
	"errors"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Options){
		"a handle":           func(o *Options) { o.Channel = "@minta" },
		"a channel and more": func(o *Options) { o.Channel = "UC1&mine=true" },
		"a video's address":  func(o *Options) { o.Videos = []string{"https://youtu.be/dQw4w9WgXcQ"} },
		"nothing to read":    func(o *Options) { o.Reserve = o.Quota },
		"the future":         func(o *Options) { o.Rescan = -1 },
	} {
		env := connectortest.Env(t, "youtube", nil)
		env.Account = account()
		if _, err := New(env, func(into any) error { change(into.(*Options)); return nil }); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(connectortest.Env(t, "youtube", nil), func(any) error { return nil }); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("without an account: %v", err)
	}
}

// TestMidnight: the quota's day is California's, summer and winter.
func TestMidnight(t *testing.T) {
	t.Parallel()
	for now, want := range map[string][2]string{
		"2026-11-20T12:00:00Z": {"2026-11-20T08:00:00Z", "2026-11-21T08:00:00Z"},
		"2026-11-20T07:59:59Z": {"2026-11-19T08:00:00Z", "2026-11-20T08:00:00Z"},
		"2026-07-01T07:00:00Z": {"2026-07-01T07:00:00Z", "2026-07-02T07:00:00Z"},
		"2026-11-01T12:00:00Z": {"2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z"}, // the clocks go back
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		for days, one := range want {
			if got := midnight(at, days).UTC().Format(time.RFC3339); got != one {
				t.Errorf("%s: %s, want %s", now, got, one)
			}
		}
	}
}
