package x

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

// tweet is a post of the small X below.
type tweet struct {
	id, by, text, parent string
	at                   time.Time
	edits                []string
}

// network is a small X with one account, @mintabolt, and one post that mentions it.
type network struct {
	mu      sync.Mutex
	posts   []tweet
	next    int
	page    int  // posts on a page at most; as many as asked for when 0
	forgets bool // pages, at once
	asked   []*url.URL
}

const (
	meID  = "111"
	evaID = "1985000000000000002" // beyond 2^53
)

func newNetwork() *network {
	return &network{next: 100, posts: []tweet{{id: evaID, by: "222", text: "@mintabolt hibás csomagot kaptam 😞", at: connectortest.Now().Add(-3 * time.Hour)}}}
}

func say(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func problemOf(w http.ResponseWriter, status int, kind, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	say(w, map[string]any{"type": "https://api.x.com/2/problems/" + kind, "title": "No", "detail": detail + connectortest.Secret, "status": status})
}

func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, r.URL)
	path, ok := strings.CutPrefix(r.URL.Path, "/2/")
	switch {
	case !ok || r.Header.Get("Authorization") != "Bearer "+connectortest.Secret:
		w.WriteHeader(http.StatusUnauthorized)
	case path == "users/me":
		say(w, map[string]any{"data": map[string]string{"id": meID, "name": "Minta Bolt", "username": "mintabolt"}})
	case path == "users/"+meID+"/mentions":
		n.list(w, r, func(p tweet) bool { return strings.Contains(p.text, "@mintabolt") && p.by != meID })
	case path == "users/"+meID+"/tweets":
		n.list(w, r, func(p tweet) bool { return p.by == meID })
	case path == "tweets/search/recent":
		n.list(w, r, func(p tweet) bool {
			return strings.Contains(r.FormValue("query"), "conversation_id:") || strings.Contains(p.text, r.FormValue("query"))
		})
	case path == "tweets" && r.Method == http.MethodPost:
		n.create(w, r)
	case path == "tweets":
		n.lookUp(w, strings.Split(r.FormValue("ids"), ","))
	case r.Method == http.MethodDelete:
		n.delete(w, strings.TrimPrefix(path, "tweets/"))
	default:
		problemOf(w, 404, "resource-not-found", "")
	}
}

func (n *network) list(w http.ResponseWriter, r *http.Request, wanted func(tweet) bool) {
	since, token := r.FormValue("since_id"), r.FormValue("pagination_token")+r.FormValue("next_token")
	if n.forgets && token != "" {
		problemOf(w, 400, "invalid-request", "no such page")
		return
	}
	var some []tweet
	for _, p := range slices.Backward(n.posts) {
		if wanted(p) && p.id > since && (token == "" || p.id < token) {
			some = append(some, p)
		}
	}
	meta := map[string]any{"result_count": len(some)}
	if n.page > 0 && len(some) > n.page {
		some = some[:n.page]
		meta["next_token"] = some[n.page-1].id
	}
	if len(some) == 0 {
		say(w, map[string]any{"meta": meta})
		return
	}
	meta["newest_id"] = some[0].id
	n.posted(w, some, map[string]any{"meta": meta}, r.FormValue("expansions") != "")
}

// posted answers with posts and, when wanted, their authors.
func (n *network) posted(w http.ResponseWriter, some []tweet, out map[string]any, authors bool) {
	var data []any
	users := map[string]any{}
	for _, p := range some {
		data = append(data, wire(p))
		users[p.by] = map[string]any{"id": p.by, "name": "Valaki", "username": "user" + p.by, "public_metrics": map[string]int{"followers_count": 87}}
	}
	out["data"] = data
	if authors {
		var all []any
		for _, u := range users {
			all = append(all, u)
		}
		out["includes"] = map[string]any{"users": all}
	}
	say(w, out)
}

func wire(p tweet) map[string]any {
	out := map[string]any{"id": p.id, "text": p.text, "author_id": p.by, "created_at": p.at.Format(time.RFC3339), "lang": "hu", "conversation_id": evaID}
	if p.parent != "" {
		out["referenced_tweets"] = []map[string]string{{"type": "replied_to", "id": p.parent}}
	}
	if out["edit_history_tweet_ids"] = p.edits; len(p.edits) == 0 {
		out["edit_history_tweet_ids"] = []string{p.id}
	}
	if strings.Contains(p.text, "@mintabolt") {
		out["entities"] = map[string]any{"mentions": []map[string]string{{"username": "mintabolt", "id": meID}}}
	}
	return out
}

func (n *network) find(id string) int {
	return slices.IndexFunc(n.posts, func(p tweet) bool { return p.id == id })
}

func (n *network) create(w http.ResponseWriter, r *http.Request) {
	var draft struct {
		Text  string
		Reply struct {
			To string `json:"in_reply_to_tweet_id"`
		}
	}
	_ = json.NewDecoder(r.Body).Decode(&draft)
	if n.find(draft.Reply.To) < 0 {
		problemOf(w, 403, "client-forbidden", "")
		return
	}
	n.next++
	p := tweet{id: fmt.Sprint("1985000000000000", n.next), by: meID, text: "@user222 " + draft.Text, parent: draft.Reply.To, at: connectortest.Now()}
	n.posts = append(n.posts, p)
	w.WriteHeader(http.StatusCreated)
	say(w, map[string]any{"data": map[string]any{"id": p.id, "text": p.text}})
}

func (n *network) lookUp(w http.ResponseWriter, ids []string) {
	var some []tweet
	var missing []any
	for _, id := range ids {
		if i := n.find(id); i >= 0 {
			some = append(some, n.posts[i])
			continue
		}
		missing = append(missing, map[string]string{"resource_id": id, "value": id, "type": "https://api.x.com/2/problems/resource-not-found"})
	}
	out := map[string]any{}
	if len(missing) > 0 {
		out["errors"] = missing
	}
	if len(some) == 0 {
		say(w, out)
		return
	}
	n.posted(w, some, out, false)
}

func (n *network) delete(w http.ResponseWriter, id string) {
	i := n.find(id)
	if i < 0 {
		problemOf(w, 404, "resource-not-found", "")
		return
	}
	n.posts = slices.Delete(n.posts, i, i+1)
	say(w, map[string]any{"data": map[string]bool{"deleted": true}})
}

// count is how many replies with a text the public sees.
func (n *network) count(text string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	found := 0
	for _, p := range n.posts {
		if strings.HasSuffix(p.text, text) {
			found++
		}
	}
	return found
}

func (n *network) remove(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.posts = slices.DeleteFunc(n.posts, func(p tweet) bool { return p.id == id })
}

func (n *network) add(p tweet) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.posts = append(n.posts, p)
}
