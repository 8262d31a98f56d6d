package desk

import (
	"slices"
	"time"
)

// Role is what a person may do at the desk. The table of acts stands with the routes.
type Role string

// The roles, from fewest to most rights.
const (
	RoleMarketing Role = "marketing" // reads and watches trends
	RoleAgent     Role = "agent"     // answers
	RoleManager   Role = "manager"   // approves, assigns, stops
	RoleAdmin     Role = "admin"     // configures
)

// Roles lists every role.
func Roles() []Role { return []Role{RoleMarketing, RoleAgent, RoleManager, RoleAdmin} }

// User is a person who works at the desk.
type User struct {
	ID       UserID
	Email    string // lower case, unique
	Name     string
	Role     Role
	Brands   []string // that they may see; empty means all
	Locale   string   // "" means as the browser asks
	Theme    string   // "", light, dark
	Density  string   // "", comfortable
	Hash     string   // of the password, argon2id; empty until set
	Disabled bool
	Created  time.Time
}

// Scope returns what the person may see.
func (u *User) Scope() Scope { return Scope{Brands: u.Brands} }

// Scope limits a read to the brands that somebody may see. The zero value sees everything.
type Scope struct {
	Brands []string
}

// Everything is the scope of the desk itself.
var Everything = Scope{}

// Sees tells whether a brand is inside the scope.
func (s Scope) Sees(brand string) bool {
	return len(s.Brands) == 0 || slices.Contains(s.Brands, brand)
}

// TokenKind says what a token opens.
type TokenKind string

// The kinds of token.
const (
	TokenInvite TokenKind = "invite" // one use: set a password
	TokenAPI    TokenKind = "api"    // bearer of the API
)

// Token is a secret that was handed out; only its SHA-256 is kept.
type Token struct {
	Hash    string
	Kind    TokenKind
	Name    string
	User    UserID
	Created time.Time
	Expires time.Time // zero means never
	UsedAt  time.Time
}

// Session says that a person is signed in on one browser; only the SHA-256 of its secret is kept.
type Session struct {
	Hash    string
	User    UserID
	Created time.Time
	Expires time.Time
}
