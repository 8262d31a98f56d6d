package connectors

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// looking is a connector that can look again.
type looking struct {
	polls
	asked []desk.RemoteID
	again func(known []desk.Mention) (Batch, error)
}

func (l *looking) Recheck(_ context.Context, known []desk.Mention) (Batch, error) {
	for _, m := range known {
		l.asked = append(l.asked, m.Remote)
	}
	return l.again(known)
}

func TestKnownMentionsAreLookedAtAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &looking{again: func([]desk.Mention) (Batch, error) {
			return Batch{
				Mentions: []desk.Mention{{Remote: "same", Text: "as it was"}, {Remote: "edited", Text: "otherwise"}},
				Gone:     []desk.RemoteID{"gone"}, Spend: Spend{Units: 1},
			}, nil
		}}
		s := source("s", c)
		s.Rechecks, s.Forgets = 10, true
		m := remember(s)
		m.known = []desk.Mention{{Remote: "same", Text: "as it was"}, {Remote: "edited", Text: "before"}, {Remote: "gone", Text: "x"}, {Remote: "r1" + AnswerSuffix, Text: "thanks"}}
		runFor(t, newPoller(t, m, PollerOptions{}, s), 15*time.Minute) // the first poll is first contact, the second looks again
		if !slices.Equal(c.asked, []desk.RemoteID{"same", "edited", "gone"}) {
			t.Errorf("asked about %v", c.asked)
		}
		last := m.intakes[len(m.intakes)-1]
		if !last.Forget || !slices.Equal(last.Gone, []desk.RemoteID{"gone"}) {
			t.Errorf("gone %v, forget %v", last.Gone, last.Forget)
		}
		told := []desk.RemoteID{}
		for _, one := range last.Mentions {
			told = append(told, one.Remote)
		}
		if slices.Contains(told, "same") || !slices.Contains(told, "edited") {
			t.Errorf("told %v, want what reads otherwise alone", told)
		}
		if r := m.reports[len(m.reports)-1]; r.Units != 1 || r.Err != "" {
			t.Errorf("report: %+v", r)
		}
	})
}

// A look that fails is said once for what it is; the poll was well, and its source stays so.
func TestALookThatFailsHarmsNothing(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]func([]desk.Mention) (Batch, error){
		"error": func([]desk.Mention) (Batch, error) { return Batch{Gone: []desk.RemoteID{"a"}}, errors.New("not today") },
		"panic": func([]desk.Mention) (Batch, error) { panic("index out of range") },
	} {
		synctest.Test(t, func(t *testing.T) {
			c := &looking{again: again}
			s := source("s", c)
			s.Rechecks = 10
			m := remember(s)
			m.known = []desk.Mention{{Remote: "a", Text: "x"}}
			log, lines := logged()
			runFor(t, newPoller(t, m, PollerOptions{Log: log}, s), 15*time.Minute)
			if st := m.state("s"); st.Health != desk.HealthOK {
				t.Errorf("%s: %+v", name, st)
			}
			if said := lines(); len(said) != 1 || !strings.Contains(said[0], "could not be looked at again") {
				t.Errorf("%s: log %q", name, said)
			}
			if gone := len(m.intakes[len(m.intakes)-1].Gone); name == "error" && gone != 1 {
				t.Errorf("what was found before the error is lost: %d", gone)
			}
		})
	}
}
