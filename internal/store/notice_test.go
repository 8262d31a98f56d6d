package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func update(t *testing.T, s *Store, fn func(context.Context, *Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx *Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func noticeGroup(key string, due time.Time, members ...desk.NoticeMember) desk.NoticeGroup {
	return desk.NoticeGroup{Key: key, Route: "root>slack", Target: "slack", Labels: map[string]string{"brand": "acme"}, Generation: 3, Anchor: 2,
		SaidAt: at1, ToldAt: at1.Add(-time.Minute), DueAt: due, Members: members}
}

func noticeMember(subject string, set ...func(*desk.NoticeMember)) desk.NoticeMember {
	m := desk.NoticeMember{Subject: subject, State: desk.CaseTaken, Urgency: 3, SnoozedUntil: at1.Add(time.Hour), Print: "1", Since: at1,
		ChangedAt: at1.Add(time.Second), SaidState: desk.CaseNew, SaidUrgency: 1, SaidPrint: "0"}
	for _, f := range set {
		f(&m)
	}
	return m
}

func TestNoticeGroupsAreKept(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		due := noticeGroup("due", at1, noticeMember("c1"), noticeMember("c2"))
		later := noticeGroup("later", at1.Add(time.Microsecond), noticeMember("c3"))
		idle := noticeGroup("idle", time.Time{}, noticeMember("c1"))
		update(t, s, func(ctx context.Context, tx *Tx) error {
			return errors.Join(tx.SaveNoticeGroup(ctx, due, nil), tx.SaveNoticeGroup(ctx, later, nil), tx.SaveNoticeGroup(ctx, idle, nil))
		})
		read := func(keys, subjects []string, limit int, want ...desk.NoticeGroup) {
			t.Helper()
			update(t, s, func(ctx context.Context, tx *Tx) error {
				got, err := tx.NoticeGroups(ctx, keys, subjects, at1, limit)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("groups of %v %v (-want +got):\n%s", keys, subjects, diff)
				}
				return err
			})
		}
		read(nil, nil, 9, due)
		read([]string{"later", "none"}, nil, 9, due, later)
		read([]string{"later"}, []string{"c1", "nobody"}, 0, later, due, idle)
		now = at1.Add(-time.Microsecond)
		if pending, err := s.NoticesPending(t.Context()); err != nil || pending {
			t.Errorf("before it is due: pending %t, %v", pending, err)
		}
		now = at1
		if pending, err := s.NoticesPending(t.Context()); err != nil || !pending {
			t.Errorf("when it is due: pending %t, %v", pending, err)
		}

		moved := noticeMember("c2", func(m *desk.NoticeMember) { m.State, m.SaidState, m.Print = desk.CaseAnswered, desk.CaseTaken, "2" })
		due.DueAt, due.Generation, due.Members = time.Time{}, 4, []desk.NoticeMember{moved}
		update(t, s, func(ctx context.Context, tx *Tx) error { return tx.SaveNoticeGroup(ctx, due, []string{"c1"}) })
		read([]string{"due"}, nil, 9, due)
	})
}

func TestReceiptsOfNotices(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		g := noticeGroup("g", time.Time{})
		update(t, s, func(ctx context.Context, tx *Tx) error { return tx.SaveNoticeGroup(ctx, g, nil) })
		keep := func(generation int64, remote desk.RemoteID) {
			t.Helper()
			if err := s.KeepReceipt(t.Context(), "g", generation, desk.Receipt{Remote: remote, Channel: "C1", At: at1}); err != nil {
				t.Fatal(err)
			}
		}
		keep(2, "two")
		keep(1, "one") // late
		update(t, s, func(ctx context.Context, tx *Tx) error { return tx.SaveNoticeGroup(ctx, g, nil) })
		got, err := s.NoticeGroup(t.Context(), "g")
		if err != nil {
			t.Fatal(err)
		}
		if want := (desk.Receipt{Remote: "two", Channel: "C1", At: at1}); got.Delivered != 2 || got.Receipt != want {
			t.Errorf("kept %d %+v, want 2 %+v", got.Delivered, got.Receipt, want)
		}
		update(t, s, func(ctx context.Context, tx *Tx) error {
			events, err := tx.NoticeEvents(ctx, 10)
			if len(events) != 1 || events[0].What != desk.EventNoticeSent || events[0].Brand != "acme" || events[0].To != "slack" {
				t.Errorf("events of two receipts, one of them late: %+v", events)
			}
			return err
		})
		if _, err := s.NoticeGroup(t.Context(), "none"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a group that is not there: %v", err)
		}
	})
}

