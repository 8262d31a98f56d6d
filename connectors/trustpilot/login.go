package trustpilot

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// tokenPath is where tokens are handed out, https://developers.trustpilot.com/authentication.
const tokenPath = "/v1/oauth/oauth-business-users-for-applications/accesstoken"

// consentTime is how long a token that a person consented to can be refreshed.
const consentTime = 30 * 24 * time.Hour

// login opens grants with key and secret, which needs nobody, or by the consent of a business user. The former last 100 hours and are
// asked for again; the latter are refreshed for 30 days.
func login() *connectors.Login {
	return &connectors.Login{
		Open: open,
		Consent: &connectors.Consent{
			Endpoint: func(at string) (string, string) {
				if at = strings.TrimRight(at, "/"); at != "" {
					return at, at + tokenPath
				}
				return "https://authenticate.trustpilot.com", server + tokenPath
			},
			Basic: true,
			Finish: func(_ context.Context, env connectors.LoginEnv, g desk.Grant) (desk.Grant, error) {
				if g.Refresh != "" && g.RefreshExpires.IsZero() {
					g.RefreshExpires = env.Now().Add(consentTime)
				}
				return g, nil
			},
		},
	}
}

// open makes a grant of the API key, which is the account's client_id, and the API secret, which is its token or client_secret.
func open(ctx context.Context, env connectors.LoginEnv) (desk.Grant, error) {
	secret := cmp.Or(env.Account.Secret, env.Account.ClientSecret)
	if env.Account.ClientID == "" || secret == "" {
		return desk.Grant{}, desk.Deniedf("the account %s needs the API key as client_id and the API secret as token", env.Account.Name)
	}
	api := &fetch.API{Base: cmp.Or(strings.TrimRight(env.Account.Server, "/"), server), Read: env.HTTP, Publish: env.HTTP, Now: env.Now}
	basic := base64.StdEncoding.EncodeToString([]byte(env.Account.ClientID + ":" + secret.Reveal()))
	var said struct {
		Access  desk.Secret `json:"access_token"`
		Expires json.Number `json:"expires_in"` // seconds, as a string
	}
	err := api.SendWith(ctx, http.MethodPost, tokenPath, map[string]string{"Authorization": "Basic " + basic}, url.Values{"grant_type": {"client_credentials"}}, &said)
	if lost, ok := errors.AsType[*desk.Unknown](err); ok {
		err = &desk.Transient{Err: lost.Err} // a token too many does no harm
	}
	if errors.Is(err, desk.ErrInvalid) {
		err = desk.Deniedf("Trustpilot does not take the API key and secret of the account %s", env.Account.Name)
	}
	if err == nil && said.Access == "" {
		err = &desk.Transient{Err: errors.New("there was no token in what Trustpilot answered")}
	}
	if err != nil {
		return desk.Grant{}, fmt.Errorf("asking for a token: %w", err)
	}
	g := desk.Grant{Access: said.Access}
	if seconds, err := said.Expires.Int64(); err == nil && seconds > 0 && seconds < 1e8 {
		g.Expires = env.Now().Add(time.Duration(seconds) * time.Second)
	}
	return g, nil
}
