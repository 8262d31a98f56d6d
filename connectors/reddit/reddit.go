// Package reddit reads and answers on Reddit: searches, subreddits, what comes into our inbox, and what we say there ourselves.
//
// Lists are walked from the newest thing back to where the last walk began (https://www.reddit.com/dev/api). Reddit drops no reply that is
// sent twice, so one whose outcome did not arrive is looked for among our own comments. Its terms want that what is deleted there is
// forgotten here, and that nobody learns from its texts; the capabilities say both.
//
// It promises that nothing is said below what is deleted, locked or archived.
package reddit

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// site is the one site of this kind.
const site desk.Site = "reddit"

// Where Reddit is: pages and consent, and the interface for those who have a token.
const (
	webServer = "https://www.reddit.com"
	apiServer = "https://oauth.reddit.com"
)

// Options are the settings of a source of kind reddit.
type Options struct {
	Queries    []string      `yaml:"queries" doc:"Searches over the posts of all of Reddit, in its own words; comments cannot be searched."`
	Subreddits []string      `yaml:"subreddits" doc:"Subreddits whose new posts and comments are read, without r/."`
	Words      []string      `yaml:"words" doc:"Keep of the subreddits only what has one of these in it; a * at its end stands for every ending. Everything when absent."`
	Inbox      bool          `yaml:"inbox" default:"true" doc:"Read the account's inbox: answers to us and mentions of our user. Private messages are left there."`
	History    desk.Duration `yaml:"history" default:"7d" min:"0s" doc:"How far back the first poll reads."`
	Server     string        `yaml:"server" default:"https://oauth.reddit.com" doc:"Address of the interface."`
}

// Connector reads and answers for one source.
type Connector struct {
	api     *fetch.API
	opt     Options
	words   []text.Phrase
	account *connectors.Account
	now     func() time.Time
}

var subredditName = regexp.MustCompile(`^[A-Za-z0-9_]{2,24}$`)

// New makes the connector of a source. It does no I/O.
func New(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	opt := Options{Inbox: true, History: desk.Duration(7 * 24 * time.Hour), Server: apiServer}
	if err := decode(&opt); err != nil {
		return nil, err
	}
	switch {
	case env.Account == nil || desk.CleanHandle(env.Account.Handle) == "":
		return nil, desk.Invalidf("Reddit is read with an account only: the source must name one, with its handle")
	case len(opt.Queries) == 0 && len(opt.Subreddits) == 0 && !opt.Inbox:
		return nil, desk.Invalidf("queries, subreddits or inbox must name something to read")
	case opt.History < 0:
		return nil, desk.Invalidf("history must not be negative")
	}
	base, err := connectors.Address("server", opt.Server, apiServer)
	if err != nil {
		return nil, err
	}
	c := &Connector{opt: opt, account: env.Account, now: env.Now}
	for i, s := range opt.Subreddits {
		opt.Subreddits[i] = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(s), "/"), "r/")
		if !subredditName.MatchString(opt.Subreddits[i]) {
			return nil, desk.Invalidf("subreddits takes names such as hungary, not %q", s)
		}
	}
	for _, w := range opt.Words {
		c.words = append(c.words, text.NewPhrase(w))
	}
	c.api = &fetch.API{
		Base: base.String(), Read: env.Read, Publish: env.Publish, Now: env.Now, Refuse: refuse,
		Header: map[string]string{"User-Agent": agent(env.Account, env.Agent)}, Sign: fetch.Bearer(env.Account.Grants()),
	}
	return c, nil
}

// agent names us as Reddit demands it of every client: platform, app, version, and who runs it. Others are throttled.
func agent(a *connectors.Account, ours string) string {
	app, version := "earshot", "v1"
	if a.ClientID != "" {
		app += "." + a.ClientID
	}
	if _, rest, ok := strings.Cut(ours, "/"); ok && strings.TrimSpace(rest) != "" {
		version = "v" + strings.TrimPrefix(strings.Fields(rest)[0], "v")
	}
	return "server:" + app + ":" + version + " (by /u/" + desk.CleanHandle(a.Handle) + ")"
}

// Site returns the one site of this kind.
func (c *Connector) Site() desk.Site { return site }

// Check asks whose the grant is.
func (c *Connector) Check(ctx context.Context) error {
	var me struct {
		Name string `json:"name"`
	}
	if err := c.api.Get(ctx, "/api/v1/me", nil, &me); err != nil {
		return err
	}
	return sameUser(me.Name, c.handle())
}

func sameUser(got, want string) error {
	if !strings.EqualFold(got, want) {
		return desk.Invalidf("the account is connected as u/%s, but its handle is %q", text.Cut(text.Storable(got), 40), want)
	}
	return nil
}

func (c *Connector) handle() string { return desk.CleanHandle(c.account.Handle) }

// wanted tells whether something of a subreddit is to be kept. What we say ourselves always is.
func (c *Connector) wanted(m *desk.Mention) bool {
	if len(c.words) == 0 || m.Ours {
		return true
	}
	folded := []byte(text.Fold(m.Words()))
	return slices.ContainsFunc(c.words, func(w text.Phrase) bool { return w.In(folded) })
}
