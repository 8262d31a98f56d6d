package store

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// configuredAccount makes a store with one account and a clock that the test turns.
func configuredAccount(t *testing.T, e engine) (*Store, *time.Time) {
	t.Helper()
	now := at1
	s := e.open(t, clock(&now))
	if err := s.SyncAccounts(t.Context(), []desk.AccountState{{Name: "acme", Kind: "net", Site: "net:acme", Handle: "acme", Login: desk.LoginConsent}}); err != nil {
		t.Fatal(err)
	}
	return s, &now
}

func grantFor(version int64, sealed string) desk.GrantRow {
	return desk.GrantRow{Account: "acme", Version: version, Sealed: []byte(sealed), Connected: at1, Who: "@acme", Scopes: []string{"read"}, Renews: true}
}

func TestGrantIsRenewedByOne(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s, now := configuredAccount(t, e)
		if err := s.PutGrant(t.Context(), grantFor(0, "first"), false); err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var won []desk.Lease
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				_, lease, err := s.LeaseGrant(t.Context(), "acme", "p", time.Minute)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				if lease.Fence != 0 {
					won = append(won, lease)
				}
			})
		}
		group.Wait()
		if len(won) != 1 {
			t.Fatalf("%d have the lease", len(won))
		}
		*now = now.Add(2 * time.Minute)
		row, lease, err := s.LeaseGrant(t.Context(), "acme", "q", time.Minute)
		if err != nil || lease.Fence <= won[0].Fence || string(row.Sealed) != "first" {
			t.Fatalf("after its end: %+v, %v", lease, err)
		}
		if _, err := s.RenewGrant(t.Context(), won[0], grantFor(row.Version, "late")); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("who slept through the lease wrote: %v", err)
		}
		version, err := s.RenewGrant(t.Context(), lease, grantFor(row.Version, "second"))
		if err != nil || version != row.Version+1 {
			t.Errorf("the holder could not write: %v", err)
		}
		if _, lease, err := s.LeaseGrant(t.Context(), "acme", "r", time.Minute); err != nil || lease.Fence == 0 {
			t.Errorf("the lease was not given back: %v", err)
		}
		if v, err := s.GrantVersion(t.Context(), "acme"); err != nil || v != version {
			t.Errorf("version %d, %v, want %d", v, err, version)
		}
		got, err := s.Grant(t.Context(), "acme")
		if diff := cmp.Diff(grantFor(version, "second"), got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

// A person connects while a process renews: what the process brings back is of the old consent and must not be stored.
func TestPersonBeatsRenewal(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s, _ := configuredAccount(t, e)
		acts := map[string]func() error{
			"connects":      func() error { return s.PutGrant(t.Context(), grantFor(0, "theirs"), true) },
			"disconnects":   func() error { return s.DropGrant(t.Context(), "acme") },
			"gives a token": func() error { return s.PutToken(t.Context(), "acme", []byte("token")) },
		}
		for name, act := range acts {
			row, lease, err := s.LeaseGrant(t.Context(), "acme", "p", time.Minute)
			if err != nil || lease.Fence == 0 {
				t.Fatal(lease, err)
			}
			if err := act(); err != nil {
				t.Fatal(err)
			}
			if _, err := s.RenewGrant(t.Context(), lease, grantFor(row.Version, "old")); !errors.Is(err, desk.ErrConflict) {
				t.Errorf("a person %s: the renewal was stored, %v", name, err)
			}
			if err := s.MarkAccount(t.Context(), "acme", row.Version, "Dead."); err != nil {
				t.Error(err)
			}
			if got, err := s.Grant(t.Context(), "acme"); err != nil || got.NeedsHuman != "" || got.Version == row.Version {
				t.Errorf("a person %s: %+v, %v", name, got, err)
			}
		}
		if err := s.DropGrant(t.Context(), "nobody"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("an account that is not there: %v", err)
		}
	})
}

func TestConsentIsTakenOnce(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s, now := configuredAccount(t, e)
		put := func(state string) desk.ConsentRow {
			c := desk.ConsentRow{State: state, Account: "acme", By: "session", Redirect: "https://desk.example/cb", Sealed: []byte{1}, Expires: now.Add(time.Minute)}
			if err := s.PutConsent(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			return c
		}
		want := put("one")
		if _, err := s.TakeConsent(t.Context(), "one", "another", *now); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("somebody else took it: %v", err)
		}
		got, err := s.TakeConsent(t.Context(), "one", "session", *now)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if _, err := s.TakeConsent(t.Context(), "one", "session", *now); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("it was taken twice: %v", err)
		}
		put("two")
		if _, err := s.TakeConsent(t.Context(), "two", "session", now.Add(time.Minute)); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("it was taken late: %v", err)
		}
		if n, err := s.PurgeExpired(t.Context(), now.Add(time.Minute)); err != nil || n != 1 {
			t.Errorf("%d were purged, %v", n, err)
		}
	})
}

// Each stage is told once, however often it is looked for, and that it is over once too.
func TestStagesAreToldOnce(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s, now := configuredAccount(t, e)
		row := grantFor(0, "x")
		row.Ends, row.EndsSince = now.Add(60*24*time.Hour), *now
		if err := s.PutGrant(t.Context(), row, false); err != nil {
			t.Fatal(err)
		}
		for range 61 * 24 {
			if err := s.TellStages(t.Context()); err != nil {
				t.Fatal(err)
			}
			*now = now.Add(time.Hour)
		}
		version, err := s.GrantVersion(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.MarkAccount(t.Context(), "acme", version, "Connect it again."); err != nil {
				t.Fatal(err)
			}
		}
		row.Ends = now.Add(60 * 24 * time.Hour)
		for range 2 {
			if err := s.PutGrant(t.Context(), row, false); err != nil {
				t.Fatal(err)
			}
		}
		events, err := s.ListEvents(t.Context(), desk.Everything, 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, e := range events {
			said = append(said, e.What+" "+e.To)
		}
		want := []string{"account.care week 2026-05-01", "account.care day 2026-05-01", "account.care over 2026-05-01", "account.care refused", "account.well "}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestBackupKeepsGrantsAndNoConsents(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s, now := configuredAccount(t, e)
		if err := s.PutToken(t.Context(), "acme", []byte{0, 1, 2}); err != nil {
			t.Fatal(err)
		}
		if err := s.PutGrant(t.Context(), grantFor(0, "\x00\xffsealed"), true); err != nil {
			t.Fatal(err)
		}
		if err := s.PutConsent(t.Context(), desk.ConsentRow{State: "s", Sealed: []byte{1}, Expires: now.Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "all.gz")
		if err := s.Backup(t.Context(), file, nil); err != nil {
			t.Fatal(err)
		}
		dsn := e.dsn(t)
		if err := Restore(t.Context(), Options{DSN: dsn}, file); err != nil {
			t.Fatal(err)
		}
		back := openDSN(t, dsn)
		want := grantFor(2, "\x00\xffsealed")
		want.Token = []byte{0, 1, 2}
		got, err := back.Grant(t.Context(), "acme")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if _, err := back.TakeConsent(t.Context(), "s", "", *now); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a consent under way came back: %v", err)
		}
	})
}
