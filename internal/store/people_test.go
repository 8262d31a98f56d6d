package store

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func change(t *testing.T, s *Store, fn func(tx *Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestUsers(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		u := desk.User{ID: "U1", Email: "Zoe@Example.com ", Name: "Zoe", Role: desk.RoleAdmin, Brands: []string{"acme", "birch"}, Hash: "h", Created: at1}
		change(t, s, func(tx *Tx) error { return tx.InsertUser(t.Context(), u) })
		u.Email = "zoe@example.com"
		got, err := s.UserByEmail(t.Context(), " ZOE@example.com")
		if diff := cmp.Diff(u, got); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		if err := s.SavePreferences(t.Context(), "U1", "hu", "dark", "comfortable"); err != nil {
			t.Fatal(err)
		}
		twin := desk.User{ID: "U2", Email: "ZOE@example.com", Role: desk.RoleAgent}
		if err := s.Update(t.Context(), func(tx *Tx) error { return tx.InsertUser(t.Context(), twin) }); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("two with one address: %v", err)
		}
		addUser(t, s, "ann", desk.RoleAgent)
		u.Name, u.Disabled, u.Brands = "Zoë", true, nil
		change(t, s, func(tx *Tx) error { return tx.UpdateUser(t.Context(), u) })
		u.Locale, u.Theme, u.Density = "hu", "dark", "comfortable"
		got, err = s.User(t.Context(), "U1")
		if diff := cmp.Diff(u, got); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		u.Email = "ann@example.com"
		if err := s.Update(t.Context(), func(tx *Tx) error { return tx.UpdateUser(t.Context(), u) }); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("taking another's address: %v", err)
		}
		all, err := s.ListUsers(t.Context())
		if err != nil || len(all) != 2 || all[0].ID != "ann" {
			t.Errorf("listed %+v, %v", all, err)
		}
		for name, err := range map[string]error{
			"User": second(s.User(t.Context(), "nobody")), "UserByEmail": second(s.UserByEmail(t.Context(), "x")),
			"SavePreferences": s.SavePreferences(t.Context(), "nobody", "", "", ""),
			"UpdateUser":      s.Update(t.Context(), func(tx *Tx) error { return tx.UpdateUser(t.Context(), desk.User{ID: "nobody", Email: "n@example.com"}) }),
		} {
			if !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s of nobody: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

// Two administrators who disable each other at once: one of them stays.
func TestLastAdminStays(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		a, b := addUser(t, s, "A", desk.RoleAdmin), addUser(t, s, "B", desk.RoleAdmin)
		var refused atomic.Int32
		var wg sync.WaitGroup
		for _, u := range []desk.User{a, b} {
			wg.Go(func() {
				err := s.Update(t.Context(), func(tx *Tx) error {
					if _, err := tx.UserFor(t.Context(), u.ID); err != nil {
						return err
					}
					if n, err := tx.CountAdmins(t.Context()); err != nil || n < 2 {
						return errors.Join(desk.ErrConflict, err)
					}
					u.Disabled = true
					return tx.UpdateUser(t.Context(), u)
				})
				if errors.Is(err, desk.ErrConflict) {
					refused.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if refused.Load() != 1 {
			t.Errorf("%d of two were refused, want 1", refused.Load())
		}
	})
}

func TestSessions(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		u := addUser(t, s, "U1", desk.RoleAgent)
		want := desk.Session{Hash: "h1", User: "U1", Created: at1, Expires: at1.Add(time.Hour)}
		save := func(session desk.Session) {
			t.Helper()
			if err := s.SaveSession(t.Context(), session); err != nil {
				t.Fatal(err)
			}
		}
		there := func(hash string, now time.Time) bool {
			t.Helper()
			_, _, err := s.Session(t.Context(), hash, now)
			if err != nil && !errors.Is(err, desk.ErrNotFound) {
				t.Fatal(err)
			}
			return err == nil
		}
		save(want)
		got, who, err := s.Session(t.Context(), "h1", at1)
		if diff := cmp.Diff(want, got) + cmp.Diff(u, who); diff != "" || err != nil {
			t.Errorf("%v -want +got:\n%s", err, diff)
		}
		if there("h1", want.Expires) || there("h2", at1) {
			t.Error("an expired or unknown session is there")
		}
		want.Expires = at1.Add(2 * time.Hour)
		save(want)
		if !there("h1", at1.Add(time.Hour)) {
			t.Error("the expiry did not move")
		}
		save(desk.Session{Hash: "h2", User: "U1", Created: at1, Expires: at1.Add(time.Minute)})
		if n, err := s.PurgeExpired(t.Context(), at1.Add(time.Minute)); err != nil || n != 1 || there("h2", at1) || !there("h1", at1) {
			t.Errorf("purged %d, %v", n, err)
		}
		u.Disabled = true
		change(t, s, func(tx *Tx) error { return tx.UpdateUser(t.Context(), u) })
		if there("h1", at1) {
			t.Error("a disabled person is signed in")
		}
		u.Disabled = false
		change(t, s, func(tx *Tx) error { return tx.UpdateUser(t.Context(), u) })
		if err := errors.Join(s.DeleteSession(t.Context(), "h1"), s.DeleteSession(t.Context(), "h1")); err != nil || there("h1", at1) {
			t.Errorf("ending a session: %v", err)
		}
	})
}

func TestTokens(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		addUser(t, s, "U1", desk.RoleAgent)
		api := desk.Token{Hash: "api", Kind: desk.TokenAPI, Name: "script", User: "U1", Created: at1}
		invite := desk.Token{Hash: "inv", Kind: desk.TokenInvite, User: "U1", Created: at1, Expires: at1.Add(time.Hour)}
		change(t, s, func(tx *Tx) error {
			return errors.Join(tx.InsertToken(t.Context(), api), tx.InsertToken(t.Context(), invite))
		})
		if err := s.SaveSession(t.Context(), desk.Session{Hash: "h", User: "U1", Created: at1, Expires: at1.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got, who, err := s.Token(t.Context(), desk.TokenAPI, "api", at1.Add(time.Hour))
			if err != nil || got.UsedAt != at1.Add(time.Hour) || got.Name != "script" || who.ID != "U1" {
				t.Errorf("token %+v of %s, %v", got, who.ID, err)
			}
		}
		for name, err := range map[string]error{
			"other kind": third(s.PeekToken(t.Context(), desk.TokenInvite, "api", at1)), "unknown": third(s.Token(t.Context(), desk.TokenAPI, "x", at1)),
			"expired":            third(s.Token(t.Context(), desk.TokenInvite, "inv", at1.Add(time.Hour))),
			"expired invitation": second(s.AcceptInvite(t.Context(), "inv", "new", at1.Add(time.Hour))),
		} {
			if !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, _, err := s.PeekToken(t.Context(), desk.TokenInvite, "inv", at1); err != nil {
			t.Errorf("looking uses it up: %v", err)
		}
		var accepted atomic.Int32
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				u, err := s.AcceptInvite(t.Context(), "inv", "new hash", at1)
				if err == nil && u.Hash == "new hash" {
					accepted.Add(1)
				} else if !errors.Is(err, desk.ErrNotFound) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		u, err := s.User(t.Context(), "U1")
		if accepted.Load() != 1 || err != nil || u.Hash != "new hash" {
			t.Errorf("accepted %d times, hash %q, %v", accepted.Load(), u.Hash, err)
		}
		if _, _, err := s.Session(t.Context(), "h", at1); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a session outlived the new password: %v", err)
		}
		change(t, s, func(tx *Tx) error { return tx.EndTokens(t.Context(), desk.TokenAPI, "U1") })
		if err := third(s.PeekToken(t.Context(), desk.TokenAPI, "api", at1)); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("an ended token: %v", err)
		}
	})
}

func third[A, B any](_ A, _ B, err error) error { return err }
