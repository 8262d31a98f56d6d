package mastodon

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	pagesPerPoll = 5  // then the batch is stored before the next is fetched
	maxTrail     = 20 // mentions that every poll looks at again
	maxRoots     = 20 // conversations whose beginning one poll asks for
)

// place is what a cursor holds.
type place struct {
	Trail []mark                       `json:"trail,omitempty"` // the newest notifications told, oldest first
	Back  string                       `json:"back,omitempty"`  // where the first walk into the past goes on
	Lists map[string]connectors.Cursor `json:"lists,omitempty"` // of tags and searches
}

// mark is a notification that was told, and the wording it had.
type mark struct {
	ID  string `json:"i"`
	Sum string `json:"s,omitempty"`
}

// walk is one poll.
type walk struct {
	c     *Connector
	at    place
	batch connectors.Batch
	index map[desk.RemoteID]int           // of a mention in the batch: told once, in its newest form
	roots map[desk.RemoteID]desk.RemoteID // where the conversations of parents begin
	asked int                             // for roots
}

// Poll reads the notifications of the account, then each tag and each search.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	w := &walk{c: c, index: map[desk.RemoteID]int{}, roots: map[desk.RemoteID]desk.RemoteID{}}
	if since != "" {
		if err := json.Unmarshal([]byte(since), &w.at); err != nil {
			return connectors.Batch{Next: since}, fmt.Errorf("the cursor of this source cannot be read: %w", err)
		}
	}
	var err error
	if c.account != nil {
		err = w.mentions(ctx)
	}
	if err == nil {
		err = w.lists(ctx)
	}
	next, bad := json.Marshal(w.at)
	if bad != nil {
		return connectors.Batch{Next: since}, fmt.Errorf("writing the cursor: %w", bad)
	}
	w.batch.Next = connectors.Cursor(next)
	return w.batch, err
}

// mentions reads on from the last notification told; at first contact it reads from the newest into the past.
func (w *walk) mentions(ctx context.Context) error {
	if len(w.at.Trail) > 0 {
		if err := w.forward(ctx); err != nil || w.at.Back == "" {
			return err
		}
	}
	return w.backward(ctx)
}

// forward reads the pages after the trail's beginning, not its end: of the newest mentions edits are seen, and so is what a busy server
// made visible out of order. Its order is the server's: newest first inside a page, and min_id means the page right after.
func (w *walk) forward(ctx context.Context) error {
	from, last := w.at.Trail[0].ID, w.at.Trail[len(w.at.Trail)-1].ID
	for range pagesPerPoll {
		page, err := w.page(ctx, "min_id", from)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, n := range slices.Backward(page) {
			w.remember(n.ID, w.notice(ctx, n, true))
		}
		if page[0].ID == last {
			return nil
		}
		if page[0].ID == from {
			return errors.New("the list of notifications does not end: a page leads to itself")
		}
		from = page[0].ID
	}
	w.batch.More = true
	return nil
}

// backward reads from the newest notification, or where the last poll stopped, as far into the past as is wanted.
func (w *walk) backward(ctx context.Context) error {
	oldest := w.c.now().Add(-w.c.opt.History.Std())
	for range pagesPerPoll {
		page, err := w.page(ctx, "max_id", w.at.Back)
		if err != nil {
			return err
		}
		first, back := len(w.at.Trail) == 0, ""
		for i, n := range slices.Backward(page) {
			wanted := n.CreatedAt.After(oldest)
			sum := w.notice(ctx, n, wanted)
			if wanted && i == len(page)-1 {
				back = n.ID
			}
			if first {
				w.remember(n.ID, sum)
			}
		}
		if back == "" || back == w.at.Back {
			w.at.Back = ""
			return nil
		}
		w.at.Back = back
	}
	w.batch.More = true
	return nil
}

