package youtube

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

const (
	ownChannel = "UCminta"
	subset     = 2 // answers that a page of threads carries along
)

// tube is a small YouTube: one channel, its threads newest first, their answers oldest first.
type tube struct {
	mu      sync.Mutex
	threads []*threadOf
	next    int
	units   int // spent
	calls   []string
	status  string // moderation of what we say
}

type threadOf struct {
	root            *commentOf
	answers         []*commentOf
	closed, private bool
}

type commentOf struct {
	id, author, words, state string
	at, edited               time.Time
}

func (n *tube) add(id, words string, at time.Time) *threadOf {
	t := &threadOf{root: &commentOf{id: id, author: "UCeva", words: words, at: at, edited: at}}
	n.threads = append([]*threadOf{t}, n.threads...)
	return t
}

func (n *tube) answer(t *threadOf, author, words string, at time.Time) *commentOf {
	n.next++
	c := &commentOf{id: fmt.Sprintf("%s.9x%d", t.root.id, n.next), author: author, words: words, at: at, edited: at}
	t.answers = append(t.answers, c)
	return c
}

func (n *tube) witness(words string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	seen := 0
	for _, t := range n.threads {
		for _, a := range t.answers {
			if a.words == words {
				seen++
			}
		}
	}
	return seen
}

func (c *commentOf) json(t *threadOf) map[string]any {
	s := map[string]any{
		"videoId": "vid1", "textDisplay": c.words, "authorDisplayName": "@" + strings.ToLower(c.author), "authorChannelId": map[string]any{"value": c.author},
		"authorChannelUrl": "http://www.youtube.com/@" + c.author, "likeCount": 1, "publishedAt": c.at.Format(time.RFC3339), "updatedAt": c.edited.Format(time.RFC3339),
	}
	if c != t.root {
		s["parentId"] = t.root.id
	}
	if c.author == ownChannel {
		s["textOriginal"] = c.words
	}
	if c.state != "" {
		s["moderationStatus"] = c.state
	}
	return map[string]any{"kind": "youtube#comment", "id": c.id, "snippet": s}
}

func (t *threadOf) json(withAnswers bool) map[string]any {
	out := map[string]any{"kind": "youtube#commentThread", "id": t.root.id, "snippet": map[string]any{
		"channelId": ownChannel, "videoId": "vid1", "topLevelComment": t.root.json(t), "canReply": !t.closed, "isPublic": !t.private, "totalReplyCount": len(t.answers),
	}}
	if withAnswers && len(t.answers) > 0 {
		var some []any
		for _, a := range t.answers[max(0, len(t.answers)-subset):] {
			some = append(some, a.json(t))
		}
		out["replies"] = map[string]any{"comments": some}
	}
	return out
}

func refuse(w http.ResponseWriter, code int, reason string) {
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"message":"said to %s","errors":[{"domain":"youtube","reason":%q}]}}`, code, connectortest.Secret, reason)
}

// ServeHTTP answers as YouTube does.
func (n *tube) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, r.Method+" "+r.URL.Path)
	n.units++
	q := r.URL.Query()
	switch {
	case r.Header.Get("Authorization") != "Bearer "+connectortest.Secret:
		refuse(w, 401, "authError")
	case r.Method != "GET":
		n.units += 49
		n.write(w, r)
	case q.Get("textFormat") != "plainText":
		refuse(w, 400, "textFormat is html") // what we must never ask for
	case strings.HasSuffix(r.URL.Path, "/commentThreads"):
		n.listThreads(w, r)
	case q.Has("id"):
		var items []any
		for _, id := range strings.Split(q.Get("id"), ",") {
			if t, c := n.find(id); c != nil {
				items = append(items, c.json(t))
			}
		}
		n.list(w, "comment", items, "")
	default:
		t, c := n.find(q.Get("parentId"))
		if c == nil {
			refuse(w, 404, "parentCommentNotFound")
			return
		}
		var items []any
		for _, a := range t.answers {
			items = append(items, a.json(t))
		}
		n.page(w, r, "comment", items)
	}
}

func (n *tube) find(id string) (*threadOf, *commentOf) {
	for _, t := range n.threads {
		for _, c := range append([]*commentOf{t.root}, t.answers...) {
			if c.id == id {
				return t, c
			}
		}
	}
	return nil, nil
}

func (n *tube) listThreads(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	var items []any
	for _, t := range n.threads {
		if !q.Has("id") || q.Get("id") == t.root.id {
			items = append(items, t.json(strings.Contains(strings.Join(q["part"], ","), "replies")))
		}
	}
	switch {
	case q.Has("id"):
		n.list(w, "commentThread", items, "")
	case q.Get("allThreadsRelatedToChannelId") == ownChannel, q.Get("videoId") == "vid1":
		n.page(w, r, "commentThread", items)
	case q.Get("videoId") == "closed":
		refuse(w, 403, "commentsDisabled")
	default:
		refuse(w, 404, "videoNotFound")
	}
}

func (n *tube) page(w http.ResponseWriter, r *http.Request, kind string, items []any) {
	size, _ := strconv.Atoi(r.URL.Query().Get("maxResults"))
	from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("pageToken"), "t"))
	if size < 1 || size > 100 || from > len(items) {
		refuse(w, 400, "invalidPageToken")
		return
	}
	end, next := min(from+size, len(items)), ""
	if end < len(items) {
		next = "t" + strconv.Itoa(end)
	}
	n.list(w, kind, items[from:end], next)
}

func (n *tube) list(w http.ResponseWriter, kind string, items []any, next string) {
	out := map[string]any{"kind": "youtube#" + kind + "ListResponse", "items": items}
	if next != "" {
		out["nextPageToken"] = next
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (n *tube) write(w http.ResponseWriter, r *http.Request) {
	if r.Method == "DELETE" {
		t, c := n.find(r.URL.Query().Get("id"))
		if c == nil {
			refuse(w, 404, "commentNotFound")
			return
		}
		t.answers = slices.DeleteFunc(t.answers, func(a *commentOf) bool { return a == c })
		w.WriteHeader(http.StatusNoContent)
		return
	}
	var in said
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Snippet.TextOriginal == "" {
		refuse(w, 400, "commentTextRequired")
		return
	}
	if r.Method == "PUT" {
		t, c := n.find(in.ID)
		if c == nil {
			refuse(w, 404, "commentNotFound")
			return
		}
		c.words = in.Snippet.TextOriginal
		_ = json.NewEncoder(w).Encode(c.json(t))
		return
	}
	t, c := n.find(in.Snippet.ParentID)
	switch {
	case c == nil || c != t.root:
		refuse(w, 404, "parentCommentNotFound")
	case t.closed:
		refuse(w, 403, "commentsDisabled")
	default:
		a := n.answer(t, ownChannel, in.Snippet.TextOriginal, connectortest.Now())
		a.state = n.status
		_ = json.NewEncoder(w).Encode(a.json(t))
	}
}
