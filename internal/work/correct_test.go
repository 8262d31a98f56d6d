package work_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// says makes a person correct the only mention with the given remote id.
func (b *bench) says(who *desk.User, id desk.MentionID, tag, to string) desk.Correction {
	b.t.Helper()
	c, err := b.desk.Correct(b.ctx, who, desk.Correction{Mention: id, Tag: tag, To: to})
	b.must(err)
	b.now = b.now.Add(time.Second)
	return c
}

// named returns the stored mention with a remote id.
func (b *bench) named(remote string) desk.MentionRow {
	b.t.Helper()
	known, err := b.store.Known(b.ctx, []desk.Key{{Site: "demo:x", Remote: desk.RemoteID(remote)}})
	b.must(err)
	m, err := b.store.Mention(b.ctx, desk.Everything, known[desk.Key{Site: "demo:x", Remote: desk.RemoteID(remote)}].ID)
	b.must(err)
	return m
}

// agree compares labels of mentions with filters and hourly counts.
func (b *bench) agree() {
	b.t.Helper()
	rows, err := b.store.ListMentions(b.ctx, desk.Everything, desk.MentionFilter{}, desk.Page{Limit: 5000})
	b.must(err)
	want, got := map[[2]string]int64{}, map[[2]string]int64{}
	filters := map[desk.MentionFilter]int{}
	for _, m := range rows {
		v := &m.Verdict
		want[[2]string{v.Language.Label, v.Sentiment.Label}]++
		for _, f := range []desk.MentionFilter{
			{Sentiment: v.Sentiment.Label}, {Urgency: v.Urgency.Label}, {Intent: v.Intent.Label}, {Spam: v.Spam.Label}, {Language: v.Language.Label},
		} {
			filters[f]++
		}
	}
	for f, n := range filters {
		found, err := b.store.CountMentions(b.ctx, desk.Everything, f, 5000)
		b.must(err)
		if found.N != n {
			b.t.Errorf("%+v finds %d mentions; the verdicts of %d say so", f, found.N, n)
		}
	}
	hours, err := b.store.Rollup(b.ctx, desk.Everything, b.now.AddDate(-1, 0, 0), b.now.AddDate(1, 0, 0))
	b.must(err)
	for _, h := range hours {
		got[[2]string{h.Language, h.Sentiment}] += h.N
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("hourly counts differ from the mentions (-mentions +counts):\n%s", diff)
	}
}

func TestCorrections(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", words("what a day it was")), post("2", "ann", words("it is broken")))
		b.now = b.now.Add(time.Minute)
		m := b.named("1")
		c := b.says(b.anna, m.ID, desk.TagSentiment, desk.Negative)
		if c.From != desk.Neutral || c.Version != 1 || c.By != b.anna.ID || !c.Stands || !c.Learnable {
			t.Errorf("the correction is %+v", c)
		}
		if again := b.says(b.anna, m.ID, desk.TagSentiment, desk.Negative); again.ID != c.ID {
			t.Errorf("saying the same twice made %s beside %s", again.ID, c.ID)
		}
		m = b.named("1")
		i := slices.IndexFunc(m.Verdict.Reasons, func(r desk.Reason) bool { return r.By == desk.ByPerson })
		if i < 0 || m.Verdict.Reasons[i].Text != "Anna" || m.Verdict.Reasons[i].Tag != desk.TagSentiment || m.Verdict.Sentiment.Label != desk.Negative {
			t.Errorf("the verdict is %+v", m.Verdict)
		}
		b.agree()

		later := b.says(b.bela, m.ID, desk.TagSentiment, desk.Positive)
		b.says(b.bela, m.ID, desk.TagUrgency, desk.UrgencyHigh)
		b.agree()
		b.uncorrect(m.ID, later.ID, desk.Negative)
		b.uncorrect(m.ID, later.ID, desk.Negative) // twice is no error
		b.agree()
		b.uncorrect(m.ID, c.ID, desk.Neutral)
		if got := b.named("1").Verdict; got.Urgency.Label != desk.UrgencyHigh {
			t.Errorf("withdrawing one tag's correction took the other along: %+v", got)
		}
		_, err := b.desk.UncorrectTag(b.ctx, b.chief, m.ID, desk.TagUrgency, "")
		b.must(err)
		if got := b.named("1").Verdict; got.Urgency.Label != desk.UrgencyNormal || len(got.Reasons) != 0 {
			t.Errorf("all is withdrawn, and the verdict is %+v", got)
		}
		b.agree()
		all, err := b.store.Corrections(b.ctx, desk.Everything, m.ID)
		b.must(err)
		if len(all) != 3 || slices.ContainsFunc(all, func(c desk.Correction) bool { return !c.Withdrawn() || c.Stands }) {
			t.Errorf("the corrections are %+v; they must all be there, withdrawn", all)
		}
		b.told(desk.EventCorrected, 3)
		b.told(desk.EventUncorrected, 3)
	})
}

