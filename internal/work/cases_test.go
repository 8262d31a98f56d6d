package work_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestClaimIsWonByOne(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c := b.only()
		var group sync.WaitGroup
		results := make([]error, 8)
		people := []*desk.User{b.anna, b.bela}
		for i := range results {
			group.Go(func() { results[i] = b.desk.Claim(b.ctx, people[i%2], c.ID) })
		}
		group.Wait()
		won := b.only().Owner
		for i, err := range results {
			if mine := people[i%2].ID == won; mine != (err == nil) {
				t.Errorf("claim %d by %s: %v, but %s has the case", i, people[i%2].Name, err, won)
			}
			if err != nil && !errors.Is(err, desk.ErrConflict) {
				t.Errorf("claim %d: %v, want a conflict", i, err)
			}
		}
		events := 0
		for _, e := range b.view(c.ID).History {
			if e.What == desk.EventCaseOwner {
				events++
			}
		}
		if events != 1 {
			t.Errorf("%d changes of owner are on record, want 1", events)
		}
	})
}

func TestScopeHidesCases(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c := b.only()
		stranger := *b.anna
		stranger.Brands = []string{"other"}
		for name, err := range map[string]error{
			"claim":   b.desk.Claim(b.ctx, &stranger, c.ID),
			"resolve": b.desk.Resolve(b.ctx, &stranger, c.ID, 0, ""),
			"snooze":  b.desk.Snooze(b.ctx, &stranger, c.ID, b.now.Add(time.Hour)),
			"open":    func() error { _, err := b.desk.OpenCase(b.ctx, &stranger, c.Case.Head); return err }(),
		} {
			if !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s by somebody who may not see the brand: %v, want not found", name, err)
			}
		}
	})
}

func TestAssignAndRelease(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c := b.only()
		b.must(b.desk.Assign(b.ctx, b.chief, c.ID, b.bela.ID))
		if c = b.only(); c.State != desk.CaseTaken || c.OwnerName != "Béla" {
			t.Errorf("assigned: %s, %s; want taken by Béla", c.State, c.OwnerName)
		}
		b.must(b.desk.Release(b.ctx, b.bela, c.ID))
		if c = b.only(); c.State != desk.CaseNew || c.Owner != "" {
			t.Errorf("released: %s, %q; want new and nobody's", c.State, c.Owner)
		}
		gone := *b.bela
		gone.Disabled = true
		b.must(b.desk.ChangeUser(b.ctx, b.chief, gone))
		if err := b.desk.Assign(b.ctx, b.chief, c.ID, b.bela.ID); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("assigning to somebody who left: %v, want it refused", err)
		}
	})
}

func TestEndingACase(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c := b.only()
		if err := b.desk.Dismiss(b.ctx, b.anna, c.ID, 0, "  "); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("dismissing without a reason: %v, want it refused", err)
		}
		if err := b.desk.Resolve(b.ctx, b.anna, c.ID, c.Version+1, ""); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("resolving what looked different: %v, want a conflict", err)
		}
		_, r := b.queued("We are on it.")
		if err := b.desk.Resolve(b.ctx, b.anna, c.ID, 0, ""); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("resolving while a reply leaves: %v, want a conflict", err)
		}
		_, err := b.desk.Withdraw(b.ctx, b.anna, r.ID)
		b.must(err)
		b.must(b.desk.Resolve(b.ctx, b.anna, c.ID, 0, "done"))
		b.must(b.desk.Reopen(b.ctx, b.anna, c.ID))
		if c = b.only(); c.State != desk.CaseTaken || c.Owner != b.anna.ID {
			t.Errorf("reopened: %s, owner %q; want taken by its owner", c.State, c.Owner)
		}
	})
}

func TestSnoozeWakes(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		b.bring(post("1", "eve"))
		c := b.only()
		b.must(b.desk.Snooze(b.ctx, b.anna, c.ID, b.now.Add(time.Hour)))
		b.bring(post("2", "eve", under("1")))
		if v := b.view(c.ID).Case; !v.SnoozedUntil.IsZero() {
			t.Error("the customer's word did not wake the case")
		}
	})
}

func TestLastAdminStays(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		demoted := *b.chief
		demoted.Role = desk.RoleAgent
		if err := b.desk.ChangeUser(b.ctx, b.chief, demoted); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("demoting the last admin: %v, want a conflict", err)
		}
		if _, _, err := b.desk.AddUser(b.ctx, b.chief, desk.User{Email: "ANNA@example.com", Role: desk.RoleAgent}); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("an address that is taken: %v, want a conflict", err)
		}
		for _, bad := range []desk.User{{Email: "nobody", Role: desk.RoleAgent}, {Email: "a@b.c", Role: "king"}} {
			if _, _, err := b.desk.AddUser(b.ctx, b.chief, bad); !errors.Is(err, desk.ErrInvalid) {
				t.Errorf("adding %+v: %v, want it refused", bad, err)
			}
		}
	})
}
