package keyring

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestDeadRefreshCallsAPerson(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ring := r.ring()
	if err := r.connect(ring); err != nil {
		t.Fatal(err)
	}
	r.grant(ring)
	r.net.mu.Lock()
	r.net.n = 100 // the network forgot this consent
	r.net.mu.Unlock()
	r.later(56 * time.Minute)
	if g := r.grant(ring); g.Access != "pl4nted-access-1" {
		t.Errorf("access that works still is not handed out: %s", g.Access.Reveal())
	}
	if why := r.state().NeedsHuman; !strings.Contains(why, "connect the account again") {
		t.Errorf("no person is called early: %q", why)
	}
	r.later(time.Hour)
	_, err := ring.Key("acme").Grant(t.Context())
	if !errors.Is(err, desk.ErrDenied) {
		t.Errorf("dead: %v", err)
	}
	r.wantClean(err)
	asked := r.net.asked()
	if _, err := ring.Key("acme").Grant(t.Context()); !errors.Is(err, desk.ErrDenied) || r.net.asked() != asked {
		t.Errorf("a dead consent is tried on every call: %v", err)
	}
	if err := r.connect(ring); err != nil {
		t.Fatal(err)
	}
	if g := r.grant(ring); g.Access != "pl4nted-access-101" || r.state().NeedsHuman != "" {
		t.Errorf("after connecting again: %s, %q", g.Access.Reveal(), r.state().NeedsHuman)
	}
}

// The token endpoint is in trouble: access that works goes on, nobody is called, and afterwards all is well by itself.
func TestTroubleThatPasses(t *testing.T) {
	t.Parallel()
	for name, mood := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"500":     func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(500); return true },
		"garbage": func(w http.ResponseWriter, _ *http.Request) bool { fmt.Fprint(w, "<html>welcome"); return true },
		"empty":   func(w http.ResponseWriter, _ *http.Request) bool { return true },
		"cut off": func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) },
		"echo": func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, r.PostFormValue("refresh_token"), 503)
			return true
		},
		"429": func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Retry-After", "120")
			w.WriteHeader(429)
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			ring := r.ring()
			if err := r.connect(ring); err != nil {
				t.Fatal(err)
			}
			r.grant(ring)
			r.net.turns(mood)
			r.later(56 * time.Minute)
			for range 5 {
				if g := r.grant(ring); g.Access != "pl4nted-access-1" {
					t.Errorf("not the access that works: %s", g.Access.Reveal())
				}
			}
			if n := r.net.asked(); n != 1 {
				t.Errorf("%d requests in one moment, want 1 and a rest", n)
			}
			r.later(time.Hour)
			_, err := ring.Key("acme").Grant(t.Context())
			pass, ok := errors.AsType[*desk.Transient](err)
			if !ok || name == "429" && pass.After != 120*time.Second {
				t.Errorf("it is no error that passes: %#v", err)
			}
			if why := r.state().NeedsHuman; why != "" {
				t.Errorf("a person is called: %s", why)
			}
			r.wantClean(err)
			r.net.turns(nil)
			r.later(time.Hour)
			if g := r.grant(ring); g.Access != "pl4nted-access-2" {
				t.Errorf("afterwards: %s", g.Access.Reveal())
			}
		})
	}
}

// What else an endpoint answers calls a person, in words of ours.
func TestRefusalsInOurWords(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"invalid_client": "client_id", "invalid_scope": "invalid_scope", planted + "made-up": "status 400"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			ring := r.ring()
			if err := r.connect(ring); err != nil {
				t.Fatal(err)
			}
			r.net.turns(func(w http.ResponseWriter, r *http.Request) bool {
				w.WriteHeader(400) // as text: not every endpoint says that it speaks JSON
				_, _ = fmt.Fprintf(w, `{"error":%q,"error_description":%q}`, code, r.PostFormValue("refresh_token"))
				return true
			})
			r.later(2 * time.Hour)
			_, err := ring.Key("acme").Grant(t.Context())
			if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), want) || !strings.Contains(r.state().NeedsHuman, want) {
				t.Errorf("%v", err)
			}
			r.wantClean(err)
		})
	}
}

// A fixed token is handed out as it is; refused, it calls a person, until another one is given.
func TestFixedToken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.acc = Account{Name: "acme", Secret: planted + "token"}
	ring := r.ring()
	g := r.grant(ring)
	if g.Access != planted+"token" || g.Refresh != "" {
		t.Errorf("grant %+v", g)
	}
	for range 3 {
		if _, err := ring.Key("acme").Refused(t.Context(), g); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("refused: %v", err)
		}
	}
	if why := r.state().NeedsHuman; !strings.Contains(why, "needs a new one") {
		t.Errorf("no person is called: %q", why)
	}
	r.wantClean()
	r.grant(r.ring())
	if r.state().NeedsHuman == "" {
		t.Error("a restart with the same token takes the call back")
	}
	r.acc.Secret = planted + "new"
	if g := r.grant(r.ring()); g.Access != planted+"new" || r.state().NeedsHuman != "" {
		t.Errorf("with a new token: %s, %q", g.Access.Reveal(), r.state().NeedsHuman)
	}
}

