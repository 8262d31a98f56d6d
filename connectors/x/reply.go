package x

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

const mostPages = 10 // of the account's posts that reading back goes through

// Reply answers a post whose author asked for it.
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.account, capabilities(), out); err != nil {
		return desk.Receipt{}, err
	}
	if err := c.summoned(ctx, out); err != nil {
		return desk.Receipt{}, err
	}
	left, err := c.left(ctx, c.micros())
	if err != nil {
		return desk.Receipt{}, err
	}
	if left < pricePost+priceSummons {
		return desk.Receipt{}, desk.Deniedf("the budget of %s US$ a month for X is used up, and a reply costs %s; raise budget, answer on X itself, or wait until %s",
			dollars(c.micros()), dollars(pricePost+priceSummons), c.next().Format("2 January"))
	}
	if err := c.stands(ctx, out.Parent); err != nil {
		return desk.Receipt{}, err
	}
	var said struct {
		Data post `json:"data"`
	}
	body := map[string]any{"text": out.Text, "reply": map[string]string{"in_reply_to_tweet_id": latest(out.Parent)}}
	err = c.api.Send(ctx, "POST", "/2/tweets", nil, body, &said)
	if err == nil && word(said.Data.ID) == "" {
		err = &desk.Unknown{Err: errors.New("the network took it and does not say which post came of it")}
	}
	if _, unknown := errors.AsType[*desk.Unknown](err); err == nil || unknown {
		c.pay(ctx, priceSummons)
	}
	if forbidden(err) {
		return desk.Receipt{}, fmt.Errorf("answering (X takes replies of programs only to who mentioned or quoted the account): %w", err)
	}
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("answering: %w", err)
	}
	return c.receipt(word(said.Data.ID), c.now().UTC()), nil
}

// forbidden tells X's refusal of a reply from other refusals, such as that of a token.
func forbidden(err error) bool {
	if no, ok := errors.AsType[*fetch.Refusal](err); ok {
		return no.Class == fetch.Forbidden
	}
	status, ok := errors.AsType[*fetch.StatusError](err)
	return ok && status.Status == http.StatusForbidden
}

// summoned refuses a reply that nobody asked for, as X does since 2026-02-23.
func (c *Connector) summoned(ctx context.Context, out desk.Outgoing) error {
	if out.Parent.Extra["summons"] != "" {
		return nil
	}
	if one, err := readPost(out.Parent.Raw); err == nil {
		g, err := c.account.Keys.Grant(ctx)
		if err != nil {
			return fmt.Errorf("looking whose account it is: %w", err)
		}
		me := self{ID: g.Extra["id"].Reveal(), Handle: cmp.Or(g.Extra["username"].Reveal(), desk.CleanHandle(c.account.Handle))}
		if one.summons(me) != "" {
			return nil
		}
	}
	price := int64(priceCreate)
	if slices.ContainsFunc(text.Tokens(out.Text), func(t text.Token) bool { return t.Kind == text.URL }) {
		price = priceLink
	}
	return desk.Deniedf("X takes replies of programs only to who mentioned the account or quoted a post of it, and this author did neither; answer on X itself (through the API it would be refused, or cost %s US$)", dollars(price))
}

// stands looks whether the parent is still there. Whatever its error, nothing has left.
func (c *Connector) stands(ctx context.Context, parent desk.Mention) error {
	id := latest(parent)
	var p page
	if err := c.api.Look(ctx, "/2/tweets", url.Values{"ids": {id}}, &p); err != nil {
		return fmt.Errorf("looking at the post that this answers: %w", err)
	}
	c.pay(ctx, int64(len(p.Data))*pricePost)
	if slices.ContainsFunc(p.Errors, problem.gone) {
		return fmt.Errorf("the post that this answers is no longer there, or no longer public: %w", desk.ErrGone)
	}
	if len(p.Data) == 0 {
		return &desk.Transient{Err: errors.New("looking at the post that this answers: X says nothing about it")}
	}
	return nil
}

func (c *Connector) receipt(id string, at time.Time) desk.Receipt {
	handle := cmp.Or(desk.CleanHandle(c.account.Handle), "i")
	return desk.Receipt{Remote: desk.RemoteID(id), URL: address(handle, id), At: at, Visibility: desk.VisiblePublic}
}

