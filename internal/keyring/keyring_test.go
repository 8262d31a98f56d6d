package keyring

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

func TestConsentToGrant(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.net.scope, r.net.consent = "read write", 60*24*3600
	ring := r.ring()
	if _, err := ring.Key("acme").Grant(t.Context()); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "not connected yet") {
		t.Errorf("before the consent: %v", err)
	}
	if err := r.connect(ring); err != nil {
		t.Fatal(err)
	}
	g := r.grant(ring)
	if g.Access != "pl4nted-access-1" || g.Refresh != "pl4nted-refresh-1" || !g.Expires.Equal(r.now().Add(time.Hour)) {
		t.Errorf("grant %q %q until %s", g.Access.Reveal(), g.Refresh.Reveal(), g.Expires)
	}
	want := desk.AccountState{
		Name: "acme", Kind: "net", Site: "net:acme", Login: desk.LoginConsent, Connected: r.now(), Scopes: []string{"read", "write"}, Renews: true,
		ExpiresAt: r.now().Add(60 * 24 * time.Hour), EndsSince: r.now(),
	}
	if diff := cmp.Diff(want, r.state()); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
	row, err := r.store.Grant(t.Context(), "acme")
	if err != nil || strings.Contains(string(row.Sealed), planted) {
		t.Errorf("the store holds the token readable, or not at all: %v", err)
	}
}

// A consent is taken once, by whoever began it, within ten minutes, with the right verifier.
func TestConsentGuards(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ring := r.ring()
	begin := func() string {
		address, err := ring.Begin(t.Context(), "acme", "session", "http://desk.example/accounts/callback")
		if err != nil {
			t.Fatal(err)
		}
		return address
	}
	back := r.browse(begin())
	if _, err := ring.Finish(t.Context(), "another session", back); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("somebody else ended the consent: %v", err)
	}
	forged := r.browse(begin())
	forged.Set("state", "made up")
	if _, err := ring.Finish(t.Context(), "session", forged); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("a made up state was taken: %v", err)
	}
	if account, err := ring.Finish(t.Context(), "session", back); err != nil || account != "acme" {
		t.Errorf("the one who began it could not end it: %v", err)
	}
	if _, err := ring.Finish(t.Context(), "session", back); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("it was taken twice: %v", err)
	}
	late := r.browse(begin())
	r.later(ConsentFor + time.Second)
	if _, err := ring.Finish(t.Context(), "session", late); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("it was taken late: %v", err)
	}
	address := begin()
	declined := r.browse(address)
	declined.Del("code")
	declined.Set("error", "access_denied")
	if _, err := ring.Finish(t.Context(), "session", declined); !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "declined") {
		t.Errorf("declined: %v", err)
	}
	stolen := r.browse(begin())
	code := r.browse(begin()).Get("code")
	stolen.Set("code", code) // of another consent: the verifier does not fit
	_, err := ring.Finish(t.Context(), "session", stolen)
	if !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a code of another consent was taken: %v", err)
	}
	r.wantClean(err)
}

func TestRotation(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ring := r.ring()
	if err := r.connect(ring); err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		wait time.Duration
		want desk.Secret
	}{{0, "pl4nted-access-1"}, {50 * time.Minute, "pl4nted-access-1"}, {5 * time.Minute, "pl4nted-access-2"}, {58 * time.Minute, "pl4nted-access-3"}, {48 * time.Hour, "pl4nted-access-4"}} {
		r.later(step.wait)
		if g := r.grant(ring); g.Access != step.want {
			t.Errorf("step %d: %s, want %s", i, g.Access.Reveal(), step.want.Reveal())
		}
	}
	if got := r.grant(r.ring()); got.Access != "pl4nted-access-4" {
		t.Errorf("after a restart: %s", got.Access.Reveal())
	}
	if n := r.net.asked(); n != 3 {
		t.Errorf("%d refreshes, want 3", n)
	}
}

// Many goroutines of two processes want a grant that must be renewed, and then say that it was refused: one request each time.
func TestOneRefreshAtATime(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		oneRefresh(t, newRig(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		oneRefresh(t, newRigOn(t, realsrv.Postgres(t)))
	})
}

func oneRefresh(t *testing.T, r *rig) {
	one, two := r.ring(), r.ring()
	if err := r.connect(one); err != nil {
		t.Fatal(err)
	}
	old := r.grant(one)
	if g := r.grant(two); g.Access != old.Access {
		t.Fatalf("the other process has %s", g.Access.Reveal())
	}
	r.later(2 * time.Hour)
	r.net.turns(func(http.ResponseWriter, *http.Request) bool { time.Sleep(50 * time.Millisecond); return false }) // the network is slow: all others come meanwhile
	crowd := func(ask func(k *Key) (desk.Grant, error)) map[desk.Secret]int {
		var wg sync.WaitGroup
		var mu sync.Mutex
		got := map[desk.Secret]int{}
		for i := range 40 {
			wg.Go(func() {
				g, err := ask([]*Ring{one, two}[i%2].Key("acme"))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				got[g.Access]++
				mu.Unlock()
			})
		}
		wg.Wait()
		return got
	}
	got := crowd(func(k *Key) (desk.Grant, error) { return k.Grant(context.Background()) })
	if n := r.net.asked(); n != 1 || got["pl4nted-access-2"] != 40 {
		t.Errorf("%d refreshes, %v", n, got)
	}
	r.later(5 * time.Minute)
	second := r.grant(one)
	got = crowd(func(k *Key) (desk.Grant, error) { return k.Refused(context.Background(), second) })
	if n := r.net.asked(); n != 2 || got["pl4nted-access-3"] != 40 {
		t.Errorf("%d refreshes, %v", n, got)
	}
}

// What one process renewed the other sees within half a minute, without asking the network.
func TestNewsOfAnotherProcess(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	one, two := r.ring(), r.ring()
	if err := r.connect(one); err != nil {
		t.Fatal(err)
	}
	old := r.grant(two)
	r.later(2 * time.Minute)
	if _, err := one.Key("acme").Refused(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	r.later(31 * time.Second)
	if g := r.grant(two); g.Access != "pl4nted-access-2" {
		t.Errorf("the other process has %s", g.Access.Reveal())
	}
	if g, err := two.Key("acme").Refused(t.Context(), old); err != nil || g.Access != "pl4nted-access-2" {
		t.Errorf("an old grant that was refused: %s, %v", g.Access.Reveal(), err)
	}
	if n := r.net.asked(); n != 1 {
		t.Errorf("%d refreshes, want 1", n)
	}
}

// A process dies between asking and storing: its lease ends, and the old grant is there still.
func TestCrashBetween(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	if err := r.connect(r.ring()); err != nil {
		t.Fatal(err)
	}
	r.later(2 * time.Hour)
	if _, lease, err := r.store.LeaseGrant(t.Context(), "acme", "the dead", leaseFor); err != nil || lease.Fence == 0 {
		t.Fatalf("lease %+v, %v", lease, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := r.ring().Key("acme").Grant(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("somebody renewed beside the holder of the lease: %v", err)
	}
	r.later(leaseFor + time.Second)
	if g := r.grant(r.ring()); g.Access != "pl4nted-access-2" {
		t.Errorf("after the lease: %s", g.Access.Reveal())
	}
}
