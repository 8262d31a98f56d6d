package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	perPage      = 100
	pagesPerPoll = 5           // fetched in one poll before the batch is stored
	overlap      = time.Minute // looked at again: changes may appear late
)

// Poll reads every list of the source.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	var lists connectors.Lists
	for _, repo := range c.opt.Repos {
		issues := c.rest + "/repos/" + repo + "/issues"
		lists = append(lists,
			connectors.List{Name: "issues " + repo, Poll: c.forward(issues, "all")},
			connectors.List{Name: "comments " + repo, Poll: c.forward(issues+"/comments", "")})
		if c.opt.Discussions {
			lists = append(lists, connectors.List{Name: "discussions " + repo, Poll: c.discussions(repo)})
		}
	}
	for _, q := range c.opt.Search {
		lists = append(lists, connectors.List{Name: "search " + q, Poll: c.search(q)})
	}
	return lists.Poll(ctx, since)
}

// steps is how far a list has been read forward.
type steps struct {
	connectors.Seen
	Walking bool   `json:"walking,omitempty"` // the end was not reached
	Address string `json:"for,omitempty"`     // of the last page, and the tag with which it need not be sent again
	Tag     string `json:"tag,omitempty"`
}

// forward reads a list by the moment of the last change, oldest first. It never turns pages by number while it can go on from the
// newest moment instead: what changes meanwhile moves to the end, and would move others past the page that is read next.
func (c *Connector) forward(path, state string) func(context.Context, connectors.Cursor) (connectors.Batch, error) {
	return func(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
		var at steps
		if err := since.Resume(&at); err != nil {
			return connectors.Batch{Next: since}, err
		}
		var out connectors.Batch
		q := url.Values{"sort": {"updated"}, "direction": {"asc"}, "per_page": {strconv.Itoa(perPage)}}
		if state != "" {
			q.Set("state", state)
		}
		err := c.walk(ctx, path, q, &at, &out)
		out.More = at.Walking && err == nil
		return out.At(at, since, err)
	}
}

func (c *Connector) walk(ctx context.Context, path string, q url.Values, at *steps, out *connectors.Batch) error {
	from := at.Newest()
	switch {
	case from.IsZero() && c.opt.History > 0:
		from = c.now().UTC().Add(-c.opt.History.Std()).Truncate(time.Minute)
	case !from.IsZero() && !at.Walking:
		from = from.Add(-overlap)
	}
	at.Walking = true
	address := ""
	for range pagesPerPoll {
		if address == "" {
			if !from.IsZero() {
				q.Set("since", from.Format(time.RFC3339))
			}
			address = path + "?" + q.Encode()
		}
		condition := map[string]string{}
		if address == at.Address && at.Tag != "" {
			condition["If-None-Match"] = at.Tag
		}
		r, err := c.api.AskWith(ctx, address, nil, condition)
		if err != nil {
			return err
		}
		if r.Status == http.StatusNotModified {
			at.Walking = false
			return nil
		}
		if err := c.take(r.Body, from, at, out); err != nil {
			return err
		}
		next := nextPage(r.Header)
		if next == "" {
			at.Walking, at.Address, at.Tag = false, address, r.Header.Get("ETag")
			if newest := at.Newest(); !newest.IsZero() {
				at.Settle(newest.Add(-2 * overlap))
			}
			return nil
		}
		address = next // all of one moment
		if newest := at.Newest(); newest.After(from) {
			from, address = newest, ""
		}
	}
	return nil
}

// take tells what is new on a page.
func (c *Connector) take(body []byte, from time.Time, at *steps, out *connectors.Batch) error {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) != nil || foreign(list) {
		return errors.New("the server does not answer as GitHub does")
	}
	for _, raw := range list {
		t, m, ok := c.read(raw)
		switch {
		case !ok:
			odd := connectors.Odd(desk.RemoteID(t.Node), t.Updated, "this item is not in the form that GitHub documents", raw)
			if at.Tell(odd.ID, latest(from, t.Updated), "odd") {
				out.Poison = append(out.Poison, *odd.Poison)
			}
		case !c.wanted(&m):
		case at.Tell(m.Remote, t.Updated, mark(m)):
			out.Mentions = append(out.Mentions, m)
		}
	}
	return nil
}

// foreign tells a list of something else altogether from one with a bad item in it.
func foreign(list []json.RawMessage) bool {
	for _, raw := range list {
		if bytes.HasPrefix(raw, []byte("{")) {
			return false
		}
	}
	return len(list) > 0
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// mark changes with what is told of an item: its words, its state, its labels.
func mark(m desk.Mention) string {
	m.Text += "\n" + m.Extra["state"] + "\n" + m.Extra["labels"]
	return m.Digest()
}

// wanted tells whether an item is to be told: not one without words, and pull requests only when asked for.
func (c *Connector) wanted(m *desk.Mention) bool {
	return m.Words() != "" && (c.opt.Pulls || !strings.Contains(m.URL, "/pull/"))
}

// search reads a search over all issues, the latest change first. GitHub gives the first thousand.
func (c *Connector) search(words string) func(context.Context, connectors.Cursor) (connectors.Batch, error) {
	page := func(ctx context.Context, token string) (connectors.Page, error) {
		q := url.Values{"q": {words}, "sort": {"updated"}, "order": {"desc"}, "per_page": {strconv.Itoa(perPage)}}
		n := 1
		if token != "" {
			q.Set("page", token)
			n, _ = strconv.Atoi(token)
		}
		var found struct {
			Items []json.RawMessage `json:"items"`
		}
		if err := c.api.Get(ctx, c.rest+"/search/issues", q, &found); err != nil {
			return connectors.Page{}, err
		}
		if found.Items == nil {
			return connectors.Page{}, errors.New("the server does not answer as GitHub does")
		}
		var out connectors.Page
		for _, raw := range found.Items {
			t, m, ok := c.read(raw)
			switch {
			case !ok:
				out.Items = append(out.Items, connectors.Odd(desk.RemoteID(t.Node), t.Updated, "this item is not in the form that GitHub documents", raw))
			case c.wanted(&m):
				out.Items = append(out.Items, connectors.Item{ID: m.Remote, At: t.Updated, Tell: []desk.Mention{m}})
			}
		}
		if len(found.Items) >= perPage && n < 1000/perPage {
			out.Next = strconv.Itoa(n + 1)
		}
		return out, nil
	}
	return connectors.Backward{Page: page, History: c.opt.History.Std(), Now: c.now}.Poll
}
