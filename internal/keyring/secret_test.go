package keyring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

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
	if err := ring.Open(t.Context(), "acme"); err != nil || r.state().NeedsHuman != "" {
		t.Errorf("a person says that the token is to be tried again: %v, %q", err, r.state().NeedsHuman)
	}
	if _, err := ring.Key("acme").Refused(t.Context(), g); !errors.Is(err, desk.ErrDenied) || r.state().NeedsHuman == "" {
		t.Errorf("refused again: %v", err)
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
