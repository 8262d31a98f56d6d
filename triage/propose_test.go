package triage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// judgedAs is a mention that triage judged neutral and calm.
func judgedAs(n int, source, words string, change ...func(*desk.Judged)) desk.Judged {
	var j desk.Judged
	j.N, j.ID, j.Source, j.Text, j.Version = int64(n), desk.MentionID(fmt.Sprintf("m%04d", n)), source, words, 1
	j.SeenAt = time.Date(2026, 3, 2, 9, 0, n, 0, time.UTC)
	j.Verdict = desk.Verdict{Language: desk.Tag{Label: "en"}, Urgency: desk.Tag{Label: desk.UrgencyNormal}, Intent: desk.Tag{Label: desk.IntentOther},
		Spam: desk.Tag{Label: desk.No}, Offensive: desk.Tag{Label: desk.No}}
	j.Verdict.Set(desk.TagSentiment, desk.Neutral)
	for _, f := range change {
		f(&j)
	}
	j.Machine = j.Verdict
	j.Verdict = j.Machine.Corrected(j.Corrections)
	return j
}

// correctedTo makes a person say that the sentiment is another one.
func correctedTo(tag, to string) func(*desk.Judged) {
	return func(j *desk.Judged) {
		c := desk.Correction{N: j.N, ID: "c" + string(j.ID), Mention: j.ID, Version: 1, Tag: tag, From: j.Verdict.Label(tag), To: to, Learnable: true, Stands: true}
		j.Corrections = append(j.Corrections, c)
	}
}

func taught(list []desk.Judged) (out []triage.Taught) {
	for _, j := range list {
		for _, c := range j.Corrections {
			out = append(out, triage.Taught{Lesson: desk.Lesson{Correction: c, Learn: c.Learnable, Said: j.Mention, Machine: c.From}, Verdict: j.Verdict})
		}
	}
	return out
}

// propose runs corrections and their background through proposer and trials.
func propose(t *testing.T, corrections []triage.Taught, background []desk.Judged) desk.Proposals {
	t.Helper()
	p := triage.NewProposer(corrections)
	for i := range background {
		p.Show(&background[i])
	}
	list := p.Candidates(nil)
	rules := make([]desk.Rule, len(list))
	for i := range list {
		rules[i] = list[i].Rule
	}
	trials, err := triage.NewTrials(rules)
	if err != nil {
		t.Fatal(err)
	}
	for i := range background {
		trials.Add(&background[i], desk.Context{})
	}
	return p.Choose(list, trials.Results())
}

// history is a month of talk in which two words were judged too kindly.
func history() []desk.Judged {
	var out []desk.Judged
	for i := range 400 {
		words := []string{"the delivery was on time", "the app works with my phone", "nice colours on the app", "does the shop open on Sunday?"}[i%4]
		out = append(out, judgedAs(i, "wall", words))
	}
	for i, words := range []string{
		"the app keeps bricking my phone", "bricked again on Sunday", "Bricking, the app is", "the delivery left it soaked", "soaked parcel on time!", "a soaked phone",
	} {
		out = append(out, judgedAs(500+i, "wall", words, correctedTo(desk.TagSentiment, desk.Negative)))
	}
	return append(out, judgedAs(600, "wall", "the shop was soaked in light"))
}

func TestProposal(t *testing.T) {
	t.Parallel()
	all := history()
	got := propose(t, taught(all), all)
	if len(got.Proposals) != 1 || len(got.Left) != 0 {
		t.Fatalf("the proposals are %+v", got)
	}
	p := got.Proposals[0]
	if diff := cmp.Diff(desk.Assign{Sentiment: desk.Negative}, p.Rule.Set); diff != "" {
		t.Error(diff)
	}
	words := slices.Sorted(slices.Values(p.Rule.When.Words))
	if diff := cmp.Diff([]string{"bricked", "bricking", "soaked"}, words); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	if p.Covers != 6 || p.Trial.Right != 6 || p.Trial.Wrong != 0 || p.Trial.Missed != 0 || p.Trial.Mentions != 407 || p.Trial.Matched != 7 {
		t.Errorf("the trial is %+v", p.Trial)
	}
	want := []desk.Change{{Tag: desk.TagSentiment, From: desk.Neutral, To: desk.Negative, N: 1}}
	if diff := cmp.Diff(want, p.Trial.Changes); diff != "" || len(p.Trial.Examples) != 1 || p.Trial.Examples[0].Text != "the shop was soaked in light" {
		t.Errorf("what it would change: %+v\n%s", p.Trial.Examples, diff)
	}
}

// One correction is enough for a proposal, and a common word is none.
func TestProposalFromOne(t *testing.T) {
	t.Parallel()
	all := history()
	one := judgedAs(700, "wall", "the app smells on my phone", correctedTo(desk.TagUrgency, desk.UrgencyHigh))
	got := propose(t, taught([]desk.Judged{one}), append(all, one))
	if len(got.Proposals) != 1 {
		t.Fatalf("the proposals are %+v", got)
	}
	p := got.Proposals[0]
	if len(p.Rule.When.Words) != 1 || !strings.Contains(p.Rule.When.Words[0], "smells") || p.Rule.Set.Urgency != desk.UrgencyHigh || p.Trial.Changed != 0 {
		t.Errorf("the rule is %+v, it would change %d others", p.Rule, p.Trial.Changed)
	}
}

