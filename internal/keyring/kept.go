package keyring

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// kept is a grant as it is sealed: desk.Secret marshals as stars, so this has plain strings and never leaves the package.
type kept struct {
	Access         string            `json:"access,omitempty"` // empty: a note that the network refused the secret From
	Refresh        string            `json:"refresh,omitempty"`
	Expires        time.Time         `json:"expires,omitzero"`
	RefreshExpires time.Time         `json:"refresh_expires,omitzero"`
	Scopes         []string          `json:"scopes,omitempty"`
	Who            string            `json:"who,omitempty"`
	Extra          map[string]string `json:"extra,omitempty"`
	Made           time.Time         `json:"made"`
	From           string            `json:"from,omitempty"`   // digest of the secret that it was made of; empty after a consent
	Client         string            `json:"client,omitempty"` // id of the app that the network registered for us
	ClientSecret   string            `json:"client_secret,omitempty"`
}

// keep brings a grant into the form that is sealed.
func keep(g desk.Grant, made time.Time, from string, c Client) kept {
	out := kept{
		Access: g.Access.Reveal(), Refresh: g.Refresh.Reveal(), Expires: g.Expires, RefreshExpires: g.RefreshExpires, Scopes: g.Scopes, Who: g.Who,
		Made: made, From: from, Client: c.ID, ClientSecret: c.Secret.Reveal(),
	}
	for name, secret := range g.Extra {
		if out.Extra == nil {
			out.Extra = make(map[string]string, len(g.Extra))
		}
		out.Extra[name] = secret.Reveal()
	}
	return out
}

// grant is the reverse of keep.
func (k kept) grant() desk.Grant {
	g := desk.Grant{
		Access: desk.Secret(k.Access), Refresh: desk.Secret(k.Refresh), Expires: k.Expires, RefreshExpires: k.RefreshExpires, Scopes: k.Scopes, Who: k.Who,
	}
	for name, secret := range k.Extra {
		if g.Extra == nil {
			g.Extra = make(map[string]desk.Secret, len(k.Extra))
		}
		g.Extra[name] = desk.Secret(secret)
	}
	return g
}

func (k kept) client() Client { return Client{k.Client, desk.Secret(k.ClientSecret)} }

// seal encrypts a value for a name.
func (r *Ring) seal(name string, v any) ([]byte, error) {
	box, err := r.o.Box()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("sealing for %s: it cannot be encoded", name) // the error of the encoder may quote the value
	}
	return box.Seal(name, desk.Secret(text)), nil
}

// unseal decrypts a value that was sealed for the name.
func (r *Ring) unseal(name string, sealed []byte, into any) error {
	box, err := r.o.Box()
	if err != nil {
		return err
	}
	text, err := box.Open(name, sealed)
	if err != nil {
		return err
	}
	if json.Unmarshal([]byte(text.Reveal()), into) != nil {
		return desk.Invalidf("what is kept for %s cannot be read; connect the account again", name)
	}
	return nil
}

// grantName binds a sealed grant to its account.
func grantName(account string) string { return account + " (grant)" }

// digest tells secrets apart without keeping them. It is itself kept sealed.
func digest(secret desk.Secret) string {
	if secret == "" {
		return ""
	}
	return hashOf(secret.Reveal())
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
