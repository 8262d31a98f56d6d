package store

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestListOutbox(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		c := opened(t, s, "C1")
		r := replied(t, s, c, "R1", desk.ReplyDraft, "")
		change(t, s, func(tx *Tx) error {
			for _, x := range []desk.Entry{
				{ID: "E1", Kind: desk.EntryPublish, Key: "R1", Order: "t", Subject: string(r.ID), Account: "support", Body: []byte(`{}`)},
				{ID: "E2", Kind: desk.EntryNotice, Key: "g1", Order: "g", Subject: "group", Body: []byte(`{}`)},
				{ID: "E3", Kind: desk.EntryNotice, Key: "g2", Order: "g", Subject: "group", Body: []byte(`{}`)},
			} {
				brand := ""
				if x.Kind == desk.EntryPublish {
					brand = "acme"
				}
				if _, err := tx.Enqueue(t.Context(), x, brand); err != nil {
					return err
				}
			}
			_, err := tx.exec(t.Context(), `UPDATE outbox SET state = 'dead' WHERE id = 'E2'`)
			return err
		})
		list := func(scope desk.Scope, limit int, states ...desk.EntryState) string {
			t.Helper()
			rows, err := s.ListOutbox(t.Context(), scope, states, limit)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, o := range rows {
				out = append(out, strings.Join([]string{string(o.ID), string(o.Case), o.Brand, string(o.Site), o.To, string(o.Reply)}, "/"))
			}
			return strings.Join(out, " ")
		}
		publish := "E1/C1/acme/demo:example/ann/draft"
		for _, x := range []struct{ got, want string }{
			{list(desk.Everything, 9, desk.EntryWaiting, desk.EntryDead), "E3////group/ E2////group/ " + publish},
			{list(desk.Everything, 2, desk.EntryWaiting, desk.EntryDead), "E3////group/ E2////group/"},
			{list(desk.Everything, 9, desk.EntryDead), "E2////group/"}, {list(desk.Everything, 9), ""},
			{list(desk.Scope{Brands: []string{"acme"}}, 9, desk.EntryWaiting, desk.EntryDead), publish},
			{list(desk.Scope{Brands: []string{"birch"}}, 9, desk.EntryWaiting, desk.EntryDead), ""},
		} {
			if x.got != x.want {
				t.Errorf("listed %q, want %q", x.got, x.want)
			}
		}
	})
}

func TestStopsAndAccounts(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		accounts := []desk.AccountState{{Name: "b", Site: "demo:b", Kind: "demo", Publish: true}, {Name: "a", Site: "demo:a", Kind: "demo"}}
		if err := s.SyncAccounts(t.Context(), append(accounts, desk.AccountState{Name: "old"})); err != nil {
			t.Fatal(err)
		}
		if err := s.SyncAccounts(t.Context(), accounts); err != nil {
			t.Fatal(err)
		}
		set := func(kind, name string) (was bool) {
			change(t, s, func(tx *Tx) (err error) {
				was, err = tx.SetStop(t.Context(), desk.Stop{Kind: kind, Name: name, By: "U1", At: at1})
				return err
			})
			return was
		}
		if !set("account", "b") || set("account", "b") || !set("brand", "acme") {
			t.Error("setting a switch tells the wrong thing")
		}
		for _, x := range []struct {
			brand, account string
			want           bool
		}{{"acme", "a", true}, {"birch", "b", true}, {"birch", "a", false}, {"b", "acme", false}} {
			if got, err := s.Stopped(t.Context(), x.brand, x.account); err != nil || got != x.want {
				t.Errorf("%s by %s: stopped %v, %v", x.brand, x.account, got, err)
			}
		}
		got, err := s.ListAccounts(t.Context())
		accounts[0].Stopped = true
		if diff := cmp.Diff([]desk.AccountState{accounts[1], accounts[0]}, got); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		stops, err := s.ListStops(t.Context())
		if diff := cmp.Diff([]desk.Stop{{Kind: "account", Name: "b", By: "U1", At: at1}, {Kind: "brand", Name: "acme", By: "U1", At: at1}}, stops); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		set("desk", "")
		if got, err := s.Stopped(t.Context(), "birch", "a"); err != nil || !got {
			t.Errorf("the desk's switch: %v, %v", got, err)
		}
		change(t, s, func(tx *Tx) error {
			for _, want := range []bool{true, false} {
				if was, err := tx.LiftStop(t.Context(), "desk", ""); err != nil || was != want {
					t.Errorf("lifting: %v, %v", was, err)
				}
			}
			return nil
		})
	})
}

func TestEventsInScope(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		change(t, s, func(tx *Tx) error {
			for _, brand := range []string{"acme", "birch", "", "acme"} {
				tx.Emit(desk.Event{What: desk.EventCaseMoved, Case: "C1", Brand: brand, From: "new", To: "taken"})
			}
			return nil
		})
		got, err := s.ListEvents(t.Context(), desk.Scope{Brands: []string{"birch"}}, 0, 9)
		want := []desk.Event{{N: 2, At: at1, Actor: desk.Automatic, What: desk.EventCaseMoved, Case: "C1", Brand: "birch", From: "new", To: "taken"},
			{N: 3, At: at1, Actor: desk.Automatic, What: desk.EventCaseMoved, Case: "C1", From: "new", To: "taken"}}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		if got, err := s.ListEvents(t.Context(), desk.Everything, 2, 1); err != nil || len(got) != 1 || got[0].N != 3 {
			t.Errorf("after 2: %+v, %v", got, err)
		}
	})
}
