package work_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/work"
)

// harsher is triage after a change of its rules: storms are critical, days are praised, and parcels are a product.
func harsher(in desk.TriageInput) desk.Verdict {
	v := judge(in)
	v.Rules = "second"
	if strings.Contains(in.Text, "storm") {
		v.Urgency.Label = desk.UrgencyCritical
	}
	if strings.Contains(in.Text, "broken day") {
		v.Sentiment.Label = desk.Positive
	}
	if strings.Contains(in.Text, "parcel") {
		v.Products = []desk.Named{{Name: "parcel", Score: 1}}
	}
	return v
}

// past fills the desk with what was said before the rules changed.
func (b *bench) past(n int) {
	b.t.Helper()
	var list []desk.Mention
	for i := range n {
		words := []string{"a calm day", "a storm", "a broken day", "a parcel", "a broken parcel in a storm"}[i%5]
		list = append(list, post(fmt.Sprint(i), fmt.Sprintf("u%d", i%40), func(m *desk.Mention) {
			m.Text = words
			m.PostedAt = b.now.Add(-time.Duration(i) * time.Minute)
		}))
	}
	b.intake(desk.Intake{Mentions: list, OpenNone: true})
	b.now = b.now.Add(time.Minute)
}

func again() work.ReplayOptions { return work.ReplayOptions{Judges: desk.Judges{Rules: "second"}} }

// after makes the desk judge by other rules from now on.
func (b *bench) after(judge func(desk.TriageInput) desk.Verdict) *work.Desk {
	return work.New(work.Options{Store: inTx{b.store}, Judge: judge})
}

func TestReplay(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("open", "eve", words("broken by a storm")))
		card := b.only()
		b.past(600)
		b.says(b.anna, b.named("1").ID, desk.TagUrgency, desk.UrgencyLow) // a storm in a teacup
		later := b.after(harsher)
		o := again()
		o.Dry = true
		var notable []desk.Notable
		o.Notable = func(n desk.Notable) error { notable = append(notable, n); return nil }
		dry, err := later.Replay(b.ctx, b.chief, o)
		b.must(err)
		if b.named("6").Verdict.Urgency.Label != desk.UrgencyNormal {
			t.Error("a dry run changed something")
		}
		seen := notable
		notable, o.Dry = nil, false
		last, err := b.store.LastEvent(b.ctx)
		b.must(err)
		wet, err := later.Replay(b.ctx, b.chief, o)
		b.must(err)
		if diff := cmp.Diff(dry, wet); diff != "" {
			t.Errorf("the dry run promised something else (-dry +wet):\n%s", diff)
		}
		if diff := cmp.Diff(seen, notable); diff != "" {
			t.Errorf("the dry run told of others (-dry +wet):\n%s", diff)
		}
		want := desk.Replayed{Difference: desk.Difference{Mentions: 601, Changed: 480, Changes: []desk.Change{
			{Tag: desk.TagSentiment, From: desk.Negative, To: desk.Positive, N: 120},
			{Tag: desk.TagUrgency, From: desk.UrgencyNormal, To: desk.UrgencyCritical, N: 240},
			{Tag: desk.TagProduct, To: "parcel", N: 240},
		}}, Corrected: 1, Rose: 240, Turned: 120}
		if diff := cmp.Diff(want, wet); diff != "" {
			t.Errorf("the difference (-want +got):\n%s", diff)
		}
		if len(notable) != 360 {
			t.Errorf("%d mentions are worth a look, want 360", len(notable))
		}
		b.replayed(card, last)
		if r, err := later.Replay(b.ctx, b.chief, again()); err != nil || r.Mentions != 0 {
			t.Errorf("a second replay judged %d mentions: %v", r.Mentions, err)
		}
	})
}

// replayed checks what a replay leaves behind.
func (b *bench) replayed(card desk.Card, last int64) {
	b.t.Helper()
	for remote, urgency := range map[string]string{"0": desk.UrgencyNormal, "1": desk.UrgencyLow, "6": desk.UrgencyCritical} {
		if v := b.named(remote).Verdict; v.Urgency.Label != urgency || v.Rules != "second" {
			b.t.Errorf("%s is %s by %q, want %s", remote, v.Urgency.Label, v.Rules, urgency)
		}
	}
	b.agree()
	if diff := cmp.Diff(card.Case, b.only().Case); diff != "" {
		b.t.Errorf("the replay touched the case:\n%s", diff)
	}
	events, err := b.store.ListEvents(b.ctx, desk.Everything, last, 100)
	b.must(err)
	if len(events) != 1 || events[0].What != desk.EventReplayed || events[0].Actor != string(b.chief.ID) || events[0].To != "601" {
		b.t.Errorf("the chronicle says %+v", events)
	}
	_, err = b.desk.UncorrectTag(b.ctx, b.anna, b.named("1").ID, desk.TagUrgency, "")
	b.must(err)
	if v := b.named("1").Verdict; v.Urgency.Label != desk.UrgencyCritical || v.Rules != "second" {
		b.t.Errorf("without its correction the mention is %s by %q; beneath it must be what the replay concluded", v.Urgency.Label, v.Rules)
	}
}

// A replay that is cut off at any moment and called again ends as one that was left alone.
func TestReplayInterrupted(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.past(1500)
		b.says(b.anna, b.named("7").ID, desk.TagSentiment, desk.Positive)
		r := rand.New(rand.NewPCG(1, 2))
		var got desk.Replayed
		cuts := 0
		for {
			ctx, cut := context.WithCancel(b.ctx)
			budget := 1 + r.IntN(400)
			desk := b.after(func(in desk.TriageInput) desk.Verdict {
				if budget--; budget == 0 {
					cut()
				}
				return harsher(in)
			})
			var err error
			got, err = desk.Replay(ctx, b.chief, again())
			cut()
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if cuts++; cuts > 500 {
				t.Fatal("the replay never ends")
			}
		}
		if cuts == 0 || got.Mentions != 1500 || got.Changed != 1199 || got.Rose != 600 || got.Turned != 299 || got.Corrected != 1 {
			t.Errorf("after %d cuts: %+v", cuts, got)
		}
		b.agree()
		rest, err := b.store.Judged(b.ctx, desk.Everything, desk.Walk{Limit: 10, Stale: &desk.Judges{Rules: "second"}})
		b.must(err)
		if len(rest) != 0 {
			t.Errorf("%d mentions still have their old verdict", len(rest))
		}
	})
}

// What people and sites do while a replay holds a mention in its hands is not overwritten.
func TestReplayGivesWay(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.past(20)
		first := b.named("1")
		done := false
		later := b.after(func(in desk.TriageInput) desk.Verdict {
			if !done {
				done = true
				b.says(b.anna, first.ID, desk.TagUrgency, desk.UrgencyHigh)
				b.bring(post("6", "u6", words("calm again")))
				b.now = b.now.Add(time.Minute)
			}
			return harsher(in)
		})
		got, err := later.Replay(b.ctx, b.chief, again())
		b.must(err)
		if got.Mentions != 20 || got.Corrected != 1 {
			t.Errorf("the replay is %+v", got)
		}
		if v := b.named("1").Verdict; v.Urgency.Label != desk.UrgencyHigh || v.Rules != "second" {
			t.Errorf("the corrected one is %s by %q", v.Urgency.Label, v.Rules)
		}
		if m := b.named("6"); m.Text != "calm again" || m.Verdict.Urgency.Label != desk.UrgencyNormal || m.Verdict.Rules != "second" {
			t.Errorf("the edited one is %q, %s by %q", m.Text, m.Verdict.Urgency.Label, m.Verdict.Rules)
		}
		b.agree()
	})
}
