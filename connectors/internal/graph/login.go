package graph

import (
	"context"
	"net/url"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// Signed returns an API for a login: with a token on its calls, when there is one.
func Signed(env connectors.LoginEnv, base string, token desk.Secret) *fetch.API {
	api := &fetch.API{Base: base, Read: env.HTTP, Now: env.Now, Refuse: Refuse}
	if token != "" {
		api.Header = map[string]string{"Authorization": "Bearer " + token.Reveal()}
	}
	return api
}

// Exchange trades a token for another. The API takes both, and the app's secret, in the address alone; errors show none of them.
func Exchange(ctx context.Context, api *fetch.API, path string, q url.Values) (token desk.Secret, ends time.Time, err error) {
	var got struct {
		Access  desk.Secret `json:"access_token"`
		Expires int64       `json:"expires_in"` // seconds
	}
	if err := api.Get(ctx, path, q, &got); err != nil {
		return "", time.Time{}, err
	}
	if got.Access == "" {
		return "", time.Time{}, desk.Deniedf("the network gave no token for the one it had given")
	}
	if got.Expires > 0 && got.Expires < 1e9 {
		ends = api.Now().Add(time.Duration(got.Expires) * time.Second)
	}
	return got.Access, ends, nil
}
