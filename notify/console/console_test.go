package console

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
	"github.com/earshotdesk/earshot/notify/notifytest"
)

// page is a writer that can be read.
type page struct {
	mu   sync.Mutex
	text strings.Builder
	err  error
}

func (p *page) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return 0, p.err
	}
	return p.text.Write(b)
}

func (p *page) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func TestSuite(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, func(*testing.T) notifytest.Subject {
		p := new(page)
		return notifytest.Subject{
			Notifier: New(p, noon), Said: p.String, Break: func() { p.err = errors.New("broken pipe") },
			Acts: func(said string) string {
				for _, line := range strings.Split(strings.TrimSuffix(said, "\n"), "\n") {
					if !strings.HasPrefix(line, "12:00:00 ") && !strings.HasPrefix(line, "  ") {
						return "a line of its own: " + line
					}
					if i := strings.IndexFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u202E' || r == '\u2066' }); i >= 0 {
						return "a control character: " + line[i:min(len(line), i+40)]
					}
				}
				return ""
			},
		}
	})
}

func TestLayout(t *testing.T) {
	t.Parallel()
	p := new(page)
	n := notifytest.Notice()
	n.Counts = notify.Counts{New: 2, Taken: 1}
	n.Cards = append(n.Cards, notify.Card{State: desk.CaseTaken, Owner: "Nóra", Urgency: "low", Site: "Bluesky", Gone: true})
	if _, err := New(p, noon).Notify(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	want := `12:00:00 Earshot · first · 2 new, 1 taken · acme · Vac S5
  new · critical · 1 ★ · Google · Vac S5 · “Füstölni kezdett a töltő.” · Szabó Gergely · https://desk.example/cases/01CASE00000000000000000001
  taken by Nóra · Bluesky · removed on Bluesky
  and 1 more · https://desk.example/board
`
	if got := p.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestKind(t *testing.T) {
	t.Parallel()
	notifytest.Sample(t, Kind())
	r, err := notify.NewRegistry(Kind())
	if err != nil {
		t.Fatal(err)
	}
	p := new(page)
	decode := func(any) error { return nil }
	target, err := r.New("console", notify.Env{Target: "terminal", Out: p}, decode)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.Notify(t.Context(), notifytest.Notice()); err != nil || p.String() == "" {
		t.Errorf("said %q, %v", p, err)
	}
	if _, err := r.New("console", notify.Env{Target: "terminal"}, decode); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("without an output: %v", err)
	}
	if _, err := r.New("slak", notify.Env{}, decode); !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "the kinds are console") {
		t.Errorf("an unknown kind: %v", err)
	}
	if _, err := notify.NewRegistry(Kind(), Kind()); err == nil {
		t.Error("a kind could be registered twice")
	}
}
