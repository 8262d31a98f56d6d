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
			http.Error(w, r.PostFormValue("refresh_token"), http.StatusServiceUnavailable)
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
