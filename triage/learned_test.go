package triage_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// addUp works a verdict's tags out again from its reasons, complains where they give something else, and tells which tags it could.
func addUp(t *testing.T, v desk.Verdict, text string) map[string]bool {
	told := map[string]bool{}
	for _, r := range triage.Recompute(v, desk.DefaultUrgency().Bounds) {
		told[r.Tag] = true
		if !r.Agrees(v) {
			t.Errorf("%.200s: the reasons give %s %.4f, not what the verdict states: %+v\n%+v", text, r.Label, r.Score, v, r)
		}
		if s := v.Sentiment.Scores; r.Tag == "sentiment" {
			for _, c := range r.Chances {
				if p := map[string]float64{desk.Negative: s.Negative, desk.Neutral: s.Neutral, desk.Positive: s.Positive}[c.Label]; p-c.P > 0.002 || c.P-p > 0.002 {
					t.Errorf("%.200s: the reasons give %s %.4f, the verdict states %.4f", text, c.Label, c.P, p)
				}
			}
		}
	}
	return told
}

// TestReasonsAddUp works the verdicts about thousands of labelled texts out again, every third with stars, every fifth as a review.
func TestReasonsAddUp(t *testing.T) {
	t.Parallel()
	p := pipeline(t, acme())
	for _, name := range []string{"sentiment.airline.en", "sentiment.hts.hu", "sentiment.bank-tweets.el", "sentiment.kinit-reviews.sk", "spam.youtube.en", "offensive.germeval2018.de"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, enough := 0, errors.New("enough")
			err := triage.ReadLabelled(t.Context(), labelledFile(t, name), func(r triage.Labelled) error {
				in := desk.TriageInput{Text: r.Text}
				if n%3 == 0 {
					in.Rating = desk.Rating{Value: float64(1 + n%5), Best: 5}
				}
				if n%5 == 0 {
					in.Kind = desk.KindReview
				}
				v := p.Judge(in)
				if told := addUp(t, v, r.Text); v.Intent.Score < 1 && (!told["sentiment"] || !told["intent"]) {
					t.Errorf("%s: sentiment or intent cannot be worked out again: %+v", r.Text, v.Reasons)
				}
				if n++; n == 1500 {
					return enough
				}
				return nil
			})
			if err != nil && !errors.Is(err, enough) {
				t.Fatal(err)
			}
		})
	}
}

// TestFewReasons wants long texts to have no more reasons than short ones, and the prior and what is left among them.
func TestFewReasons(t *testing.T) {
	t.Parallel()
	long := ""
	for _, s := range sentences(t)[:200] {
		long += s + " "
	}
	v := pipeline(t, triage.Options{}).Judge(desk.TriageInput{Text: long})
	count, by := map[string]int{}, map[string]bool{}
	for _, r := range v.Reasons {
		count[r.Tag]++
		by[r.Tag+" "+r.By] = true
	}
	if count["sentiment"] > 11 || count["intent"] > 16 || count["sentiment"] < 8 {
		t.Errorf("a long text has %v reasons", count)
	}
	if !by["sentiment prior"] || !by["sentiment rest"] || !by["intent prior"] {
		t.Errorf("the reasons are by %v", by)
	}
	addUp(t, v, long)
}

// TestCompetitorIsTakenBack wants praise of a competitor to stand in the reasons, and what takes it back.
func TestCompetitorIsTakenBack(t *testing.T) {
	t.Parallel()
	v := pipeline(t, acme()).Judge(desk.TriageInput{Text: "Globex is simply fantastic and I love it"})
	at := slices.IndexFunc(v.Reasons, func(r desk.Reason) bool { return r.Tag == "sentiment" && r.By == "competitor" })
	if at < 0 || v.Reasons[at].Weight >= 0 || v.Reasons[at].Text != "Globex" {
		t.Errorf("reasons %+v", v.Reasons)
	}
	addUp(t, v, "praise of a competitor")
}

// TestJudgeAllocatesLittle bounds what judging leaves to collect: the reasons, their moves and lists of names.
func TestJudgeAllocatesLittle(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, too")
	}
	p := pipeline(t, triage.Options{})
	list := sentences(t)
	all := func() {
		for _, s := range list {
			p.Judge(desk.TriageInput{Text: s})
		}
	}
	all()
	if n := testing.AllocsPerRun(3, all) / float64(len(list)); n > 6 {
		t.Errorf("a text allocates %.1f times", n)
	}
}
