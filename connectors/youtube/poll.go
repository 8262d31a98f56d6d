package youtube

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Poll reads on in every list of threads, as far as today's quota goes.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	targets, err := c.targets(ctx)
	if err != nil {
		return connectors.Batch{Next: since}, err
	}
	own, _ := c.own(ctx) // without it nothing is ours
	left, err := c.left(ctx, c.opt.Reserve)
	if err != nil {
		return connectors.Batch{Next: since}, fmt.Errorf("looking what is left of the quota: %w", err)
	}
	m := &meter{c: c, left: left}
	var lists connectors.Lists
	for _, t := range targets {
		lists = append(lists, connectors.List{Name: t.String(), Poll: func(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
			return (&walk{c: c, m: m, of: t, own: own}).poll(ctx, since)
		}})
	}
	b, err := lists.Poll(ctx, since)
	b.Spend.Units = m.used
	return b, err
}

// place is what the cursor of one list holds.
type place struct {
	Walk    connectors.Cursor `json:"walk,omitempty"`    // through the threads, newest first
	Known   []known           `json:"known,omitempty"`   // threads with answers, newest first
	Edge    int64             `json:"edge,omitempty"`    // ms: older threads are not remembered, for there were too many
	Todo    []todo            `json:"todo,omitempty"`    // threads whose answers are still to be fetched
	Scan    string            `json:"scan,omitempty"`    // token of the page with which looking again goes on
	Pages   int               `json:"pages,omitempty"`   // that looking again has read
	Scanned int64             `json:"scanned,omitempty"` // ms: when looking again last came to its end
}

// known is a thread whose answers were told.
type known struct {
	ID    string `json:"i"`
	At    int64  `json:"t"` // ms
	Count int64  `json:"n"`
	Last  int64  `json:"l"` // ms: its newest answer that was told
}

// todo is a thread whose answers are to be fetched.
type todo struct {
	known
	Total int64  `json:"a"` // how many answers it has now
	Video string `json:"v"`
	Open  *bool  `json:"p,omitempty"` // whether YouTube says that it is public
}

const (
	mostKnown = 500 // threads remembered
	mostCalls = 30  // for answers in one poll
	mostPages = 50  // read when looking again, five in one poll
	pageSize  = "100"
)

// walk is one poll of one list.
type walk struct {
	c     *Connector
	m     *meter
	of    target
	own   string
	at    place
	batch connectors.Batch

	pages  []thread // read in this poll
	bottom bool     // they reach the end of the list
}

func (w *walk) poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	if err := since.Resume(&w.at); err != nil {
		return connectors.Batch{Next: since}, err
	}
	err := w.answers(ctx)
	if err == nil && len(w.at.Todo) == 0 {
		err = w.threads(ctx)
	}
	w.batch.More = w.batch.More || len(w.at.Todo) > 0 || w.at.Scan != ""
	return w.batch.At(w.at, since, err)
}

// threads reads new threads, then looks at those of the last days again when that is due, then fetches answers.
func (w *walk) threads(ctx context.Context) error {
	list := connectors.Backward{Now: w.c.now, History: w.c.opt.History.Std(), Page: w.page}
	b, err := list.Poll(ctx, w.at.Walk)
	w.at.Walk = b.Next
	b.Mentions = append(w.batch.Mentions, b.Mentions...)
	b.Poison = append(w.batch.Poison, b.Poison...)
	w.batch = b
	fresh := map[string]bool{}
	for _, m := range b.Mentions {
		fresh[string(m.Remote)] = true
	}
	w.note(fresh)
	if err == nil && !b.More {
		err = w.rescan(ctx)
	}
	if err == nil {
		err = w.answers(ctx)
	}
	return err
}

// page fetches one page of threads.
func (w *walk) page(ctx context.Context, token string) (connectors.Page, error) {
	q := url.Values{"part": {"snippet,replies"}, w.of.name: {w.of.value}, "order": {"time"}, "maxResults": {pageSize}}
	if w.c.opt.Search != "" {
		q.Set("searchTerms", w.c.opt.Search)
	}
	if token != "" {
		q.Set("pageToken", token)
	}
	if err := w.m.take(); err != nil {
		return connectors.Page{}, err
	}
	l, err := w.c.list(ctx, threadsPath, q)
	if err != nil {
		return connectors.Page{}, fmt.Errorf("reading comments of %s: %w", w.of, err)
	}
	out := connectors.Page{Next: l.NextPageToken}
	w.bottom = l.NextPageToken == ""
	for _, raw := range l.Items {
		t, err := readThread(raw)
		if err != nil {
			out.Items = append(out.Items, connectors.Odd(desk.RemoteID(t.ID), time.Time{}, err.Error(), raw))
			continue
		}
		w.pages = append(w.pages, t)
		m := w.c.mention(t.top, &t, w.own)
		out.Items = append(out.Items, connectors.Item{ID: m.Remote, At: t.top.Snippet.PublishedAt, Tell: []desk.Mention{m}})
	}
	return out, nil
}

// rescan looks at the threads of the last days again, once in a while. What this poll read anyway is not read a second time.
func (w *walk) rescan(ctx context.Context) error {
	now := w.c.now()
	span := w.c.opt.Rescan.Std()
	if span == 0 || w.at.Scan == "" && now.Sub(time.UnixMilli(w.at.Scanned)) < w.c.opt.Every.Std() {
		return nil
	}
	back := time.UnixMilli(max(w.at.Edge, now.Add(-span).UnixMilli()))
	done := w.at.Scan == "" && w.reached(back)
	token := w.at.Scan
	for calls := 0; !done && calls < 5; calls++ {
		w.pages = nil
		p, err := w.page(ctx, token)
		if token != "" && (errors.Is(err, desk.ErrInvalid) || errors.Is(err, desk.ErrNotFound)) {
			w.at.Scan, w.at.Pages = "", 0 // the token is of no use any more: from the top, next time
			return nil
		}
		if err != nil {
			return err
		}
		w.note(nil)
		w.at.Pages++
		done = w.reached(back) || p.Next == token || w.at.Pages >= mostPages
		token, w.at.Scan = p.Next, p.Next
	}
	if done {
		w.at.Scan, w.at.Pages, w.at.Scanned = "", 0, now.UnixMilli()
	}
	return nil
}

// reached tells whether the pages read go back to a moment, or to the end of the list.
func (w *walk) reached(back time.Time) bool {
	for _, t := range w.pages {
		if t.top.Snippet.PublishedAt.Before(back) {
			return true
		}
	}
	return w.bottom
}