// page fetches notifications; those without an id would leave no place to go on from.
func (w *walk) page(ctx context.Context, bound, id string) ([]notification, error) {
	q := url.Values{"types[]": {"mention"}, "include_filtered": {"true"}, "limit": {strconv.Itoa(w.c.opt.Page)}}
	if w.c.opt.Quotes {
		q.Add("types[]", "quote")
	}
	if id != "" {
		q.Set(bound, id)
	}
	raws, err := w.c.items(ctx, "/api/v1/notifications", q)
	if err != nil {
		return nil, fmt.Errorf("reading the notifications: %w", err)
	}
	page := make([]notification, len(raws))
	for i, raw := range raws {
		if json.Unmarshal(raw, &page[i]) != nil || len(page[i].Status) == 0 || string(page[i].Status) == "null" {
			page[i] = notification{Status: raw, CreatedAt: w.c.now()} // to be kept as it is
		}
		page[i].ID = idOf(raw)
	}
	return page, nil
}

// items fetches a list whose items have ids.
func (c *Connector) items(ctx context.Context, path string, q url.Values) ([]json.RawMessage, error) {
	var raws []json.RawMessage
	if err := c.api.Get(ctx, path, q, &raws); err != nil {
		return nil, err
	}
	return raws, c.whole(raws)
}

// whole tells whether an answer is a list, and every item has an id.
func (c *Connector) whole(raws []json.RawMessage) error {
	if raws == nil || slices.ContainsFunc(raws, func(raw json.RawMessage) bool { return idOf(raw) == "" }) {
		return c.odd()
	}
	return nil
}

// notice tells a notification's post, when it is wanted and was not told in these words, and returns what its words are remembered by.
func (w *walk) notice(ctx context.Context, n notification, wanted bool) string {
	if n.Type != "" && n.Type != "mention" && n.Type != "quote" {
		return "" // servers that do not know types[] send likes and follows too
	}
	m, err := w.c.read(n.Status)
	sum := "poison"
	if err == nil {
		sum = m.Digest()[:8]
	}
	if !wanted || slices.Contains(w.at.Trail, mark{n.ID, sum}) {
		return sum
	}
	if err != nil {
		w.poison(desk.Poison{Remote: cmp.Or(m.Remote, desk.RemoteID(n.ID)), At: w.c.now(), Err: err.Error(), Raw: n.Status})
		return sum
	}
	w.tell(ctx, m)
	return sum
}

// remember puts a notification at the end of the trail, or its new words where it stands.
func (w *walk) remember(id, sum string) {
	if i := slices.IndexFunc(w.at.Trail, func(m mark) bool { return m.ID == id }); i >= 0 {
		w.at.Trail[i].Sum = sum
		return
	}
	w.at.Trail = append(w.at.Trail, mark{id, sum})
	if over := len(w.at.Trail) - min(maxTrail, w.c.opt.Page); over > 0 {
		w.at.Trail = slices.Delete(w.at.Trail, 0, over)
	}
}

func (w *walk) poison(p desk.Poison) { w.batch.Poison = append(w.batch.Poison, p) }

// tell puts a mention into the batch, with the beginning of its conversation.
func (w *walk) tell(ctx context.Context, m desk.Mention) {
	if m.Parent != "" {
		m.Thread = w.root(ctx, m)
	}
	w.roots[m.Remote] = m.Thread
	if i, ok := w.index[m.Remote]; ok {
		w.batch.Mentions[i] = m
		return
	}
	w.index[m.Remote] = len(w.batch.Mentions)
	w.batch.Mentions = append(w.batch.Mentions, m)
}

// root finds where a conversation begins: posts name only what they answer. When it cannot be found out, that must do.
func (w *walk) root(ctx context.Context, m desk.Mention) desk.RemoteID {
	if known, ok := w.roots[m.Parent]; ok {
		return known
	}
	if w.asked == maxRoots {
		return m.Parent
	}
	w.asked++
	var around conversation
	top := m.Parent
	if err := w.c.api.Get(ctx, statusPath(m.Remote)+"/context", nil, &around); err == nil && len(around.Ancestors) > 0 {
		top = cmp.Or(desk.RemoteID(idOf(around.Ancestors[0])), top)
	}
	w.roots[m.Parent] = top
	return top
}

func statusPath(id desk.RemoteID) string { return "/api/v1/statuses/" + url.PathEscape(string(id)) }
