// Package connectors says what a connector is and runs those that are configured.
//
// A connector speaks one network's language and nothing else: it turns what the network sends into mentions, and, where the
// network lets it, a reply into a public answer. Everything operational is done around it by the [Poller]: interval, jitter,
// timeout, lease, cursor, health, retries. The [Registry] is a value; the connectors of this build are listed in connectors/all.
//
// The package promises that a connector is never polled concurrently with itself, that a panic in one is an error of its source,
// and that a cursor is stored only together with the mentions before it.
package connectors

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Cursor is where a source stands: text that only its connector understands. The empty cursor is the first contact.
type Cursor string

// Connector polls one source.
//
// Poll fetches what is new since the cursor. An error may come with a batch: the batch is stored first, then the error is
// reported. Poll returns [*desk.Transient] for what may pass by itself, an error that wraps [ErrStopped] when the site said that
// there is nothing any more, and any other error for what a person must look at.
type Connector interface {
	Poll(ctx context.Context, since Cursor) (Batch, error)
}

// Batch is what one poll found.
type Batch struct {
	Mentions []desk.Mention  // Site, Remote and Text or Title are set; the rest as far as the site says
	Gone     []desk.RemoteID // removed at the site; only what the site said, never what merely was not listed
	Poison   []desk.Poison   // items that could not be read, raw, each with one sentence
	Next     Cursor
	More     bool          // there is more right now: poll again without waiting
	Gap      *Gap          // something may have been missed
	Spend    Spend         // what this poll cost at the network's API
	Wait     time.Duration // the site asks to be left alone this long; 0 when it does not
}

// Gap says that mentions may have been missed and why.
type Gap struct {
	Since time.Time // last moment that is known to be complete; zero when unknown
	Note  string    // a sentence
}

// Spend is what calls cost at an API that takes money or quota.
type Spend struct {
	Micros int64 // millionths of the account's currency
	Units  int64 // the network's own quota units
}

// Replier says a reply in public. Reply returns [*desk.Unknown] when the request left but its outcome did not arrive, and
// [*desk.Transient] only when it is certain that nothing became public.
type Replier interface {
	Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error)
	Find(ctx context.Context, out desk.Outgoing) (desk.Found, error)
}

// Checker asks the network whether the settings work; used by `earshot check --live` and the sources page.
type Checker interface {
	Check(ctx context.Context) error
}

// Threader fetches the conversation around a mention.
type Threader interface {
	Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error)
}

// Rechecker looks at known mentions again, to notice edits and deletions.
type Rechecker interface {
	Recheck(ctx context.Context, known []desk.Mention) (Batch, error)
}

// Editor changes a published reply.
type Editor interface {
	Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error)
}

// Deleter removes a published reply.
type Deleter interface {
	Delete(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) error
}

// Pusher takes what a network delivers by itself, to the address [Env.Hook].
//
// Push verifies and reads one delivery. What the batch holds is stored before the answer is sent; its cursor fields do not count, for
// a push moves no cursor. An error that wraps [desk.ErrDenied] is a delivery that cannot be proved to come from the network.
type Pusher interface {
	Push(ctx context.Context, d Delivery) (Batch, Answer, error)
}

// Delivery is a request that a network made to us.
type Delivery struct {
	Method string
	Header http.Header
	Query  url.Values
	Body   []byte // whole; longer ones are refused before
	At     time.Time
}

// Answer is what a network is told about its delivery. The zero Answer is 204 without a body.
type Answer struct {
	Status int
	Type   string // of the content
	Body   []byte
}

// Purse knows what a source has spent at its network, and takes what it spends outside of its polls; a poll tells its cost in
// [Batch.Spend].
type Purse interface {
	Spent(ctx context.Context, since time.Time) (Spend, error) // since a moment, to the hour
	Pay(ctx context.Context, s Spend) error
}

// Env is what a connector gets to work with. It holds no other state between polls than what it puts into its cursor.
type Env struct {
	Source  desk.Source
	Log     *slog.Logger // for what is odd but no error; errors are returned, not logged
	Read    *http.Client // retries, honours Retry-After, limits sizes, refuses private addresses unless allowed
	Publish *http.Client // never retries
	Now     func() time.Time
	Account *Account // nil when the source names none
	Purse   Purse
	Dir     string // folder of the configuration file; relative paths start here
	Agent   string // User-Agent

	Hook    string      // address at which the network reaches this source; empty when the desk has no public address
	HookKey desk.Secret // of this source alone, the same after every start: to sign subscriptions with
}

