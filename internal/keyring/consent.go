package keyring

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ConsentFor is how long a person has at the network's page.
const ConsentFor = 10 * time.Minute

// begun is what the exchange of a consent under way needs.
type begun struct {
	Verifier string `json:"verifier"`
	Client   string `json:"client"`
	Secret   string `json:"secret,omitempty"`
	Ours     bool   `json:"ours,omitempty"` // the network registered the app for this desk
}

// Begin starts the consent for an account and returns the address of the network's page. Who began it must end it, by [Ring.Finish],
// within [ConsentFor].
func (r *Ring) Begin(ctx context.Context, account, by, redirect string) (string, error) {
	k, err := r.key(account)
	if err != nil {
		return "", err
	}
	if k.acc.how() != desk.LoginConsent {
		return "", desk.Invalidf("the account %s needs nobody's consent", account)
	}
	c := k.acc.Login.Consent
	client, ours, err := k.app(ctx, redirect)
	if err != nil {
		return "", err
	}
	b := begun{Verifier: oauth2.GenerateVerifier(), Client: client.ID, Secret: client.Secret.Reveal(), Ours: ours}
	state := oauth2.GenerateVerifier()
	row := desk.ConsentRow{State: hashOf(state), Account: account, By: by, Redirect: redirect, Expires: r.o.Now().Add(ConsentFor)}
	if row.Sealed, err = r.seal("consent "+row.State, b); err != nil {
		return "", err
	}
	if err := r.o.Store.PutConsent(ctx, row); err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(b.Verifier)}
	for name, value := range c.Params {
		options = append(options, oauth2.SetAuthURLParam(name, value))
	}
	return c.config(client, redirect).AuthCodeURL(state, options...), nil
}

// app is the app that asks for the consent: the operator's, or one that the network registers for us now.
func (k *Key) app(ctx context.Context, redirect string) (client Client, ours bool, err error) {
	switch c := k.acc.Login.Consent; {
	case k.acc.Client.ID != "":
		return k.acc.Client, false, nil
	case c.Register == nil:
		return Client{}, false, desk.Invalidf("the account %s has no client_id; register an app at the network with the redirect address %s and put client_id and client_secret into the configuration", k.acc.Name, redirect)
	default:
		if client, err = c.Register(ctx, redirect); err != nil {
			return client, true, fmt.Errorf("registering an app for %s: %w", k.acc.Name, err)
		}
		return client, true, nil
	}
}

// Finish ends a consent with what the browser brought back: the query of the redirect address. It returns the account, also with
// an error once it is known. A sentence in ErrInvalid or ErrDenied says what to do.
func (r *Ring) Finish(ctx context.Context, by string, back url.Values) (account string, err error) {
	row, err := r.o.Store.TakeConsent(ctx, hashOf(back.Get("state")), by, r.o.Now())
	if errors.Is(err, desk.ErrNotFound) {
		return "", desk.Invalidf("this consent was not begun here, is used up, or is older than ten minutes; begin again")
	}
	if err != nil {
		return "", err
	}
	k, err := r.key(row.Account)
	if err != nil || k.acc.how() != desk.LoginConsent {
		return row.Account, desk.Invalidf("the account %s is configured otherwise by now; begin again", row.Account)
	}
	switch {
	case back.Get("error") == "access_denied":
		return row.Account, desk.Deniedf("the consent was declined at the network; nothing was changed")
	case back.Get("error") != "":
		return row.Account, desk.Deniedf("the network did not ask for the consent; look at the scopes of the app and at its redirect address")
	case back.Get("code") == "":
		return row.Account, desk.Invalidf("the network sent no code; begin again")
	}
	var b begun
	if err := r.unseal("consent "+row.State, row.Sealed, &b); err != nil {
		return row.Account, err
	}
	return row.Account, k.consented(ctx, row, b, back.Get("code"))
}

func (k *Key) consented(ctx context.Context, row desk.ConsentRow, b begun, code string) error {
	c, client := k.acc.Login.Consent, Client{b.Client, desk.Secret(b.Secret)}
	g, err := k.ring.exchange(ctx, c, client, row.Redirect, code, b.Verifier)
	if err != nil {
		return err
	}
	if c.Finish != nil {
		first := g
		if g, err = c.Finish(ctx, client, g); err != nil {
			return without(err, first.Access, first.Refresh, client.Secret, desk.Secret(code))
		}
	}
	ours := Client{}
	if b.Ours {
		ours = client
	}
	return k.given(ctx, keep(g, k.ring.o.Now(), "", ours), false)
}

// Open connects an account that needs nobody's consent: it opens a grant with the secret. Of a fixed token it only forgets that
// the network refused it.
func (r *Ring) Open(ctx context.Context, account string) error {
	k, err := r.key(account)
	if err != nil {
		return err
	}
	if err := k.look(ctx, true); err != nil {
		return err
	}
	h := k.snapshot()
	switch {
	case k.opens(&h):
	case h.fixed:
		return k.given(ctx, kept{}, true)
	default:
		_, err := k.stuck(ctx, "", desk.Lease{})
		return err
	}
	g, err := k.acc.Login.Open(ctx, h.secret, k.acc.Client)
	if err != nil {
		return k.clean(&h, err)
	}
	return k.given(ctx, keep(g, r.o.Now(), digest(h.secret), Client{}), true)
}

// Disconnect forgets the grant of an account and a token that was given by hand.
func (r *Ring) Disconnect(ctx context.Context, account string) error {
	k, err := r.key(account)
	if err != nil {
		return err
	}
	if err := r.o.Store.DropGrant(ctx, account); err != nil {
		return err
	}
	k.set(held{})
	return nil
}

// given stores what a person gave, over whatever there was.
func (k *Key) given(ctx context.Context, next kept, keepToken bool) error {
	h := &held{secret: k.snapshot().secret}
	row := desk.GrantRow{Account: k.acc.Name}
	if next.Access != "" {
		var err error
		if row, err = k.row(h, next); err != nil {
			return err
		}
	}
	if err := k.ring.o.Store.PutGrant(ctx, row, keepToken); err != nil {
		return err
	}
	k.set(held{}) // the next one who asks reads it
	return nil
}

// ends is when a person must act. What the secret opens again at any time has no end, and what the desk renews by itself ends when
// that does.
func (k *Key) ends(h *held, g desk.Grant) time.Time {
	if k.opens(h) {
		return time.Time{}
	}
	return g.Ends()
}

// row is a grant as the store keeps it.
func (k *Key) row(h *held, next kept) (desk.GrantRow, error) {
	g, now := next.grant(), k.ring.o.Now()
	with := held{secret: h.secret, grant: g, has: true, kept: next}
	row := desk.GrantRow{
		Account: k.acc.Name, Version: h.version, Who: g.Who, Scopes: g.Scopes, Connected: h.row.Connected, Ends: k.ends(h, g),
		Renews: !g.Expires.IsZero() && (k.opens(h) || k.refreshes(&with)),
	}
	if row.Connected.IsZero() {
		row.Connected = now
	}
	if !row.Ends.IsZero() {
		row.EndsSince = now
	}
	// Networks tell how many seconds are left: the same end comes with some jitter.
	if d := row.Ends.Sub(h.row.Ends); d.Abs() < 5*time.Minute && !h.row.EndsSince.IsZero() {
		row.Ends, row.EndsSince = h.row.Ends, h.row.EndsSince
	}
	var err error
	row.Sealed, err = k.ring.seal(grantName(k.acc.Name), next)
	return row, err
}
