package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestClientOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		peer, want string
		forwarded  []string
	}{
		{"203.0.113.9:4000", "203.0.113.9", nil},
		{"203.0.113.9:4000", "203.0.113.9", []string{"198.51.100.1"}},
		{"127.0.0.1:4000", "127.0.0.1", nil},
		{"127.0.0.1:4000", "198.51.100.1", []string{"198.51.100.1"}},
		{"[::1]:4000", "198.51.100.1", []string{"6.6.6.6, 198.51.100.1"}},
		{"172.18.0.2:4000", "198.51.100.1", []string{"6.6.6.6", "198.51.100.1, 10.0.0.3"}},
		{"10.0.0.1:4000", "192.168.1.20", []string{"192.168.1.99, 192.168.1.20"}},
		{"10.0.0.1:4000", "10.0.0.1", []string{"6.6.6.6, nonsense"}},
		{"10.0.0.1:4000", "10.0.0.7", []string{"6.6.6.6, nonsense, 10.0.0.7"}},
		{"[::ffff:127.0.0.1]:4000", "198.51.100.1", []string{"::ffff:198.51.100.1"}},
		{"[2001:db8:1:2:3:4:5:6]:4000", "2001:db8:1:2::/64", []string{"198.51.100.1"}},
		{"[fe80::1%eth0]:4000", "2001:db8:1:2::/64", []string{"2001:db8:1:2::9"}},
		{"@", "@", []string{"198.51.100.1"}},
	} {
		r := &http.Request{RemoteAddr: tc.peer, Header: http.Header{"X-Forwarded-For": tc.forwarded}}
		if got := clientOf(r); got != tc.want {
			t.Errorf("from %s with %q: %s, want %s", tc.peer, tc.forwarded, got, tc.want)
		}
	}
}

// TestLimiterIsBounded floods the door with names: the memory stays, and so does the count of the one who is guessed at.
func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	l := newLimiter(func() time.Time { return now })
	for n := range triesByEmail {
		if err := l.enter(fmt.Sprint("guesser", n), "nora@acme.example"); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 2 * maxDoors {
		if err := l.enter(fmt.Sprint("client", n), strings.Repeat("x", n%100)+fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.tries) > maxDoors {
		t.Errorf("%d doors are remembered, want %d at most", len(l.tries), maxDoors)
	}
	if err := l.enter("another", "nora@acme.example"); !errors.Is(err, errTooMany) {
		t.Errorf("the flood washed the count away: %v", err)
	}
	now = now.Add(triesWindow)
	if err := l.enter("another", "nora@acme.example"); err != nil || len(l.tries) != 2 {
		t.Errorf("in a new window: %v, %d doors", err, len(l.tries))
	}
}
