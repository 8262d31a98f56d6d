package youtube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// note looks at the threads of the pages read: whose answers have changed since they were told, those are told, or fetched where the
// page has not all of them. Fresh are the threads that this poll tells for the first time.
func (w *walk) note(fresh map[string]bool) {
	edge := max(w.at.Edge, w.c.now().Add(-w.c.opt.Rescan.Std()).UnixMilli())
	w.at.Known = slices.DeleteFunc(w.at.Known, func(k known) bool { return k.At < edge })
	for _, t := range w.pages {
		k := known{ID: t.ID, At: t.top.Snippet.PublishedAt.UnixMilli()}
		if i := w.find(t.ID); i >= 0 {
			k = w.at.Known[i]
		}
		newest := int64(0)
		for _, raw := range t.Replies.Comments {
			if m, err := readComment(raw); err == nil {
				newest = max(newest, m.Snippet.PublishedAt.UnixMilli())
			}
		}
		total := t.Snippet.TotalReplyCount
		if !fresh[t.ID] && k.At < edge || total == k.Count && newest <= k.Last {
			continue
		}
		if int64(len(t.Replies.Comments)) >= total {
			w.tell(k, total, t.Replies.Comments, t)
			continue
		}
		w.at.Todo = slices.DeleteFunc(w.at.Todo, func(one todo) bool { return one.ID == t.ID })
		w.at.Todo = append(w.at.Todo, todo{k, total, t.Snippet.VideoID, t.Snippet.IsPublic})
	}
}

func (w *walk) find(id string) int {
	return slices.IndexFunc(w.at.Known, func(k known) bool { return k.ID == id })
}

// tell tells the answers of a thread that came or were edited since the last one told, and remembers the thread. More than these are
// told when more have come than are newer: one was held back until now. The last one is told again, for others may share its second.
func (w *walk) tell(k known, total int64, answers []json.RawMessage, t thread) {
	last, came := k.Last, int64(0)
	var all []comment
	for _, raw := range answers {
		m, err := readComment(raw)
		if err != nil {
			w.batch.Poison = append(w.batch.Poison, desk.Poison{Remote: desk.RemoteID(m.ID), Raw: raw, Err: err.Error()})
			continue
		}
		all = append(all, m)
		if at := m.Snippet.PublishedAt.UnixMilli(); at > k.Last {
			last, came = max(last, at), came+1
		}
	}
	for _, m := range all {
		at := max(m.Snippet.PublishedAt.UnixMilli(), m.Snippet.UpdatedAt.UnixMilli())
		if at >= k.Last || total-k.Count > came {
			w.batch.Mentions = append(w.batch.Mentions, w.c.mention(m, &t, w.own))
		}
	}
	k.Count = total
	k.Last = last
	if i := w.find(k.ID); i >= 0 {
		w.at.Known = slices.Delete(w.at.Known, i, i+1)
	}
	place, _ := slices.BinarySearchFunc(w.at.Known, k.At, func(one known, at int64) int { return int(min(1, max(-1, at-one.At))) })
	w.at.Known = slices.Insert(w.at.Known, place, k)
	if len(w.at.Known) > mostKnown {
		w.at.Edge = max(w.at.Edge, w.at.Known[mostKnown].At+1)
		w.at.Known = w.at.Known[:mostKnown]
	}
}

// answers fetches the answers that are still to be fetched. What is not done stays in the cursor.
func (w *walk) answers(ctx context.Context) error {
	for calls := 0; len(w.at.Todo) > 0 && calls < mostCalls; {
		one := w.at.Todo[0]
		all, used, err := w.c.replies(ctx, one.ID, w.m.take)
		calls += used
		if err != nil && !connectors.Missing(err) {
			return fmt.Errorf("reading answers: %w", err)
		}
		w.at.Todo = w.at.Todo[1:]
		var t thread
		t.ID, t.Snippet.VideoID, t.Snippet.IsPublic = one.ID, one.Video, one.Open
		w.tell(one.known, one.Total, all, t)
	}
	return nil
}

// replies fetches all answers of a thread, page by page. Take counts each call, or forbids it.
func (c *Connector) replies(ctx context.Context, id string, take func() error) (all []json.RawMessage, calls int, err error) {
	q := url.Values{"part": {"snippet"}, "parentId": {id}, "maxResults": {pageSize}}
	for {
		if err := take(); err != nil {
			return all, calls, err
		}
		calls++
		l, err := c.list(ctx, commentsPath, q)
		if err != nil {
			return all, calls, err
		}
		all = append(all, l.Items...)
		if l.NextPageToken == "" {
			return all, calls, nil
		}
		if l.NextPageToken == q.Get("pageToken") || calls >= 200 {
			return all, calls, errors.New("the list of answers does not end")
		}
		q.Set("pageToken", l.NextPageToken)
	}
}

// Thread returns the conversation around a comment, oldest first.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	root := string(rootOf(m.Remote))
	used := int64(1)
	defer func() { c.pay(ctx, used) }()
	l, err := c.list(ctx, threadsPath, url.Values{"part": {"snippet"}, "id": {root}})
	if err != nil {
		return nil, fmt.Errorf("reading the conversation: %w", err)
	}
	if len(l.Items) == 0 {
		return nil, fmt.Errorf("the conversation is no longer there: %w", desk.ErrGone)
	}
	t, err := readThread(l.Items[0])
	if err != nil {
		return nil, fmt.Errorf("reading the conversation: %w", err)
	}
	own, _ := c.own(ctx)
	all := []desk.Mention{c.mention(t.top, &t, own)}
	answers, calls, err := c.replies(ctx, root, func() error { return nil })
	used += int64(calls)
	for _, raw := range answers {
		if one, bad := readComment(raw); bad == nil {
			all = append(all, c.mention(one, &t, own))
		}
	}
	slices.SortStableFunc(all, func(a, b desk.Mention) int { return a.PostedAt.Compare(b.PostedAt) })
	return all, err
}

// Recheck asks for known comments by their ids: what YouTube does not name any more is gone.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	left, err := c.left(ctx, c.opt.Reserve)
	if err != nil || left <= 0 || len(known) == 0 {
		return connectors.Batch{}, err
	}
	byID := map[string]desk.Mention{}
	q := url.Values{"part": {"snippet"}, "id": {""}}
	for i, m := range known {
		byID[string(m.Remote)] = m
		if i > 0 {
			q["id"][0] += ","
		}
		q["id"][0] += string(m.Remote)
	}
	out := connectors.Batch{Spend: connectors.Spend{Units: 1}}
	l, err := c.list(ctx, commentsPath, q)
	if err != nil && !connectors.Missing(err) { // none of them is left
		return out, fmt.Errorf("looking at known comments again: %w", err)
	}
	own, _ := c.own(ctx)
	for _, raw := range l.Items {
		m, err := readComment(raw)
		old, ok := byID[m.ID]
		delete(byID, m.ID)
		if err != nil || !ok {
			continue
		}
		now := c.mention(m, nil, own)
		now.Visibility, now.Counts.Replies = old.Visibility, old.Counts.Replies
		if now.URL == "" && old.Extra["video"] != "" { // by id the video is not always named
			now.URL, now.Extra["video"] = old.URL, old.Extra["video"]
		}
		out.Mentions = append(out.Mentions, now)
	}
	for _, m := range known {
		if _, missing := byID[string(m.Remote)]; missing {
			out.Gone = append(out.Gone, m.Remote)
		}
	}
	return out, nil
}
