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
	maxTrail     = 20 // notifications that every poll looks at again
	maxRoots     = 20 // conversations whose beginning one poll asks for
)

// Poll reads the notifications of the account, then each tag and each search, then what the account itself says.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	b, err := c.lists().Poll(ctx, since)
	c.roots(ctx, b.Mentions)
	return b, err
}

// roots finds where conversations begin: posts name only what they answer. Where it cannot be found out, that must do.
func (c *Connector) roots(ctx context.Context, mentions []desk.Mention) {
	known := map[desk.RemoteID]desk.RemoteID{}
	asked := 0
	for i, m := range mentions {
		if m.Parent != "" && known[m.Parent] == "" && asked < maxRoots {
			asked++
			var around conversation
			if c.api.Get(ctx, statusPath(m.Remote)+"/context", nil, &around) == nil && len(around.Ancestors) > 0 {
				known[m.Parent] = desk.RemoteID(idOf(around.Ancestors[0]))
			}
		}
		mentions[i].Thread = cmp.Or(known[m.Parent], m.Thread)
		known[m.Remote] = mentions[i].Thread
	}
}

// place is what the cursor of the notifications holds.
type place struct {
	Trail []mark `json:"trail,omitempty"` // the newest that were told, oldest first
	Back  string `json:"back,omitempty"`  // where the first walk into the past goes on
}

// mark is a notification that was told, and the wording it had.
type mark struct {
	ID  string `json:"i"`
	Sum string `json:"s,omitempty"`
}

// walk is one poll of the notifications.
type walk struct {
	c     *Connector
	at    place
	batch connectors.Batch
}

// mentions reads on from the last notification told; at first contact it reads from the newest into the past.
func (c *Connector) mentions(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	w := &walk{c: c}
	if err := since.Resume(&w.at); err != nil {
		return connectors.Batch{Next: since}, err
	}
	var err error
	if len(w.at.Trail) > 0 {
		err = w.forward(ctx)
	}
	if err == nil && (len(w.at.Trail) == 0 || w.at.Back != "") {
		err = w.backward(ctx)
	}
	return w.batch.At(w.at, since, err)
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
			w.remember(n.ID, w.notice(n, true))
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
			sum := w.notice(n, wanted)
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

// notice tells a notification's post, when it is wanted and was not told in these words, and returns what its words are remembered by.
func (w *walk) notice(n notification, wanted bool) string {
	if n.Type != "" && n.Type != "mention" && n.Type != "quote" {
		return "" // servers that do not know types[] send likes and follows too
	}
	m, err := w.c.read(n.Status)
	sum := "poison"
	if err == nil {
		sum = m.Digest()[:8]
	}
	switch {
	case !wanted, slices.Contains(w.at.Trail, mark{n.ID, sum}):
	case err != nil:
		id := cmp.Or(m.Remote, desk.RemoteID(n.ID))
		w.batch.Poison = append(w.batch.Poison, desk.Poison{Remote: id, At: w.c.now(), Err: err.Error(), Raw: n.Status})
	default:
		w.batch.Mentions = append(w.batch.Mentions, m)
	}
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

func statusPath(id desk.RemoteID) string { return "/api/v1/statuses/" + url.PathEscape(string(id)) }
