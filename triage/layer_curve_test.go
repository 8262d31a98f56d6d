package triage_test

import (
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
	"github.com/earshotdesk/earshot/triage/labelled"
)

// school is a desk whose people correct every wrong sentiment of a stream of texts.
type school struct {
	p       *triage.Pipeline
	held    []triage.Labelled // never corrected
	stream  []triage.Labelled
	lessons []triage.LayerLesson
	layer   *triage.Layer
}

// newSchool splits a labelled file: a thousand of the rows that training leaves alone are held, of the others comes the stream.
func newSchool(t *testing.T, name string) *school {
	t.Helper()
	s := &school{p: pipeline(t, triage.Options{})}
	label, err := triage.LabelsOf(name)
	if err != nil {
		t.Fatal(err)
	}
	err = triage.ReadLabelled(t.Context(), labelledFile(t, name), func(l triage.Labelled) error {
		if l.Label = label(l.Label); l.Label == "" {
			return nil
		}
		if !labelled.InDev(l.Text) {
			s.stream = append(s.stream, l)
		} else if len(s.held) < 1000 {
			s.held = append(s.held, l)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// correct goes on in the stream until there are n corrections, learning after every few.
func (s *school) correct(t *testing.T, n int) {
	t.Helper()
	for len(s.lessons) < n && len(s.stream) > 0 {
		row := s.stream[0]
		s.stream = s.stream[1:]
		in := desk.TriageInput{Text: row.Text}
		if s.p.Judge(in).Sentiment.Label == row.Label {
			continue
		}
		s.lessons = append(s.lessons, triage.LayerLesson{N: int64(len(s.lessons)), Input: in, Tag: desk.TagSentiment, To: row.Label})
		if len(s.lessons)%25 == 0 || len(s.lessons) == n {
			var err error
			if s.layer, err = s.p.LearnLayer(t.Context(), s.lessons); err != nil {
				t.Fatal(err)
			}
			s.p.SetLayer(s.layer, 1)
		}
	}
}

// score is the accuracy and the macro-F1 on the held rows, in per cent.
func (s *school) score() (accuracy, macroF1 float64) {
	c := confusion{}
	for _, row := range s.held {
		c.add(row.Label, s.p.Judge(desk.TriageInput{Text: row.Text}).Sentiment.Label)
	}
	return c.score()
}

// TestLayerCurve measures what corrections teach in fields that the shipped model never saw; internal/docs/learning.md tells the figures.
// Nothing of the texts is kept.
func TestLayerCurve(t *testing.T) {
	t.Parallel()
	for name, gain := range map[string]float64{"sentiment.airline.en": -2, "sentiment.sb10k.de": 1, "sentiment.wccrs.pl": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, name)
			rows := len(s.stream)
			var first, last float64
			for i, n := range []int{0, 50, 200, 1000} {
				s.correct(t, n)
				accuracy, macroF1 := s.score()
				if last = macroF1; i == 0 {
					first = macroF1
				}
				features := 0
				if s.layer != nil {
					features = s.layer.Features()
				}
				t.Logf("%4d corrections of %4d texts: accuracy %.1f, macro-F1 %.1f, %d features", len(s.lessons), rows-len(s.stream), accuracy, macroF1, features)
			}
			if last < first+gain {
				t.Errorf("a thousand corrections took macro-F1 from %.1f to %.1f, want %+.1f points at least", first, last, gain)
			}
		})
	}
}
