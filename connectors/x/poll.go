package x

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
}

// line is where one list stands. The newest id of a walk's first page becomes the next Since, and only when the walk came to its end.
type line struct {
	Since string `json:"since,omitempty"` // everything up to this id was told
	OK    int64  `json:"ok,omitempty"`    // when the last walk began that came to its end, ms since 1970
	Began int64  `json:"began,omitempty"` // of the walk under way, ms
	Start int64  `json:"start,omitempty"` // it goes back to this moment, where there is no Since, ms
	Token string `json:"token,omitempty"` // of its next page
	First string `json:"first,omitempty"` // the newest id of its first page
}

// walk is one poll.
type walk struct {
	c     *Connector
	at    place
	batch connectors.Batch
	left  int64 // money for reads, before this poll
}

// Poll reads the mentions of the account, then what the search finds.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	w := &walk{c: c}
	if since != "" {
		if err := json.Unmarshal([]byte(since), &w.at); err != nil {
			return connectors.Batch{Next: since}, errors.New("the cursor of this source cannot be read")
		}
	}
	err := w.run(ctx)
	next, bad := json.Marshal(w.at)
	if bad != nil {
		return connectors.Batch{Next: since}, fmt.Errorf("writing the cursor: %w", bad)
	}
	w.batch.Next = connectors.Cursor(next)
	return w.batch, err
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
	if err := w.list(ctx, &w.at.Mentions, "/2/users/"+url.PathEscape(w.at.Me.ID)+"/mentions", "pagination_token", url.Values{}, 5); err != nil {
		return err
	}
	if w.c.opt.Query == "" {
		return nil
	}
	q := url.Values{"query": {w.c.opt.Query}, "sort_order": {"recency"}}
	return w.list(ctx, &w.at.Search, "/2/tweets/search/recent", "next_token", q, 10)
}

// list walks a list from the top down to where the last walk began. Fewest is the smallest page that X gives.
func (w *walk) list(ctx context.Context, l *line, path, token string, q url.Values, fewest int64) error {
	if l.Began == 0 {
		w.begin(l)
	}
	for range pagesAPoll {
		n := min(100, (w.left-w.batch.Spend.Micros)/w.c.each(l == &w.at.Mentions))
		if n < fewest {
			return w.c.usedUp()
		}
		p, err := w.c.page(ctx, path, l.ask(q, token, n))
		switch {
		case errors.Is(err, desk.ErrInvalid) && l.Token != "": // X knows the page no more
			w.begin(l)
			w.batch.More = true
			return nil
		case errors.Is(err, desk.ErrInvalid) && l.Since != "": // or the id is too old for it
			l.Since = ""
			w.begin(l)
			w.batch.More = true
			return nil
		case err != nil:
			return err
		}
		w.batch.Spend.Micros += w.c.cost(p, l == &w.at.Mentions)
		w.tell(p)
		l.First = cmp.Or(l.First, p.newest())
		if p.Meta.Next == "" || p.Meta.Next == l.Token {
			*l = line{Since: cmp.Or(l.First, l.Since), OK: l.Began}
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
func (l *line) ask(q url.Values, token string, n int64) url.Values {
	all := url.Values{"max_results": {strconv.FormatInt(n, 10)}}
	for name, values := range q {
		all[name] = values
	}
	if l.Since != "" {
		all.Set("since_id", l.Since)
	} else {
		all.Set("start_time", time.UnixMilli(l.Start).UTC().Format(time.RFC3339))
	}
	if l.Token != "" {
		all.Set(token, l.Token)
	}
	return all
}

// page reads a page of posts with what the settings ask for.
func (c *Connector) page(ctx context.Context, path string, q url.Values) (*page, error) {
	if q = c.fields(q); c.opt.Authors {
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

// author finds who wrote a post among those that came with it.
func (p *page) author(id string) desk.Author {
	if i := slices.IndexFunc(p.Includes.Users, func(u user) bool { return u.ID == id }); i >= 0 && id != "" {
		return p.Includes.Users[i].author()
	}
	return desk.Author{ID: desk.RemoteID(word(id))}
}

func (p *post) mention(me self, author desk.Author, now time.Time) desk.Mention {
	m := desk.Mention{
		Site: site, Remote: desk.RemoteID(p.origin()), Kind: desk.KindPost, Thread: desk.RemoteID(word(p.Conversation)),
		Parent: desk.RemoteID(p.ref("replied_to")), Author: author, Anonymous: author.ID == "" && author.Handle == "",
		Text: p.words(), URL: address(cmp.Or(author.Handle, "i"), p.ID), PostedAt: p.Created.UTC(),
		Visibility: desk.Public, Ours: me.ID != "" && string(author.ID) == me.ID, Extra: map[string]string{}, Raw: p.raw,
		Counts: desk.Counts{
			Likes: max(0, p.Metrics.Likes), Replies: max(0, p.Metrics.Replies), Views: max(0, p.Metrics.Views),
			Shares: max(0, p.Metrics.Reposts, p.Metrics.Shares) + max(0, p.Metrics.Quotes),
		},
	}
	if m.PostedAt.After(now) {
		m.PostedAt = now.UTC()
	}
	if m.Parent != "" {
		m.Kind = desk.KindComment
	}
	if len(p.Language) == 2 {
		m.Language = word(p.Language)
	}
	if p.ID != p.origin() { // an edit has an id of its own
		m.EditedAt, m.Extra["id"] = m.PostedAt, p.ID
	}
	if how := p.summons(me); how != "" {
		m.Extra["summons"] = how
	}
	if quoted := p.ref("quoted"); quoted != "" {
		m.Extra["quotes"] = quoted
	}
	return m
}
