package web

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Store is what the pages read, and the little that the web itself keeps (sessions, tokens, preferences). Every other change goes
// through [Work]. A read that takes a [desk.Scope] returns nothing outside it; a single thing outside the scope is
// [desk.ErrNotFound], never ErrDenied, so that nobody learns what exists.
type Store interface {
	MentionStore
	CaseStore
	SourceStore
	EventStore
	PeopleStore
	SessionStore
}

// MentionStore reads the stream.
type MentionStore interface {
	// ListMentions returns the mentions that match, newest first by arrival (MentionRow.N), at most p.Limit of them.
	// With p.After it returns those nearest above p.After, still newest first, so that "newer" pages join without a hole.
	ListMentions(ctx context.Context, scope desk.Scope, f desk.MentionFilter, p desk.Page) ([]desk.MentionRow, error)
	// CountMentions counts the mentions that match and stops at limit: then Count.More is true and Count.N is limit.
	CountMentions(ctx context.Context, scope desk.Scope, f desk.MentionFilter, limit int) (desk.Count, error)
	// Mention returns one mention; ErrNotFound when there is none in the scope.
	Mention(ctx context.Context, scope desk.Scope, id desk.MentionID) (desk.MentionRow, error)
}

// CaseStore reads the board and the cases.
type CaseStore interface {
	// ListCards returns one column of the board. New, taken and awaiting begin with the most urgent cases, and among
	// these with the newest word of the customer (RemarkAt); answered and resolved begin with the last change (ChangedAt).
	// Ties stand by ID, descending. Snoozed cases are left out of
	// new and taken unless f asks for an owner. ColumnResolved holds dismissed cases too. A case is in exactly one column:
	// awaiting when it is open and its newest reply awaits approval, otherwise by its state. after is "" for the beginning or
	// the Next of the page before, opaque to the caller; nonsense in it is ErrInvalid.
	ListCards(ctx context.Context, scope desk.Scope, f desk.CaseFilter, column desk.Column, after string, limit int) (desk.CardPage, error)
	// CountCards counts every column under the filter, each no further than limit. All columns are present in the answer.
	CountCards(ctx context.Context, scope desk.Scope, f desk.CaseFilter, limit int) (map[desk.Column]desk.Count, error)
	// Card returns one case as the board shows it, and its column.
	Card(ctx context.Context, scope desk.Scope, id desk.CaseID) (desk.Card, desk.Column, error)
	// CaseView returns everything the case page shows. Thread holds the mentions of the case and what is known of the
	// conversation around them, oldest first; Versions the wordings of every mention that has more than one, oldest first;
	// Names every user that Replies and History mention.
	CaseView(ctx context.Context, scope desk.Scope, id desk.CaseID) (desk.CaseView, error)
	// ListOutbox returns outward acts that stand in one of the given states, newest first. Notices have no case and are shown to
	// those who see everything.
	ListOutbox(ctx context.Context, scope desk.Scope, states []desk.EntryState, limit int) ([]desk.OutRow, error)
}

// SourceStore reads how sources, accounts and stop switches stand.
type SourceStore interface {
	// ListSources returns the sources by name, those that are no longer configured last.
	ListSources(ctx context.Context, scope desk.Scope) ([]desk.SourceState, error)
	// ListPoison returns the items of a source that could not be read, newest first, Raw included.
	ListPoison(ctx context.Context, scope desk.Scope, source string, limit int) ([]desk.Poison, error)
	// ListAccounts returns the accounts by name.
	ListAccounts(ctx context.Context) ([]desk.AccountState, error)
	// ListStops returns the stop switches that are set.
	ListStops(ctx context.Context) ([]desk.Stop, error)
}

// EventStore reads what happened, in the order of commit.
type EventStore interface {
	// ListEvents returns the events after a number that the scope may see, oldest first. Events without a brand (a source, the
	// desk) are for everybody.
	ListEvents(ctx context.Context, scope desk.Scope, after int64, limit int) ([]desk.Event, error)
	// LastEvent returns the number of the newest event, 0 when nothing ever happened. It is asked several times a second.
	LastEvent(ctx context.Context) (int64, error)
}

// PeopleStore reads users and keeps their own choices.
type PeopleStore interface {
	// User returns a user, disabled ones too; ErrNotFound when there is none.
	User(ctx context.Context, id desk.UserID) (desk.User, error)
	// UserByEmail does so by address, compared in lower case.
	UserByEmail(ctx context.Context, email string) (desk.User, error)
	// ListUsers returns everybody by name.
	ListUsers(ctx context.Context) ([]desk.User, error)
	// SavePreferences keeps locale, theme and density of a user and nothing else.
	SavePreferences(ctx context.Context, id desk.UserID, locale, theme, density string) error
}

// SessionStore keeps who is signed in and which tokens were handed out. Only hashes of secrets are stored: hash is the SHA-256
// of the secret in lower-case hexadecimal.
type SessionStore interface {
	// SaveSession stores a session, or moves the expiry of one that is there.
	SaveSession(ctx context.Context, s desk.Session) error
	// Session returns a session with its user. ErrNotFound when there is none, it has expired at now, or the user is disabled.
	Session(ctx context.Context, hash string, now time.Time) (desk.Session, desk.User, error)
	// DeleteSession ends a session; ending one that is not there is no error.
	DeleteSession(ctx context.Context, hash string) error
	// Token returns a token of a kind with its user and notes that it was used. ErrNotFound when there is none, it has expired
	// at now, the user is disabled, or an invitation was used already.
	Token(ctx context.Context, kind desk.TokenKind, hash string, now time.Time) (desk.Token, desk.User, error)
	// PeekToken does the same without noting anything: a page that merely shows the form uses nothing up.
	PeekToken(ctx context.Context, kind desk.TokenKind, hash string, now time.Time) (desk.Token, desk.User, error)
	// AcceptInvite uses an invitation up, sets the password's hash and ends every session of the user, in one transaction.
	// ErrNotFound as for Token.
	AcceptInvite(ctx context.Context, tokenHash, passwordHash string, now time.Time) (desk.User, error)
}