func (b *bench) uncorrect(id desk.MentionID, correction, sentiment string) {
	b.t.Helper()
	_, err := b.desk.Uncorrect(b.ctx, b.chief, id, correction)
	b.must(err)
	b.now = b.now.Add(time.Second)
	if got := b.named("1").Verdict.Sentiment.Label; got != sentiment {
		b.t.Errorf("the sentiment is %s, want %s", got, sentiment)
	}
}

// told counts events of one kind.
func (b *bench) told(what string, want int) {
	b.t.Helper()
	events, err := b.store.ListEvents(b.ctx, desk.Everything, 0, 1000)
	b.must(err)
	n := 0
	for _, e := range events {
		if e.What == what {
			n++
		}
	}
	if n != want {
		b.t.Errorf("%d events say %s, want %d", n, what, want)
	}
}

func TestCorrectionOnCase(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", words("broken, and a fire on top")))
		b.now = b.now.Add(time.Minute)
		card, r := b.draft("We are sorry")
		id := card.Case.Head
		b.says(b.anna, id, desk.TagUrgency, desk.UrgencyLow)
		b.says(b.anna, id, desk.TagSentiment, desk.Positive)
		got := b.only()
		if got.Urgency != desk.UrgencyLow || got.Sentiment != desk.Positive || got.Head.Verdict.Urgency.Label != desk.UrgencyLow {
			t.Errorf("the board shows %s, %s", got.Urgency, got.Sentiment)
		}
		if got.Version != card.Version || got.State != card.State {
			t.Errorf("the correction moved the case from %s %d to %s %d", card.State, card.Version, got.State, got.Version)
		}
		_, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, b.seen(got.ID, id))
		b.must(err)
		b.agree()
	})
}

func TestEditAsksAgain(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", words("what a day")))
		b.now = b.now.Add(time.Minute)
		m := b.named("1")
		b.says(b.anna, m.ID, desk.TagSentiment, desk.Positive)
		b.bring(post("1", "eve", words("what a day"))) // seen again, unchanged
		if got := b.named("1").Verdict.Sentiment.Label; got != desk.Positive {
			t.Errorf("another look at the same words made it %s", got)
		}
		b.now = b.now.Add(time.Minute)
		b.bring(post("1", "eve", words("now it is broken")))
		b.now = b.now.Add(time.Minute)
		if got := b.named("1").Verdict; got.Sentiment.Label != desk.Negative {
			t.Errorf("after the edit the sentiment is %s; it must be triage's own", got.Sentiment.Label)
		}
		b.agree()
		lessons, err := b.store.Lessons(b.ctx, 0, 10)
		b.must(err)
		if len(lessons) != 1 || !lessons[0].Learn || lessons[0].Said.Text != "what a day" || lessons[0].Machine != desk.Neutral {
			t.Errorf("what was said of the earlier words is %+v", lessons)
		}
	})
}

func TestCorrectionsRefused(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", words("what a day")), post("2", "acme", byUs))
		m, ours := b.named("1"), b.named("2")
		stranger := &desk.User{ID: "x", Role: desk.RoleAgent, Brands: []string{"globex"}}
		for name, tc := range map[string]struct {
			who  *desk.User
			c    desk.Correction
			want error
		}{
			"no tag":         {b.anna, desk.Correction{Tag: "mood", To: "bad"}, desk.ErrInvalid},
			"no label":       {b.anna, desk.Correction{Tag: desk.TagSentiment, To: "angry"}, desk.ErrInvalid},
			"no language":    {b.anna, desk.Correction{Tag: desk.TagLanguage, To: "Klingon"}, desk.ErrInvalid},
			"as it is":       {b.anna, desk.Correction{Tag: desk.TagSentiment, To: desk.Neutral}, desk.ErrInvalid},
			"seen otherwise": {b.anna, desk.Correction{Tag: desk.TagSentiment, From: desk.Positive, To: desk.Negative}, desk.ErrConflict},
			"unknown name":   {b.anna, desk.Correction{Tag: desk.TagProduct, To: "Acme Boat"}, desk.ErrInvalid},
			"not there":      {b.anna, desk.Correction{Tag: desk.TagProduct, From: "Acme TV"}, desk.ErrConflict},
			"other brand":    {stranger, desk.Correction{Tag: desk.TagSentiment, To: desk.Negative}, desk.ErrNotFound},
			"ours":           {b.anna, desk.Correction{Mention: ours.ID, Tag: desk.TagSentiment, To: desk.Negative}, desk.ErrInvalid},
			"no mention":     {b.anna, desk.Correction{Mention: "none", Tag: desk.TagSentiment, To: desk.Negative}, desk.ErrNotFound},
		} {
			if tc.c.Mention == "" {
				tc.c.Mention = m.ID
			}
			if _, err := b.desk.Correct(b.ctx, tc.who, tc.c); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v, want %v", name, err, tc.want)
			}
		}
		b.told(desk.EventCorrected, 0)
	}, func(o *work.Options) { o.Names = func(string) []string { return []string{"Acme TV", "Acme Phone"} } })
}

