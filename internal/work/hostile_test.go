package work_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Whatever a site puts into a field, the intake is stored, on both engines alike, and the same item is known when it comes again.
func TestHostileFields(t *testing.T) {
	bad := "a\x00b\xff\xfe" + strings.Repeat("é", 3000)
	engines(t, func(t *testing.T, b *bench) {
		m := desk.Mention{
			Remote: desk.RemoteID(bad), Kind: desk.MentionKind("post"), Thread: desk.RemoteID(bad), Parent: desk.RemoteID(bad + "p"),
			Author: desk.Author{ID: desk.RemoteID(bad), Handle: bad, Name: bad, URL: bad, Followers: -5},
			Title:  bad, Text: "broken " + bad, Language: bad, URL: bad, Rating: desk.Rating{Value: math.NaN(), Best: 5},
			PostedAt: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), EditedAt: time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC),
			Counts: desk.Counts{Likes: -1, Views: math.MaxInt64}, Extra: map[string]string{bad: bad}, Raw: []byte(bad),
		}
		in := desk.Intake{Mentions: []desk.Mention{m}, Gone: []desk.RemoteID{desk.RemoteID(bad + "g")}, Poison: []desk.Poison{{Source: "wall", Remote: desk.RemoteID(bad), Err: bad, Raw: []byte(bad)}}}
		if r := b.intake(in); r.New != 1 || r.Poison != 1 || r.Opened != 1 {
			t.Fatalf("%+v, want one new mention with its case, and one set aside", r)
		}
		if r := b.intake(in); r.Known != 1 || r.New != 0 || r.Poison != 0 {
			t.Errorf("again: %+v, want it known", r)
		}
		got, err := b.store.Mention(b.ctx, desk.Everything, b.only().Case.Head)
		b.must(err)
		if !strings.HasPrefix(got.Text, "broken ab\uFFFDé") || got.Rating.Known() || !got.PostedAt.IsZero() || !got.EditedAt.IsZero() || got.Counts.Likes != 0 || got.Author.Followers != 0 {
			t.Errorf("kept: %q… %+v %v %v %+v", got.Text[:20], got.Rating, got.PostedAt, got.EditedAt, got.Counts)
		}
		if in.Gone[0] != desk.RemoteID(bad+"g") || in.Mentions[0].Extra[bad] != bad {
			t.Error("the connector's own values were changed")
		}
		gone := b.intake(desk.Intake{Gone: []desk.RemoteID{desk.RemoteID(bad)}})
		if gone.Gone != 1 {
			t.Errorf("%+v, want it found again when it is gone", gone)
		}
	})
}

// Identifiers that differ only in what cannot be kept stay different.
func TestIdentifiersStayDifferent(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		long := strings.Repeat("x", 5000)
		r := b.bring(post("a\xff", "1"), post("a\xfe", "2"), post("a\x00", "3"), post("a", "4"), post(long+"1", "5"), post(long+"2", "6"))
		if r.New != 6 {
			t.Errorf("%+v, want six mentions", r)
		}
	})
}

// Ratings that no scale knows are none, or the best.
func TestAbsurdStars(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		for i, stars := range []desk.Rating{{Value: math.Inf(1), Best: 5}, {Value: 3, Best: math.NaN()}, {Value: -1, Best: 5}, {Value: 1, Best: math.Inf(1)}} {
			if r := b.bring(post(fmt.Sprint(i), "eve", func(m *desk.Mention) { m.Rating = stars })); r.New != 1 {
				t.Errorf("%+v: %+v, want it stored", stars, r)
			}
		}
	})
}

// A megabyte of different words is stored and found; PostgreSQL cannot index all of it.
func TestGiantText(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		var giant strings.Builder
		for i := range 200_000 {
			fmt.Fprintf(&giant, "broken%d ", i)
		}
		if r := b.bring(post("1", "eve", words(giant.String()))); r.New != 1 {
			t.Fatalf("%+v, want it stored", r)
		}
		if n, err := b.store.CountMentions(b.ctx, desk.Everything, desk.MentionFilter{Query: "broken77"}, 10); err != nil || n.N != 1 {
			t.Errorf("found %d times (%v), want once", n.N, err)
		}
	})
}

// What people type and what sites answer passes through the same net.
func TestHostileWordsOfPeopleAndErrors(t *testing.T) {
	const bad = "Sorry\x00 \xff."
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c, _ := b.queued(bad)
		b.now = b.now.Add(time.Minute)
		e := b.claim()
		_, err := b.desk.Begin(b.ctx, e)
		b.must(err)
		b.must(b.desk.Settle(b.ctx, e, desk.Settlement{State: desk.EntryDead, Error: "the site said \x00\xff", NotSent: true}))
		b.must(b.desk.Dismiss(b.ctx, b.anna, c.ID, 0, bad))
		if r := b.view(c.ID).Replies[0]; r.Text != "Sorry \uFFFD." || r.State != desk.ReplyFailed {
			t.Errorf("kept %q, %s", r.Text, r.State)
		}
	})
}

// The same identifier at two sites is two mentions.
func TestIdentifiersOfTwoSites(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		elsewhere := post("1", "bob", func(m *desk.Mention) { m.Site = "demo:y" })
		if r := b.bring(post("1", "eve"), elsewhere, post("1", "eve")); r.New != 2 || r.Opened != 2 {
			t.Errorf("%+v, want two mentions and two cases", r)
		}
	})
}
