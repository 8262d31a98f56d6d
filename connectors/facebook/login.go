package facebook

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

// login asks a person who may moderate the Page; what is kept is the Page's own token, never the person's.
func login() *connectors.Login {
	return &connectors.Login{
		Consent: &connectors.Consent{
			Endpoint: func(server string) (authorize, token string) {
				api := strings.TrimRight(cmp.Or(server, home), "/") + "/" + graph.Version
				return strings.Replace(api, home, "https://www.facebook.com", 1) + "/dialog/oauth", api + "/oauth/access_token"
			},
			Scopes: []string{"pages_show_list", "pages_read_engagement", "pages_read_user_content", "pages_manage_engagement"},
			Finish: finish,
		},
		Refresh: func(context.Context, connectors.LoginEnv, desk.Grant) (desk.Grant, error) {
			return desk.Grant{}, desk.Deniedf("the token of a Page does not end by itself and cannot be renewed; Facebook took it back, so connect the account again")
		},
	}
}

// finish trades the person's short token for a long one, and that for the token of the Page that the account's handle names: one got
// with a long token has no end.
func finish(ctx context.Context, env connectors.LoginEnv, g desk.Grant) (desk.Grant, error) {
	base, err := graph.Base("", env.Account.Server, home, graph.Version)
	if err != nil {
		return desk.Grant{}, err
	}
	long, _, err := graph.Exchange(ctx, graph.Signed(env, base, ""), "/oauth/access_token", url.Values{
		"grant_type": {"fb_exchange_token"}, "client_id": {env.Account.ClientID},
		"client_secret": {env.Account.ClientSecret.Reveal()}, "fb_exchange_token": {g.Access.Reveal()},
	})
	if err != nil {
		return desk.Grant{}, err
	}
	var pages struct {
		Data []page `json:"data"`
	}
	q := url.Values{"fields": {"id,name,username,access_token,tasks"}, "limit": {"100"}}
	if err := graph.Signed(env, base, long).Get(ctx, "/me/accounts", q, &pages); err != nil {
		return desk.Grant{}, err
	}
	p, err := choose(pages.Data, env.Account.Handle)
	if err != nil {
		return desk.Grant{}, err
	}
	return desk.Grant{Access: p.Access, Scopes: g.Scopes, Who: graph.Word(p.Name), Extra: map[string]desk.Secret{"page": desk.Secret(p.ID)}}, nil
}

// choose finds the Page that is meant. Without a handle it is the only one there is.
func choose(pages []page, handle string) (page, error) {
	var names []string
	for _, p := range pages {
		names = append(names, graph.Word(p.Name)+" ("+graph.Word(p.ID)+")")
	}
	meant := slices.DeleteFunc(slices.Clone(pages), func(p page) bool { return handle != "" && !p.is(handle) })
	switch {
	case len(pages) == 0:
		return page{}, desk.Deniedf("the person who agreed manages no Page, or did not tick the Page in Facebook's window")
	case len(meant) == 0:
		return page{}, desk.Deniedf("no Page is called %s among those that were agreed to: %s", handle, strings.Join(names, ", "))
	case len(meant) > 1:
		return page{}, desk.Deniedf("several Pages were agreed to; set the account's handle to the number of one: %s", strings.Join(names, ", "))
	case meant[0].Tasks != nil && !slices.Contains(meant[0].Tasks, "MODERATE"):
		return page{}, desk.Deniedf("the person who agreed may not moderate the Page %s; its task is called MODERATE", graph.Word(meant[0].Name))
	case meant[0].Access == "":
		return page{}, desk.Deniedf("Facebook gave no token of the Page %s", graph.Word(meant[0].Name))
	}
	return meant[0], nil
}