// Find looks for the reply among the account's own posts since the first call. X puts the names of those who are answered before the
// words, and its own links in place of others, so words are compared without either.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	not := desk.Found{Finding: desk.FoundNot}
	me, cost, err := c.me(ctx)
	c.pay(ctx, cost)
	if err != nil {
		return not, fmt.Errorf("reading replies back: %w", err)
	}
	wanted := out
	wanted.Text = bare(out.Text)
	q := c.fields(url.Values{"max_results": {"100"}})
	if out.StartedAt.IsZero() {
		q.Set("since_id", latest(out.Parent))
	} else {
		q.Set("start_time", out.StartedAt.Add(-slack).UTC().Format(time.RFC3339))
	}
	sure := true
	for range mostPages {
		var p page
		if err := c.api.Get(ctx, "/2/users/"+url.PathEscape(me.ID)+"/tweets", q, &p); err != nil {
			return not, fmt.Errorf("reading replies back: %w", err)
		}
		c.pay(ctx, c.cost(&p, true))
		for _, raw := range p.Data {
			one, err := readPost(raw)
			if err != nil {
				sure = false
				continue
			}
			under := one.ref("replied_to")
			if under != "" && (under == latest(out.Parent) || under == string(out.Parent.Remote)) &&
				connectors.IsReply(wanted, desk.RemoteID(one.origin()), bare(one.words()), one.Created) {
				return desk.Found{Finding: desk.FoundIt, Receipt: c.receipt(one.origin(), one.Created.UTC())}, nil
			}
		}
		if p.Meta == nil {
			return not, errors.New("reading replies back: X answered a list without its meta")
		}
		if p.Meta.Next == "" && sure {
			return desk.Found{Finding: desk.FoundAbsent}, nil
		}
		if p.Meta.Next == "" {
			return not, nil
		}
		q.Set("pagination_token", p.Meta.Next)
	}
	return not, nil
}

// spoken returns words without the handles before them, which X puts there and does not show.
func spoken(s string) string {
	for {
		first, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
		if !strings.HasPrefix(first, "@") || rest == "" {
			return strings.TrimSpace(s)
		}
		s = rest
	}
}

// bare returns words without the handles before them and without links.
func bare(s string) string {
	s = spoken(s)
	var b strings.Builder
	at := 0
	for _, t := range text.Tokens(s) {
		if t.Kind == text.URL {
			b.WriteString(s[at:t.From] + " ")
			at = t.To
		}
	}
	return b.String() + s[at:]
}

// Delete removes a reply. One that is gone already counts as removed. It is done whatever the budget says.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, r desk.Receipt) error {
	var done struct {
		Data struct {
			Deleted bool `json:"deleted"`
		} `json:"data"`
	}
	err := c.api.Send(ctx, "DELETE", "/2/tweets/"+url.PathEscape(string(r.Remote)), nil, nil, &done)
	if err == nil {
		c.pay(ctx, priceDelete)
		if !done.Data.Deleted {
			err = errors.New("the network says that it did not")
		}
	}
	return connectors.Deleted(err)
}

// Thread searches for the posts of a conversation in the last 7 days, oldest first, as far as the money for reads goes.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	left, err := c.left(ctx, c.forReads())
	if err != nil {
		return nil, err
	}
	n := min(50, left/c.each(false, c.opt.Authors))
	if n < 10 {
		return nil, c.usedUp()
	}
	me, cost, err := c.me(ctx)
	c.pay(ctx, cost)
	if err != nil {
		return nil, err
	}
	q := url.Values{"query": {"conversation_id:" + cmp.Or(string(m.Thread), string(m.Remote))}, "max_results": {fmt.Sprint(n)}}
	p, err := c.page(ctx, "/2/tweets/search/recent", q, c.opt.Authors)
	if err != nil {
		return nil, err
	}
	c.pay(ctx, c.cost(p, false))
	w := walk{c: c, at: place{Me: me}}
	w.tell(p)
	slices.SortStableFunc(w.batch.Mentions, func(a, b desk.Mention) int { return a.PostedAt.Compare(b.PostedAt) })
	return w.batch.Mentions, nil
}
