package desk

import "time"

// Grant is what a network gave an account: its tokens, how long they last and what they are good for. It is kept sealed.
type Grant struct {
	Access         Secret
	Refresh        Secret
	Expires        time.Time // of Access; zero when it does not end or the network does not say
	RefreshExpires time.Time // of Refresh, or of the whole consent; zero as above
	Scopes         []string
	Who            string            // whose it is, as people read it: @acme, Acme Kft.
	Extra          map[string]Secret // what the kind needs besides: a page's id, a session's did, an app's registration
}

// Ends returns when a person must act: when the consent ends, or the access where nothing refreshes it. Zero means never, as far as is known.
func (g Grant) Ends() time.Time {
	if !g.RefreshExpires.IsZero() || g.Refresh != "" {
		return g.RefreshExpires
	}
	return g.Expires
}
