package desk

import "time"

// How an account comes to its grant: [AccountState.Login].
const (
	LoginToken   = "token"   // the configured token is what calls carry
	LoginOpen    = "open"    // the desk opens a grant with the configured secret
	LoginConsent = "consent" // a person consents in a browser
)

// AccountState is what the desk remembers of an account.
type AccountState struct {
	Name       string
	Site       Site
	Kind       string
	Handle     string
	Login      string // LoginToken, LoginOpen or LoginConsent; empty while its kind is not known
	Publish    bool   // off until an operator turns it on
	Stopped    bool
	NeedsHuman string // why, in a sentence; empty when well

	HasToken  bool      // a token was given by hand
	Connected time.Time // when the grant was given; zero while there is none
	Who       string    // whose it is, as the network says
	Scopes    []string
	Renews    bool      // the desk renews its access by itself
	ExpiresAt time.Time // when a person must act at the latest; zero when never, as far as is known
	EndsSince time.Time // since when that is known
}

// AccountStage says how urgently an account needs a person.
type AccountStage string

// The stages, from well to worst. Each is told once.
const (
	StageWell    AccountStage = ""
	StageWeek    AccountStage = "week"    // it ends within seven days
	StageDay     AccountStage = "day"     // it ends within a day
	StageOver    AccountStage = "over"    // it has ended
	StageRefused AccountStage = "refused" // NeedsHuman says why
)

// Stage tells how urgently the account needs a person at a moment. What lives for less than four weeks is not called urgent before
// three quarters of it are over: consents that a network prolongs with each renewal would never be well. An account that was never
// connected is not ill: its sources say so.
func (a *AccountState) Stage(now time.Time) AccountStage {
	left := a.ExpiresAt.Sub(now)
	switch {
	case a.NeedsHuman != "":
		return StageRefused
	case a.ExpiresAt.IsZero():
		return StageWell
	case left <= 0:
		return StageOver
	case left > 7*24*time.Hour, !a.EndsSince.IsZero() && left > a.ExpiresAt.Sub(a.EndsSince)/4:
		return StageWell
	case left > 24*time.Hour:
		return StageWeek
	}
	return StageDay
}

// Missing tells whether a person has yet to consent before the account can do anything.
func (a *AccountState) Missing() bool {
	return a.Login == LoginConsent && a.Connected.IsZero() && !a.HasToken
}

// GrantRow is what the store keeps of an account's grant. What is secret in it is sealed; the rest repeats for lists what the sealed
// part says.
type GrantRow struct {
	Account string
	Version int64  // grows with every change of Token or Sealed
	Token   []byte // sealed, as it was given by hand; nil when none was
	Sealed  []byte // the grant; nil when there is none

	Connected  time.Time
	Who        string
	Scopes     []string
	Renews     bool
	Ends       time.Time // when a person must act at the latest; zero when never, as far as is known
	EndsSince  time.Time // since when that is known
	NeedsHuman string
}

// ConsentRow is a consent that was begun and waits for the browser to come back. It is taken once.
type ConsentRow struct {
	State    string // SHA-256 of the state, in hexadecimal
	Account  string
	By       string // who began it: nobody else may end it
	Redirect string
	Sealed   []byte // what the exchange needs
	Expires  time.Time
}
