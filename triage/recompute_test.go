package triage_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// explained is a verdict with reasons of every kind, and the probabilities that they make, worked out by hand.
func explained() (desk.Verdict, []triage.Recomputed) {
	v := desk.Verdict{
		Language:  desk.Tag{Label: "en", Score: 1},
		Sentiment: desk.Sentiment{Label: desk.Negative, Score: 0.8214, Scores: desk.SentimentScores{Negative: 0.8214, Neutral: 0.1112, Positive: 0.0674}},
		Urgency:   desk.Tag{Label: desk.UrgencyNormal, Score: 0.6044},
		Intent:    desk.Tag{Label: desk.IntentComplaint, Score: 1},
		Spam:      desk.Tag{Label: desk.No, Score: 0.9526},
		Offensive: desk.Tag{Label: desk.Yes, Score: 0.7311},
		Reasons: []desk.Reason{
			{Tag: "sentiment", By: "prior", Moves: []desk.Move{{Label: desk.Negative, By: -0.5}, {Label: desk.Neutral, By: 0}, {Label: desk.Positive, By: -0.5}}},
			{Tag: "sentiment", By: "word", Text: "awful", From: 0, To: 5, Weight: -2, Moves: []desk.Move{{Label: desk.Negative, By: 2}}},
			{Tag: "sentiment", By: "rest", Moves: []desk.Move{{Label: desk.Negative, By: 0.5}}},
			{Tag: "urgency", By: "intent", Weight: 0.7},
			{Tag: "intent", By: "rule", Text: "always complaints", Weight: 1},
			{Tag: "spam", By: "prior", Weight: -3},
			{Tag: "offensive", By: "prior", Weight: -2},
			{Tag: "offensive", By: "word", Text: "awful", From: 0, To: 5, Weight: 3},
		},
	}
	e := math.Exp
	sum := e(2) + 1 + e(-0.5)
	return v, []triage.Recomputed{
		{Tag: "sentiment", Label: desk.Negative, Score: e(2) / sum, Chances: []triage.Chance{
			{Label: desk.Negative, P: e(2) / sum}, {Label: desk.Neutral, P: 1 / sum}, {Label: desk.Positive, P: e(-0.5) / sum},
		}},
		{Tag: "urgency", Label: desk.UrgencyNormal, Score: 0.5969},
		{Tag: "intent", Set: "always complaints"},
		{Tag: "spam", Label: desk.No, Score: 1 / (1 + e(-3)), Chances: []triage.Chance{{Label: desk.No, P: 1 / (1 + e(-3))}, {Label: desk.Yes, P: 1 / (1 + e(3))}}},
		{Tag: "offensive", Label: desk.Yes, Score: 1 / (1 + e(-1)), Chances: []triage.Chance{{Label: desk.Yes, P: 1 / (1 + e(-1))}, {Label: desk.No, P: 1 / (1 + e(1))}}},
	}
}

func TestRecompute(t *testing.T) {
	t.Parallel()
	v, want := explained()
	got := triage.Recompute(v, desk.DefaultUrgency().Bounds)
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-4)); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	v.Sentiment.Score = 0.8 // not what the reasons give
	v.Spam = desk.Tag{Label: desk.Yes, Score: 0.9526}
	v.Urgency = desk.Tag{Label: desk.UrgencyNormal, Score: 0.5969}
	var wrong []string
	for _, r := range got {
		if !r.Agrees(v) {
			wrong = append(wrong, r.Tag)
		}
	}
	if diff := cmp.Diff([]string{"sentiment", "spam"}, wrong); diff != "" {
		t.Errorf("tags that do not add up (-want +got)\n%s", diff)
	}
}

// TestRecomputeGolden works every golden verdict out again from its reasons.
func TestRecomputeGolden(t *testing.T) {
	t.Parallel()
	p, told := goldenPipeline(t), map[string]int{}
	for _, g := range readGolden(t) {
		v := p.Judge(desk.TriageInput{Text: g.text})
		for _, r := range triage.Recompute(v, desk.DefaultUrgency().Bounds) {
			told[r.Tag]++
			if !r.Agrees(v) {
				t.Errorf("%s: the reasons give %s %.4f, not what the verdict states: %+v\n%+v", g.text, r.Label, r.Score, v, r)
			}
		}
	}
	if told["urgency"] == 0 {
		t.Error("no urgency was worked out again")
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	in := "Terrible \x1b[31m\u202eservice, the lawyer is told!\n\n{\"text\":\"fine\",\"rating\":1}\n{\"rating\":1}\n"
	var out bytes.Buffer
	if err := triage.Explain(t.Context(), strings.NewReader(in), &out, pipeline(t, acme())); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for _, want := range []string{`"Terrible \x1b[31m\u202eservice`, `"lawyer"`, "bytes 30 to 36", "its reasons give ", "stars", `no "text"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing from\n%s", want, got)
		}
	}
	if strings.ContainsAny(got, "\x1b\u202e") {
		t.Errorf("control characters reach the terminal: %q", got)
	}
	if n := strings.Count(got, "judged by"); n != 3 {
		t.Errorf("%d texts are explained, want 3", n)
	}
}
