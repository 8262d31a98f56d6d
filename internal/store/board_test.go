package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// open stores a case with its mention and returns it.
func opened(t *testing.T, s *Store, id desk.CaseID, change ...func(*desk.Case)) desk.Case {
	t.Helper()
	c := desk.Case{ID: id, Brand: "acme", Site: "demo:example", Thread: desk.RemoteID("t" + id), Author: "u1", State: desk.CaseNew, Urgency: desk.UrgencyNormal,
		Sentiment: desk.Negative, Mentions: 1, OpenedAt: at1, ChangedAt: at1, RemarkAt: at1}
	for _, f := range change {
		f(&c)
	}
	landed := put(t, s, "src", mention(c.Brand, desk.RemoteID("m"+id), "words of "+string(id), func(a *desk.Arrival) { a.Mention.Thread = c.Thread }))
	c.Head = landed[0].ID
	err := s.Update(t.Context(), func(tx *Tx) error {
		tx.Emit(desk.Event{What: desk.EventCaseOpened, Case: c.ID, Brand: c.Brand})
		return errors.Join(tx.InsertCase(t.Context(), &c), tx.Join(t.Context(), c.Head, c.ID))
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// replied stores a reply to the head of a case.
func replied(t *testing.T, s *Store, c desk.Case, id desk.ReplyID, state desk.ReplyState, note string) desk.Reply {
	t.Helper()
	r := desk.Reply{ID: id, Case: c.ID, Parent: c.Head, Account: "support", Text: "sorry", State: state, Visibility: desk.VisibleUnknown, Author: "U1", Note: note, CreatedAt: at1, ChangedAt: at1}
	if err := s.Update(t.Context(), func(tx *Tx) error { return tx.InsertReply(t.Context(), &r) }); err != nil {
		t.Fatal(err)
	}
	return r
}

func addUser(t *testing.T, s *Store, id desk.UserID, role desk.Role) desk.User {
	t.Helper()
	u := desk.User{ID: id, Email: strings.ToLower(string(id)) + "@example.com", Name: "Name of " + string(id), Role: role, Created: at1}
	if err := s.Update(t.Context(), func(tx *Tx) error { return tx.InsertUser(t.Context(), u) }); err != nil {
		t.Fatal(err)
	}
	return u
}

func ids(t *testing.T, s *Store, scope desk.Scope, f desk.CaseFilter, column desk.Column) string {
	t.Helper()
	page, err := s.ListCards(t.Context(), scope, f, column, "", 50)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range page.Cards {
		out = append(out, string(c.ID))
	}
	return strings.Join(out, " ")
}

func TestBoard(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		addUser(t, s, "U1", desk.RoleAgent)
		opened(t, s, "C1")
		opened(t, s, "C2", func(c *desk.Case) { c.RemarkAt = at1.Add(time.Minute) })
		opened(t, s, "C3", func(c *desk.Case) { c.Urgency = desk.UrgencyCritical; c.Brand = "birch" })
		opened(t, s, "C4", func(c *desk.Case) { c.State, c.Owner = desk.CaseTaken, "U1" })
		opened(t, s, "C5", func(c *desk.Case) { c.State, c.Owner, c.SnoozedUntil = desk.CaseTaken, "U1", at1.Add(time.Hour) })
		waiting := opened(t, s, "C6", func(c *desk.Case) { c.State, c.Owner = desk.CaseTaken, "U2" })
		replied(t, s, waiting, "R1", desk.ReplyAwaiting, "please look")
		opened(t, s, "C7", func(c *desk.Case) { c.State, c.Site = desk.CaseDismissed, "demo:other" })
		opened(t, s, "C8", func(c *desk.Case) { c.State, c.ChangedAt = desk.CaseResolved, at1.Add(time.Minute) })
		for _, c := range []struct {
			f      desk.CaseFilter
			column desk.Column
			want   string
		}{
			{desk.CaseFilter{}, desk.ColumnNew, "C3 C2 C1"}, {desk.CaseFilter{}, desk.ColumnTaken, "C4"}, {desk.CaseFilter{Owner: "U1"}, desk.ColumnTaken, "C5 C4"},
			{desk.CaseFilter{}, desk.ColumnAwaiting, "C6"}, {desk.CaseFilter{}, desk.ColumnAnswered, ""}, {desk.CaseFilter{}, desk.ColumnResolved, "C8 C7"},
			{desk.CaseFilter{Brand: "birch"}, desk.ColumnNew, "C3"}, {desk.CaseFilter{Nobody: true}, desk.ColumnNew, "C3 C2 C1"}, {desk.CaseFilter{Nobody: true}, desk.ColumnTaken, ""},
			{desk.CaseFilter{Urgency: desk.UrgencyCritical}, desk.ColumnNew, "C3"}, {desk.CaseFilter{Site: "demo:other"}, desk.ColumnResolved, "C7"},
			{desk.CaseFilter{Query: "words c2"}, desk.ColumnNew, "C2"}, {desk.CaseFilter{Query: "!"}, desk.ColumnNew, ""},
		} {
			if got := ids(t, s, desk.Everything, c.f, c.column); got != c.want {
				t.Errorf("%+v in %s: %q, want %q", c.f, c.column, got, c.want)
			}
			counts, err := s.CountCards(t.Context(), desk.Everything, c.f, 99)
			if want := len(strings.Fields(c.want)); err != nil || counts[c.column] != (desk.Count{N: want}) || len(counts) != len(desk.Columns()) {
				t.Errorf("%+v counts %v, %v", c.f, counts, err)
			}
		}
		if got := ids(t, s, desk.Scope{Brands: []string{"birch"}}, desk.CaseFilter{}, desk.ColumnNew); got != "C3" {
			t.Errorf("the scope of birch shows %q", got)
		}
		counts, err := s.CountCards(t.Context(), desk.Everything, desk.CaseFilter{}, 2)
		if err != nil || counts[desk.ColumnNew] != (desk.Count{N: 2, More: true}) {
			t.Errorf("capped: %v, %v", counts, err)
		}
		now = at1.Add(2 * time.Hour)
		if got := ids(t, s, desk.Everything, desk.CaseFilter{}, desk.ColumnTaken); got != "C5 C4" {
			t.Errorf("after the snooze %q stand there", got)
		}
		testCard(t, s, waiting)
	})
}

func testCard(t *testing.T, s *Store, want desk.Case) {
	card, column, err := s.Card(t.Context(), desk.Everything, want.ID)
	if err != nil || column != desk.ColumnAwaiting {
		t.Fatalf("it stands in %s, %v", column, err)
	}
	if diff := cmp.Diff(want, card.Case); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if card.Head.ID != want.Head || card.Head.Text == "" || card.ReplyState != desk.ReplyAwaiting || card.ReplyNote != "please look" || card.OwnerName != "" {
		t.Errorf("the card shows %+v", card)
	}
	if _, _, err := s.Card(t.Context(), desk.Scope{Brands: []string{"birch"}}, want.ID); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("outside the scope: %v", err)
	}
}