// Where the words alone would change too much, a source that the mistakes have in common sets them apart.
func TestProposalNarrowed(t *testing.T) {
	t.Parallel()
	all := history()
	for i := range 6 {
		all = append(all, judgedAs(700+i, "blog", "sick, "+strings.Repeat("so ", i)+"sick", correctedTo(desk.TagSentiment, desk.Positive)))
		all = append(all, judgedAs(800+2*i, "wall", "I am sick at home "+fmt.Sprint(i)), judgedAs(801+2*i, "wall", "sick "+strings.Repeat("so ", i)+"of it all"))
	}
	var positive []triage.Taught
	for _, l := range taught(all) {
		if l.To == desk.Positive {
			positive = append(positive, l)
		}
	}
	got := propose(t, positive, all)
	if len(got.Proposals) != 1 {
		t.Fatalf("the proposals are %+v", got)
	}
	p := got.Proposals[0]
	if diff := cmp.Diff([]string{"blog"}, p.Rule.When.Source); diff != "" || p.Trial.Right != 6 || p.Trial.Changed != 0 {
		t.Errorf("the rule is %+v, right %d, others %d\n%s", p.Rule, p.Trial.Right, p.Trial.Changed, diff)
	}
}

// Every tag that people correct and rules can set finds its rule.
func TestProposalOfEveryTag(t *testing.T) {
	t.Parallel()
	for tag, to := range map[string]string{
		desk.TagLanguage: "sk", desk.TagSentiment: desk.Negative, desk.TagUrgency: desk.UrgencyHigh, desk.TagIntent: desk.IntentFault, desk.TagSpam: desk.Yes,
		desk.TagOffensive: desk.Yes, desk.TagProduct: "Acme TV", desk.TagTopic: "manners",
	} {
		one := judgedAs(700, "wall", "the app is for muppets", correctedTo(tag, to))
		got := propose(t, taught([]desk.Judged{one}), append(history()[:400], one))
		if len(got.Proposals) != 1 {
			t.Errorf("%s: the proposals are %+v", tag, got)
			continue
		}
		if p := got.Proposals[0]; p.Trial.Right != 1 || p.Trial.Changed != 0 {
			t.Errorf("%s: the rule is %+v and its trial %+v", tag, p.Rule, p.Trial)
		}
	}
}

func TestNothingProposed(t *testing.T) {
	t.Parallel()
	forbidden := judgedAs(1, "x", "bricked", correctedTo(desk.TagSentiment, desk.Negative))
	forbidden.Corrections[0].Learnable = false
	common := judgedAs(2, "wall", "the delivery was on time", correctedTo(desk.TagSentiment, desk.Negative))
	off := judgedAs(3, "wall", "bricked")
	off.Corrections = []desk.Correction{{N: 3, Tag: desk.TagProduct, From: "Acme Phone", Learnable: true, Stands: true}}
	got := propose(t, taught([]desk.Judged{forbidden, common, off}), history())
	if len(got.Proposals) != 0 || len(got.Left) != 3 {
		t.Fatalf("the proposals are %+v", got)
	}
	for i, why := range []string{"forbid learning", "not off", "no words"} {
		if !strings.Contains(got.Left[i].Why, why) {
			t.Errorf("%q does not say %q", got.Left[i].Why, why)
		}
	}
}

func TestTrial(t *testing.T) {
	t.Parallel()
	list := []desk.Judged{
		judgedAs(1, "wall", "a storm"),
		judgedAs(2, "wall", "a STORM in a teacup", correctedTo(desk.TagUrgency, desk.UrgencyLow)),
		judgedAs(3, "wall", "storms", correctedTo(desk.TagUrgency, desk.UrgencyCritical)),
		judgedAs(4, "wall", "storm", correctedTo(desk.TagUrgency, desk.UrgencyCritical)),
		judgedAs(5, "blog", "storm"),
		judgedAs(6, "wall", "calm", func(j *desk.Judged) { j.Verdict.Urgency.Label = desk.UrgencyCritical }, correctedTo(desk.TagUrgency, desk.UrgencyLow)),
	}
	trials, err := triage.NewTrials([]desk.Rule{
		{Name: "storm", When: desk.Condition{Words: []string{"storm"}, Source: []string{"wall"}}, Set: desk.Assign{Urgency: desk.UrgencyCritical, Topics: []string{"weather"}}},
		{Name: "calmer", When: desk.Condition{Urgency: []string{desk.UrgencyCritical}}, Set: desk.Assign{Urgency: desk.UrgencyLow}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		trials.Add(&list[i], desk.Context{})
	}
	got := trials.Results()
	want := desk.Trial{Rule: "storm", Matched: 3, Right: 1, Wrong: 1, Missed: 1, Difference: desk.Difference{Mentions: 6, Changed: 3, Changes: []desk.Change{
		{Tag: desk.TagUrgency, From: desk.UrgencyNormal, To: desk.UrgencyCritical, N: 1}, {Tag: desk.TagTopic, To: "weather", N: 3},
	}}}
	storm := got[0]
	storm.Examples = nil
	if diff := cmp.Diff(want, storm); diff != "" {
		t.Errorf("the trial (-want +got):\n%s", diff)
	}
	if calmer := got[1]; calmer.Right != 1 || calmer.Changed != 0 || calmer.Matched != 1 {
		t.Errorf("a rule on what people corrected is tried on what triage had said: %+v", calmer)
	}
	if _, err := triage.NewTrials([]desk.Rule{{Name: "x", Set: desk.Assign{Urgency: "soon"}}}); err == nil {
		t.Error("a rule that cannot be meant was taken")
	}
}