// Account is the public identity that a source speaks as.
type Account struct {
	Name   string
	Kind   string
	Server string      // base URL, where the network has many
	Handle string      // without @
	Secret desk.Secret // token, app password or key, as configured; empty where consent gives the tokens
	Keys   Keys        // what calls are made with; see [Login]

	ClientID     string // of the app that is registered at the network, where it wants one
	ClientSecret desk.Secret
}

// Keys give an account's present grant to those who call its network. They refresh it in time, one at a time over all processes.
type Keys interface {
	// Grant returns a grant whose access is good for a minute at least. The error wraps [desk.ErrDenied], with a sentence, when only
	// a person can help.
	Grant(ctx context.Context) (desk.Grant, error)
	// Refused says that the network did not take a grant, and returns another one or the error of [Keys.Grant].
	Refused(ctx context.Context, old desk.Grant) (desk.Grant, error)
}

// Spec describes a kind of connector: all that must be known without making one.
type Spec struct {
	Kind     string // the word after `kind:` in the configuration
	Title    string // as people call it, in lists; the kind when empty
	Group    Group  // among which others lists show it; [GroupOther] when empty
	Summary  string // one line
	Sample   string // commented YAML of one source, the connector's documentation
	Caps     Capabilities
	Login    *Login // how its accounts come to their grants; nil when the configured token is what calls carry
	Rechecks int    // how many mentions one Recheck takes; 0 when the kind has no Rechecker
	Options  any    // pointer to a zero options struct: names, types, defaults and comments of its settings become the JSON Schema

	// New makes a connector. decode fills the options struct strictly. New checks the settings and does no I/O.
	New func(env Env, decode func(options any) error) (Connector, error)
}

// Certainty says how sure a network makes it that a reply becomes public once.
type Certainty string

// The certainties, from best to worst.
const (
	CertainReal     Certainty = "real"      // the network drops the second of two equal requests, for ever
	CertainWindow   Certainty = "window"    // it does so for a while
	CertainUpsert   Certainty = "upsert"    // one reply per mention: the second replaces the first
	CertainReadBack Certainty = "read-back" // nothing but looking whether it is there
	CertainBlind    Certainty = "blind"     // nobody can look: after a lost answer a person must say whether it is there
	CertainNone     Certainty = "none"      // cannot reply
)

// Capabilities tells honestly what a kind of connector can do. The board, the composer, the command line and the docs read it.
type Capabilities struct {
	Polls      bool          `json:"polls"`
	Replies    bool          `json:"replies"`
	Many       bool          `json:"many"` // several replies to one mention
	Edit       bool          `json:"edit"`
	Delete     bool          `json:"delete"`
	Limit      int           `json:"limit"`      // longest reply; 0 when there is no limit or no reply
	Counts     string        `json:"counts"`     // how Limit counts: graphemes, bytes, utf16, weighted
	Certainty  Certainty     `json:"certainty"`  // of replies
	Resend     time.Duration `json:"resend"`     // with CertainWindow: for how long after the first call the same reply may be sent again
	Delay      time.Duration `json:"delay"`      // until a reply can be read back
	Moderates  bool          `json:"moderates"`  // the site checks replies before it shows them, or may reject them
	Window     time.Duration `json:"window"`     // after which data cannot be had any more; 0 when it stays
	Cost       string        `json:"cost"`       // a sentence; empty when free
	Currency   string        `json:"currency"`   // in which Spend.Micros counts, as people write it; empty where nothing is paid
	NoTraining bool          `json:"noTraining"` // its terms forbid learning from its texts
	SeesEdits  bool          `json:"seesEdits"`
	SeesGone   bool          `json:"seesGone"`
	Forgets    bool          `json:"forgets"` // its terms want that what is removed there is removed here
	Pushes     bool          `json:"pushes"`  // it can deliver by itself
}