func TestProductsCorrected(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", words("what a day")))
		b.now = b.now.Add(time.Minute)
		m := b.named("1")
		products := func(want ...string) {
			t.Helper()
			b.now = b.now.Add(time.Second)
			verdict := b.named("1").Verdict
			if diff := cmp.Diff(want, verdict.Names(desk.TagProduct)); diff != "" {
				t.Errorf("products (-want +got):\n%s", diff)
			}
			for _, p := range []string{"Acme TV", "Acme Phone"} {
				found, err := b.store.ListMentions(b.ctx, desk.Everything, desk.MentionFilter{Product: p}, desk.Page{Limit: 10})
				b.must(err)
				if (len(found) > 0) != slices.Contains(want, p) {
					t.Errorf("the filter for %s finds %d", p, len(found))
				}
			}
		}
		b.says(b.anna, m.ID, desk.TagProduct, "Acme TV")
		b.says(b.anna, m.ID, desk.TagProduct, "Acme Phone")
		products("Acme TV", "Acme Phone")
		gone, err := b.desk.Correct(b.ctx, b.bela, desk.Correction{Mention: m.ID, Tag: desk.TagProduct, From: "Acme TV"})
		b.must(err)
		products("Acme Phone")
		_, err = b.desk.Uncorrect(b.ctx, b.bela, m.ID, gone.ID)
		b.must(err)
		products("Acme TV", "Acme Phone")
	})
}

// Sites whose terms forbid it teach nothing, and what is withdrawn or forgotten is unlearned.
func TestLessons(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", words("first")), post("2", "eve", words("second")))
		b.now = b.now.Add(time.Minute)
		m1, m2 := b.named("1"), b.named("2")
		c := b.says(b.anna, m1.ID, desk.TagSentiment, desk.Positive)
		b.says(b.anna, m2.ID, desk.TagSentiment, desk.Negative)
		after := b.lessons(0, "first positive", "second negative")
		b.lessons(after)
		b.says(b.bela, m1.ID, desk.TagSentiment, desk.Negative)
		after = b.lessons(after, "- positive", "first negative")
		b.intake(desk.Intake{Gone: []desk.RemoteID{"2"}, Forget: true})
		after = b.lessons(after, "- negative")
		_, err := b.desk.UncorrectTag(b.ctx, b.bela, m1.ID, desk.TagSentiment, "")
		b.must(err)
		b.lessons(after, "first positive", "- negative")
		if all, _ := b.store.ListCorrections(b.ctx, desk.Everything, b.now.AddDate(0, 0, -1), 10); len(all) != 3 || all[2].ID != c.ID || !all[2].Stands || all[0].Stands {
			t.Errorf("the list is %+v", all)
		}
	})
}

func TestForbiddenLessons(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve", words("first")))
		b.now = b.now.Add(time.Minute)
		if c := b.says(b.anna, b.named("1").ID, desk.TagSentiment, desk.Positive); c.Learnable {
			t.Error("the site's terms forbid learning, and the correction may be learned from")
		}
		b.lessons(0, "- positive")
	}, func(o *work.Options) {
		o.Learn = func(s desk.Source) bool { return s.Name != "wall" || s.Kind != "demo" }
	})
}

func (b *bench) lessons(after int64, want ...string) int64 {
	b.t.Helper()
	found, err := b.store.Lessons(b.ctx, after, 10)
	b.must(err)
	var got []string
	for _, l := range found {
		said := "-"
		if l.Learn {
			said = l.Said.Text
		}
		got, after = append(got, said+" "+l.To), l.Changed
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.t.Errorf("lessons (-want +got):\n%s", diff)
	}
	return after
}
