package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Options is everything a [Server] needs. Store, Work, Log and Now must be set.
type Options struct {
	Store Store
	Work  Work

	Desk     string                                     // name of the desk, in titles; "Earshot" when empty
	BaseURL  string                                     // where people reach the desk, without a trailing slash; "" takes the request's host
	Brands   []desk.Brand                               // as configured
	Topics   []string                                   // names, for the filter
	Workflow desk.Workflow                              // what the pages must say about approval and undo
	Kinds    func() []Kind                              // the connectors of this build, by name
	Limit    func(site desk.Site, account string) Limit // what an answer there may be; nil means no limit known

	Wake    <-chan struct{}                                    // hint that something was committed in this process; may be nil
	Ready   func(context.Context) error                        // nil when the desk can work; the error's sentence is shown on /readyz
	Metrics http.Handler                                       // served as /metrics; nil serves the web's own numbers alone
	Observe func(route string, status int, took time.Duration) // called once for every request; may be nil

	Secure bool // the browser comes over TLS: cookies say so, HSTS is sent
	Dev    bool // read templates and static files from Dir at each request
	Dir    string

	Log *slog.Logger
	Now func() time.Time
}

// Kind describes one kind of connector for the capabilities page.
type Kind struct {
	Kind, Summary string
	Polls         bool
	Replies       bool
	Many          bool // several replies to one mention
	Edit, Delete  bool
	Limit         int    // longest reply; 0 when there is no limit or no reply
	Counts        string // how Limit counts: graphemes, bytes, utf16, weighted
	Certainty     string // real, window, upsert, read-back, none
	Delay         time.Duration
	Window        time.Duration
	Cost          string
	NoTraining    bool
	SeesEdits     bool
	SeesGone      bool
}

// Limit says what an answer may be on a site.
type Limit struct {
	Max     int                   // 0 means none
	Counts  string                // the unit's name as in [Kind].Counts
	Length  func(text string) int // counts as the network does; nil counts graphemes
	Replies bool                  // false: the site takes no answers
	Why     string                // a sentence when Replies is false
}