// A token that is given by hand while the desk runs counts within half a minute.
func TestTokenGivenByHand(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.acc = Account{Name: "acme"}
	ring := r.ring()
	if _, err := ring.Key("acme").Grant(t.Context()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("without a token: %v", err)
	}
	if err := r.store.PutToken(t.Context(), "acme", r.box.Seal("acme", planted+"hand")); err != nil {
		t.Fatal(err)
	}
	r.later(31 * time.Second)
	if g := r.grant(ring); g.Access != planted+"hand" {
		t.Errorf("grant %s", g.Access.Reveal())
	}
}

// An app password opens sessions: a dead one is opened again without a person; a changed password makes the old session nobody's.
func TestOpen(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	opened, refreshed := 0, 0
	r.acc = Account{Name: "acme", Secret: planted + "password", Login: &Login{
		Open: func(_ context.Context, secret desk.Secret, _ Client) (desk.Grant, error) {
			if secret == planted+"wrong" {
				return desk.Grant{}, desk.Deniedf("%s is wrong", secret.Reveal())
			}
			opened++
			return desk.Grant{Access: desk.Secret(fmt.Sprint(planted, "s", opened)), Refresh: "r", Expires: r.now().Add(2 * time.Hour), RefreshExpires: r.now().Add(5 * 24 * time.Hour),
				Who: "@acme", Extra: map[string]desk.Secret{"did": "did:plc:1"}}, nil
		},
		Refresh: func(_ context.Context, _ desk.Secret, _ Client, old desk.Grant) (desk.Grant, error) {
			if refreshed++; refreshed > 1 {
				return desk.Grant{}, desk.Deniedf("the session has expired")
			}
			old.Expires = r.now().Add(2 * time.Hour)
			old.Access += "+"
			return old, nil
		},
	}}
	ring := r.ring()
	if g := r.grant(ring); g.Access != planted+"s1" || g.Extra["did"] != "did:plc:1" {
		t.Errorf("first: %s", g.Access.Reveal())
	}
	if a := r.state(); a.Who != "@acme" || !a.Renews || !a.ExpiresAt.IsZero() || a.Stage(r.now()) != desk.StageWell {
		t.Errorf("state %+v", a)
	}
	r.later(3 * time.Hour)
	if g := r.grant(ring); g.Access != planted+"s1+" {
		t.Errorf("refreshed: %s", g.Access.Reveal())
	}
	r.later(3 * time.Hour)
	if g := r.grant(ring); g.Access != planted+"s2" {
		t.Errorf("opened again: %s", g.Access.Reveal())
	}
	r.acc.Secret = planted + "wrong"
	_, err := r.ring().Key("acme").Grant(t.Context())
	if !errors.Is(err, desk.ErrDenied) || r.state().NeedsHuman == "" {
		t.Errorf("a wrong password: %v, %q", err, r.state().NeedsHuman)
	}
	r.wantClean(err)
	r.acc.Secret = planted + "right"
	if g := r.grant(r.ring()); g.Access != planted+"s3" || r.state().NeedsHuman != "" {
		t.Errorf("a new password: %s, %q", g.Access.Reveal(), r.state().NeedsHuman)
	}
}

// A network that refuses every access it gives is not asked for a new one on each call.
func TestFreshGrantRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ring := r.ring()
	if err := r.connect(ring); err != nil {
		t.Fatal(err)
	}
	r.later(2 * time.Minute)
	g, err := ring.Key("acme").Refused(t.Context(), r.grant(ring))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := ring.Key("acme").Refused(t.Context(), g); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("%v", err)
		}
	}
	if n := r.net.asked(); n != 1 {
		t.Errorf("%d refreshes, want 1", n)
	}
}

func TestDisconnect(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ring, other := r.ring(), r.ring()
	if err := r.connect(ring); err != nil {
		t.Fatal(err)
	}
	r.grant(other)
	if err := ring.Disconnect(t.Context(), "acme"); err != nil {
		t.Fatal(err)
	}
	r.later(31 * time.Second)
	for _, ring := range []*Ring{ring, other} {
		if _, err := ring.Key("acme").Grant(t.Context()); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("a grant that was dropped is handed out: %v", err)
		}
	}
	if a := r.state(); !a.Missing() || a.Scopes != nil {
		t.Errorf("state %+v", a)
	}
}

// An access that nothing renews calls a person when it ends, and the days before are seen.
func TestEndsWithoutRenewal(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ring := r.ring()
	r.acc.Login.Consent.Finish = func(_ context.Context, _ Client, g desk.Grant) (desk.Grant, error) {
		return desk.Grant{Access: g.Access, Expires: r.now().Add(60 * 24 * time.Hour), Who: "Acme page"}, nil
	}
	if err := r.connect(ring); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		wait time.Duration
		want desk.AccountStage
	}{{0, desk.StageWell}, {52 * 24 * time.Hour, desk.StageWell}, {2 * 24 * time.Hour, desk.StageWeek}, {5*24*time.Hour + time.Hour, desk.StageDay}} {
		r.later(step.wait)
		r.grant(ring)
		if a := r.state(); a.Stage(r.now()) != step.want || a.Renews || a.NeedsHuman != "" {
			t.Errorf("%s later: %q, want %q; %+v", step.wait, a.Stage(r.now()), step.want, a)
		}
	}
	r.later(23*time.Hour + time.Minute)
	if _, err := ring.Key("acme").Grant(t.Context()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("at its end: %v", err)
	}
	if a := r.state(); a.Stage(r.now()) != desk.StageRefused {
		t.Errorf("stage %q", a.Stage(r.now()))
	}
}
