package connectors

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Login says how accounts of a kind come to their grants. A grant is opened from the configured secret, or by the consent of a person
// in a browser; it is refreshed before it ends.
type Login struct {
	// Consent is nil when the account's configured secret is all it takes.
	Consent *Consent
	// Open makes a grant of the configured secret: the session of an app password, the access token of a service account. Nil when
	// the secret itself is what calls carry. It is called again when a grant ends that has no Refresh.
	Open func(ctx context.Context, env LoginEnv) (desk.Grant, error)
	// Refresh makes a new grant of an old one; nil means grant_type=refresh_token at the consent's token address. An error that wraps
	// [desk.ErrDenied] says that the network takes the old one no more: Open is tried then, or a person asked.
	Refresh func(ctx context.Context, env LoginEnv, old desk.Grant) (desk.Grant, error)
}

// Consent describes the authorization code grant of RFC 6749, always with state and PKCE (RFC 7636).
type Consent struct {
	// Endpoint returns the addresses of the authorization page and of the token endpoint. The server is the account's; empty for the
	// network's own.
	Endpoint func(server string) (authorize, token string)
	Scopes   []string
	Params   map[string]string // of the authorization page besides the usual, such as access_type=offline
	Basic    bool              // the token endpoint wants client id and secret as HTTP Basic, not in the form
	// Register gets a client id and secret where the network hands them to any app; nil when the operator registers one at the
	// vendor and puts client_id and client_secret into the account.
	Register func(ctx context.Context, env LoginEnv, redirect string) (id string, secret desk.Secret, err error)
	// Finish turns the exchanged grant into the one to keep: a long-lived token, the token of a page, whose it is. Nil keeps it as
	// it is.
	Finish func(ctx context.Context, env LoginEnv, g desk.Grant) (desk.Grant, error)
}

// LoginEnv is what a [Login] gets to work with.
type LoginEnv struct {
	Account Account      // its Keys are nil
	HTTP    *http.Client // tries reads again, never a POST
	Now     func() time.Time
}

// Grants returns the account's present grant on each call, and, when the network refused the one returned last, another. It is what
// a connector signs its calls with.
func (a *Account) Grants() func(ctx context.Context, renew bool) (desk.Grant, error) {
	var mu sync.Mutex
	var last desk.Grant
	return func(ctx context.Context, renew bool) (desk.Grant, error) {
		mu.Lock()
		old := last
		mu.Unlock()
		var g desk.Grant
		var err error
		if renew {
			g, err = a.Keys.Refused(ctx, old)
		} else {
			g, err = a.Keys.Grant(ctx)
		}
		if err != nil {
			return desk.Grant{}, err
		}
		mu.Lock()
		last = g
		mu.Unlock()
		return g, nil
	}
}