func TestBoardPages(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		for i := range 23 { // some of one moment: the identifier decides
			opened(t, s, desk.CaseID(fmt.Sprintf("C%02d", i)), func(c *desk.Case) { c.RemarkAt = at1.Add(time.Duration(i/4) * time.Minute) })
		}
		var got []string
		after := ""
		for pages := 0; ; pages++ {
			page, err := s.ListCards(t.Context(), desk.Everything, desk.CaseFilter{}, desk.ColumnNew, after, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range page.Cards {
				got = append(got, string(c.ID))
			}
			if after = page.Next; after == "" {
				break
			}
			opened(t, s, desk.CaseID(fmt.Sprintf("N%02d", pages)), func(c *desk.Case) { c.RemarkAt = at1.Add(time.Hour) })
		}
		var want []string
		for i := 22; i >= 0; i-- {
			want = append(want, fmt.Sprintf("C%02d", i))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		for _, nonsense := range []string{"x", "1", ".C1", "9999999999999999999999.C"} {
			if _, err := s.ListCards(t.Context(), desk.Everything, desk.CaseFilter{}, desk.ColumnNew, nonsense, 5); !errors.Is(err, desk.ErrInvalid) {
				t.Errorf("%q: %v", nonsense, err)
			}
		}
	})
}

func TestCaseView(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		addUser(t, s, "U1", desk.RoleAgent)
		addUser(t, s, "U2", desk.RoleManager)
		c := opened(t, s, "C1", func(c *desk.Case) { c.State, c.Owner = desk.CaseTaken, "U1" })
		later := func(remote, thread desk.RemoteID, by time.Duration, change ...func(*desk.Arrival)) desk.Arrival {
			return mention("acme", remote, string(remote), append(change, func(a *desk.Arrival) { a.Mention.Thread, a.Mention.PostedAt = thread, at1.Add(by) })...)
		}
		put(t, s, "src", later("root", "", -time.Hour, func(a *desk.Arrival) { a.Mention.Remote = "tC1" }), later("ours", "tC1", time.Hour, func(a *desk.Arrival) { a.Mention.Ours = true }),
			later("elsewhere", "t2", 0), later("stranger", "tC1", time.Minute), later("theirs", "tC1", time.Minute, func(a *desk.Arrival) { a.Mention.Brand = "birch" }))
		now = at1.Add(time.Hour)
		put(t, s, "src", later("mC1", "tC1", 0, func(a *desk.Arrival) { a.Mention.Text = "edited" }))
		first := replied(t, s, c, "R1", desk.ReplyDraft, "")
		second := replied(t, s, c, "R2", desk.ReplyDraft, "")
		err := s.Update(t.Context(), func(tx *Tx) error {
			tx.Emit(desk.Event{What: desk.EventCaseOwner, Case: "C1", Brand: "acme", Actor: "U2", To: "U1"})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		v, err := s.CaseView(t.Context(), desk.Scope{Brands: []string{"acme"}}, "C1")
		if err != nil {
			t.Fatal(err)
		}
		var thread []string
		for _, m := range v.Thread {
			thread = append(thread, string(m.Remote))
		}
		if diff := cmp.Diff([]string{"tC1", "mC1", "stranger", "ours"}, thread); diff != "" {
			t.Errorf("thread -want +got:\n%s", diff)
		}
		if diff := cmp.Diff([]desk.Reply{first, second}, v.Replies); diff != "" {
			t.Errorf("replies -want +got:\n%s", diff)
		}
		wordings := v.Versions[c.Head]
		if len(v.Versions) != 1 || len(wordings) != 2 || wordings[0].Text != "words of C1" || wordings[1].Text != "edited" || !wordings[1].At.Equal(now) {
			t.Errorf("versions: %+v", v.Versions)
		}
		if len(v.History) != 2 || v.History[0].What != desk.EventCaseOwner || v.History[1].What != desk.EventCaseOpened {
			t.Errorf("history: %+v", v.History)
		}
		if diff := cmp.Diff(map[desk.UserID]string{"U1": "Name of U1", "U2": "Name of U2"}, v.Names); diff != "" || v.OwnerName != "Name of U1" {
			t.Errorf("names, owner %q: %s", v.OwnerName, diff)
		}
		if _, err := s.CaseView(t.Context(), desk.Scope{Brands: []string{"birch"}}, "C1"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("outside the scope: %v", err)
		}
	})
}
