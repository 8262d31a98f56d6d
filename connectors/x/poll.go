package x

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	pagesAPoll = 5                // of each list, before the batch is stored
	slack      = 10 * time.Minute // looked at again where a moment has to stand for an id
)

// place is what a cursor holds.
type place struct {
	Me       self `json:"me,omitzero"`
	Mentions line `json:"mentions,omitzero"`
	Search   line `json:"search,omitzero"`
	Own      line `json:"own,omitzero"`
}

// line is where one list stands. The newest id of a walk's first page becomes the next Since, and only when the walk came to its end.
type line struct {
	Since string `json:"since,omitempty"` // everything up to this id was told
	OK    int64  `json:"ok,omitempty"`    // when the last walk began that came to its end, ms since 1970
	Began int64  `json:"began,omitempty"` // of the walk under way, ms
	Start int64  `json:"start,omitempty"` // it goes back to this moment, where there is no Since, ms
	Token string `json:"token,omitempty"` // of its next page
	First string `json:"first,omitempty"` // the newest id of its first page
	Again bool   `json:"again,omitempty"` // it began anew because X knew a page no more; a second time would cost for ever
}

// walk is one poll.
type walk struct {
	c     *Connector
	at    place
	batch connectors.Batch
	left  int64 // money for reads, before this poll
}

// list is one of the lists that are read.
type list struct {
	*line
	path    string
	q       url.Values
	token   string // name of the parameter for a page
	fewest  int64  // posts on the smallest page that X gives
	owned   bool   // cheaper for the owner of the app
	authors bool
}

// Poll reads the mentions of the account, what it posted itself, then what the search finds.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	w := &walk{c: c}
	if err := since.Resume(&w.at); err != nil {
		return connectors.Batch{Next: since}, err
	}
	err := w.run(ctx)
	return w.batch.At(w.at, since, err)
}

func (w *walk) run(ctx context.Context) error {
	var err error
	if w.left, err = w.c.left(ctx, w.c.forReads()); err != nil {
		return err
	}
	if w.at.Me.ID == "" {
		if w.left < priceUser {
			return w.c.usedUp()
		}
		me, cost, err := w.c.me(ctx)
		if err != nil {
			return err
		}
		w.at.Me, w.batch.Spend.Micros = me, cost
	}
	user, authors := "/2/users/"+url.PathEscape(w.at.Me.ID), w.c.opt.Authors
	err = w.list(ctx, list{&w.at.Mentions, user + "/mentions", nil, "pagination_token", 5, true, authors})
	if err == nil && w.c.opt.Own {
		err = w.list(ctx, list{&w.at.Own, user + "/tweets", url.Values{"exclude": {"retweets"}}, "pagination_token", 5, true, false})
	}
	if err == nil && w.c.opt.Query != "" {
		q := url.Values{"query": {w.c.opt.Query}, "sort_order": {"recency"}}
		err = w.list(ctx, list{&w.at.Search, "/2/tweets/search/recent", q, "next_token", 10, false, authors})
	}
	return err
}

// list walks a list from the top down to where the last walk began.
func (w *walk) list(ctx context.Context, l list) error {
	if l.Began == 0 {
		w.begin(l.line)
	}
	for range pagesAPoll {
		n := min(100, (w.left-w.batch.Spend.Micros)/w.c.each(l.owned, l.authors))
		if n < l.fewest {
			return w.c.usedUp()
		}
		p, err := w.c.page(ctx, l.path, l.ask(n), l.authors)
		switch {
		case errors.Is(err, desk.ErrInvalid) && l.Token != "" && !l.Again: // X knows the page no more
			w.begin(l.line)
			l.Again, w.batch.More = true, true
			return nil
		case errors.Is(err, desk.ErrInvalid) && l.Token == "" && l.Since != "": // or the id is too old for it
			l.Since = ""
			w.begin(l.line)
			w.batch.More = true
			return nil
		case err != nil:
			return err
		}
		w.batch.Spend.Micros += w.c.cost(p, l.owned)
		w.tell(p)
		l.First = cmp.Or(l.First, p.newest())
		if p.Meta.Next == "" || p.Meta.Next == l.Token {
			*l.line = line{Since: cmp.Or(l.First, l.Since), OK: l.Began}
			return nil
		}
		l.Token = p.Meta.Next
	}
	w.batch.More = true
	return nil
}

// begin starts a walk at the top. Without an id to go back to it goes back to a moment, and says what X gives no more.
func (w *walk) begin(l *line) {
	now := w.c.now()
	last := time.UnixMilli(l.OK)
	floor := now.Add(-window + slack)
	if l.OK > 0 && last.Before(floor) && l == &w.at.Search {
		l.Since = "" // X would not take it
		w.batch.Gap = &connectors.Gap{Since: last.UTC(), Note: "X gives what is older than 7 days no more, and the last complete poll was longer ago."}
	}
	*l = line{Since: l.Since, OK: l.OK, Began: now.UnixMilli()}
	switch {
	case l.Since != "":
	case l.OK == 0:
		l.Start = now.Add(-w.c.opt.History.Std()).UnixMilli()
	case l == &w.at.Search:
		l.Start = max(last.Add(-slack).UnixMilli(), floor.UnixMilli())
	default:
		l.Start = last.Add(-slack).UnixMilli()
	}
}

// ask is the query of the walk's next page.
func (l list) ask(n int64) url.Values {
	all := url.Values{"max_results": {strconv.FormatInt(n, 10)}}
	for name, values := range l.q {
		all[name] = values
	}
	if l.Since != "" {
		all.Set("since_id", l.Since)
	} else {
		all.Set("start_time", time.UnixMilli(l.Start).UTC().Format(time.RFC3339))
	}
	if l.Token != "" {
		all.Set(l.token, l.Token)
	}
	return all
}

// page reads a page of posts with what the settings ask for.
func (c *Connector) page(ctx context.Context, path string, q url.Values, authors bool) (*page, error) {
	if q = c.fields(q); authors {
		q.Set("expansions", "author_id")
		q.Set("user.fields", "name,username,public_metrics")
	}
	var p page
	if err := c.api.Get(ctx, path, q, &p); err != nil {
		return nil, err
	}
	if p.Meta == nil {
		return nil, errors.New("the list that X answered lacks its meta")
	}
	return &p, nil
}

// tell adds the posts of a page to the batch, each once. Reposts say nothing of their own.
func (w *walk) tell(p *page) {
	for _, raw := range p.Data {
		one, err := readPost(raw)
		if err != nil {
			w.batch.Poison = append(w.batch.Poison, desk.Poison{Raw: raw, Err: err.Error()})
			continue
		}
		m := one.mention(w.at.Me, p.author(one.Author), w.c.now())
		same := func(other desk.Mention) bool { return other.Remote == m.Remote }
		if one.ref("retweeted") == "" && !slices.ContainsFunc(w.batch.Mentions, same) {
			w.batch.Mentions = append(w.batch.Mentions, m)
		}
	}
}

// newest is the id up to which a page tells everything.
func (p *page) newest() string {
	newest := word(p.Meta.Newest)
	if newest != "" {
		return newest
	}
	for _, raw := range p.Data {
		one, err := readPost(raw)
		if err == nil && (len(one.ID) > len(newest) || len(one.ID) == len(newest) && one.ID > newest) {
			newest = one.ID
		}
	}
	return newest
}