func TestThePlaceOfNoticesInTheEvents(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		update(t, s, func(_ context.Context, tx *Tx) error {
			for i := range 5 {
				tx.Emit(desk.Event{What: desk.EventCaseMoved, Case: desk.CaseID(fmt.Sprint("c", i))})
			}
			return nil
		})
		if pending, err := s.NoticesPending(t.Context()); err != nil || !pending {
			t.Fatalf("pending %t, %v", pending, err)
		}
		var seen []desk.CaseID
		for range 3 {
			update(t, s, func(ctx context.Context, tx *Tx) error {
				events, err := tx.NoticeEvents(ctx, 2)
				if err != nil {
					return err
				}
				for _, e := range events {
					seen = append(seen, e.Case)
				}
				return tx.NoticesRead(ctx, events[len(events)-1].N)
			})
		}
		if diff := cmp.Diff([]desk.CaseID{"c0", "c1", "c2", "c3", "c4"}, seen); diff != "" {
			t.Errorf("events read (-want +got):\n%s", diff)
		}
		if pending, err := s.NoticesPending(t.Context()); err != nil || pending {
			t.Errorf("all read, yet pending %t, %v", pending, err)
		}
	})
}

func TestCardsOfNotices(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		var heads []desk.MentionID
		update(t, s, func(ctx context.Context, tx *Tx) error {
			var in []desk.Arrival
			for i := range 3 {
				m := desk.Mention{Site: "demo", Remote: desk.RemoteID(fmt.Sprint(i)), Kind: desk.KindPost, Text: "It smokes.", Source: "demo",
					Brand: "acme", SeenAt: at1, Author: desk.Author{ID: "a1", Name: "Anna"}}
				in = append(in, desk.Arrival{Mention: m, Verdict: desk.Verdict{Urgency: desk.Tag{Label: "high"}}})
			}
			landed, err := tx.PutArrivals(ctx, "demo", in)
			for _, l := range landed {
				heads = append(heads, l.ID)
			}
			return err
		})
		update(t, s, func(ctx context.Context, tx *Tx) error {
			for i, brand := range []string{"acme", "bolt"} {
				c := desk.Case{ID: desk.CaseID(fmt.Sprint("c", i)), Brand: brand, Site: "demo", Head: heads[i], State: desk.CaseNew, Urgency: "high", OpenedAt: at1}
				if err := errors.Join(tx.InsertCase(ctx, &c), tx.Join(ctx, heads[i], c.ID)); err != nil {
					return err
				}
			}
			lost := desk.Case{ID: "lost", Brand: "acme", Head: "deleted", State: desk.CaseNew, OpenedAt: at1}
			return tx.InsertCase(ctx, &lost)
		})
		cards, err := s.NoticeCards(t.Context(), desk.Everything, []desk.CaseID{"lost", "c1", "none", "c0"})
		if err != nil || len(cards) != 3 || cards[0].ID != "lost" || cards[1].ID != "c1" || cards[2].ID != "c0" {
			t.Fatalf("cards %+v, %v; want lost, c1, c0", cards, err)
		}
		if cards[0].Head.ID != "" || cards[1].Head.Text != "It smokes." || cards[1].Head.Verdict.Urgency.Label != "high" {
			t.Errorf("heads: %+v and %+v", cards[0].Head, cards[1].Head)
		}
		scoped, err := s.NoticeCards(t.Context(), desk.Scope{Brands: []string{"bolt"}}, []desk.CaseID{"c0", "c1"})
		if err != nil || len(scoped) != 1 || scoped[0].ID != "c1" {
			t.Errorf("in the scope of bolt: %+v, %v", scoped, err)
		}
		update(t, s, func(ctx context.Context, tx *Tx) error {
			counted, err := tx.NoticeCases(ctx, []desk.CaseID{"c0", "lost"}, at1)
			if err != nil || len(counted) != 2 || counted[0].AuthorPosts != 2 || counted[1].AuthorPosts != 0 {
				t.Errorf("counted posts: %+v, %v", counted, err)
			}
			of, err := tx.CasesOf(ctx, []desk.MentionID{heads[0], heads[2], "none"})
			if diff := cmp.Diff([]desk.CaseID{"c0"}, of); diff != "" {
				t.Errorf("cases of mentions (-want +got):\n%s", diff)
			}
			return err
		})
	})
}
