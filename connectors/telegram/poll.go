package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

const (
	// kept is how long Telegram keeps updates that nobody fetched.
	kept = 24 * time.Hour
	// silence after which the next update has a number of its own, perhaps below all before it: a week, less what clocks differ by.
	silence = 6 * 24 * time.Hour
)

// place is what a cursor holds.
type place struct {
	Next  int64             `json:"next,omitempty"`  // the offset: every update below it is stored
	Last  int64             `json:"last,omitempty"`  // when an update came last, ms since 1970
	OK    int64             `json:"ok,omitempty"`    // when a poll went well last, ms
	Quiet bool              `json:"quiet,omitempty"` // Telegram knows that everything is stored
	Moved map[string]string `json:"moved,omitempty"` // groups that became supergroups: their numbers before and after
}

// walk is one poll.
type walk struct {
	c     *Connector
	at    place
	batch connectors.Batch
	index map[desk.RemoteID]int // of a mention in the batch: told once, in its newest form
}

// Poll fetches the bot's updates from the cursor on. The offset tells Telegram to forget what is below it, so it is never beyond what
// was stored: that of this batch is sent by the poll after.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	w := &walk{c: c, index: map[desk.RemoteID]int{}}
	if err := since.Resume(&w.at); err != nil {
		return connectors.Batch{Next: since}, err
	}
	raws, err := w.fetch(ctx)
	if err != nil {
		return connectors.Batch{Next: since}, err
	}
	now := c.now()
	if ok := time.UnixMilli(w.at.OK).UTC(); w.at.OK > 0 && now.Sub(ok) > kept {
		w.batch.Gap = &connectors.Gap{Since: ok, Note: "Telegram keeps messages for a bot for a day, and the last poll was longer ago."}
	}
	w.at.OK, w.at.Quiet = now.UnixMilli(), len(raws) == 0
	top := int64(0)
	for _, raw := range raws {
		top = max(top, w.take(raw))
	}
	if len(raws) > 0 {
		w.at.Next, w.at.Last = top+1, now.UnixMilli()
	}
	w.batch.More = len(raws) >= c.opt.Page
	return w.batch.At(w.at, since, nil)
}

// fetch asks for updates; each of them has a number, or there would be no place to go on from.
func (w *walk) fetch(ctx context.Context) ([]json.RawMessage, error) {
	var kinds []string
	for _, kind := range w.c.opt.Kinds {
		kinds = append(kinds, kind, "edited_"+kind)
	}
	q := url.Values{
		"limit": {strconv.Itoa(w.c.opt.Page)}, "timeout": {"0"}, "allowed_updates": {`["` + strings.Join(kinds, `","`) + `"]`},
	}
	if !w.at.Quiet || w.c.now().Sub(time.UnixMilli(w.at.Last)) < silence {
		q.Set("offset", strconv.FormatInt(w.at.Next, 10))
	}
	if w.at.Next == 0 {
		q.Del("offset")
	}
	var got answer[[]json.RawMessage]
	if err := w.c.api.Get(ctx, "/getUpdates", q, &got); err != nil {
		return nil, fmt.Errorf("fetching the bot's messages: %w", err)
	}
	if !got.OK || got.Result == nil || slices.ContainsFunc(got.Result, func(raw json.RawMessage) bool { return number(raw) <= 0 }) {
		return nil, fmt.Errorf("%s does not answer as the Bot API does", fetch.RedactURL(w.c.api.Base))
	}
	return got.Result, nil
}

// number is that of an update; 0 when it has none.
func number(raw []byte) int64 {
	var only struct {
		ID int64 `json:"update_id"`
	}
	if json.Unmarshal(raw, &only) != nil {
		return 0
	}
	return only.ID
}

// take tells what an update holds and returns its number.
func (w *walk) take(raw []byte) int64 {
	var u update
	if err := json.Unmarshal(raw, &u); err != nil {
		w.poison("", "this update is not in the form that Telegram documents", raw)
		return number(raw)
	}
	for _, one := range []json.RawMessage{u.Message, u.Edited, u.Post, u.EditedPost} {
		if len(one) > 0 && string(one) != "null" {
			w.message(one)
		}
	}
	return u.ID
}

func (w *walk) message(raw []byte) {
	m, err := readMessage(raw)
	switch {
	case err != nil:
		w.poison("", err.Error(), raw)
		return
	case !w.c.wanted(m.Chat, w.at.Moved):
		return
	case m.MigrateTo != "":
		w.moved(m.Chat.ID.String(), m.MigrateTo.String())
		return
	case m.words() == "":
		return // it tells of a new member, a pinned message and the like
	}
	one := w.c.mention(m, raw)
	if i, ok := w.index[one.Remote]; ok {
		if before := w.batch.Mentions[i]; one.Parent == "" { // edits may come without what they answer
			one.Kind, one.Parent, one.Thread = before.Kind, before.Parent, before.Thread
		}
		w.batch.Mentions[i] = one
		return
	}
	w.index[one.Remote] = len(w.batch.Mentions)
	w.batch.Mentions = append(w.batch.Mentions, one)
}

// moved notes that a group has another number now, so that a list of chats that has the old one goes on to mean it.
func (w *walk) moved(from, to string) {
	if w.at.Moved == nil {
		w.at.Moved = map[string]string{}
	}
	if len(w.at.Moved) < 1000 {
		w.at.Moved[from] = to
	}
	w.c.log.Warn("a group became a supergroup and has another number", "before", from, "now", to)
}

func (w *walk) poison(id desk.RemoteID, why string, raw []byte) {
	w.batch.Poison = append(w.batch.Poison, desk.Poison{Remote: id, At: w.c.now(), Err: why, Raw: raw})
}
