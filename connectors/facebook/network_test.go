package facebook

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

// thing is a post or a comment of the small Facebook below.
type thing struct {
	id, from, parent, text string
	at                     time.Time
	closed, hidden         bool
}

// network is a small Facebook with one Page, 1122334455, and one post, on which Éva commented.
type network struct {
	mu     sync.Mutex
	things []thing
	next   int
	person bool // the token is a person's: lists are empty, and nothing says so
	asked  []string
}

const (
	pageID  = "1122334455"
	postID  = pageID + "_900001"
	evaID   = "900001_9007199254740993" // beyond 2^53
	version = "/v26.0"
)

func newNetwork() *network {
	at := connectortest.Now().Add(-3 * time.Hour)
	return &network{next: 7000100, things: []thing{
		{id: postID, from: pageID, text: "Megérkezett az új kollekció!", at: at},
		{id: evaID, from: "333444555", parent: postID, text: "Mikor szállítják?", at: at.Add(time.Hour)},
	}}
}

func refuse(w http.ResponseWriter, status, code, sub int) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":{"message":"no %s","type":"OAuthException","code":%d,"error_subcode":%d}}`, connectortest.Secret, code, sub)
}

func say(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, version+"/")
	n.asked = append(n.asked, r.Method+" "+path)
	if !ok || r.Header.Get("Authorization") != "Bearer "+connectortest.Secret || strings.Contains(r.URL.RawQuery, connectortest.Secret) {
		refuse(w, 400, 190, 467)
		return
	}
	id, edge, _ := strings.Cut(path, "/")
	switch {
	case path == "":
		n.many(w, strings.Split(r.FormValue("ids"), ","))
	case id == "me" && edge == "":
		n.me(w)
	case edge == "published_posts":
		n.posts(w)
	case edge == "comments" && r.Method == http.MethodPost:
		n.comment(w, id, r.FormValue("message"))
	case edge == "comments":
		n.comments(w, id, r.FormValue("filter"))
	case edge == "":
		n.one(w, r, id)
	default:
		refuse(w, 400, 100, 0)
	}
}

func (n *network) me(w http.ResponseWriter) {
	if n.person {
		refuse(w, 400, 100, 0) // nonexisting field (category) on node type (User)
		return
	}
	say(w, map[string]any{"id": pageID, "name": "Minta Bolt", "username": "mintabolt", "category": "Shop"})
}

func (n *network) find(id string) int {
	return slices.IndexFunc(n.things, func(one thing) bool { return one.id == id })
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05-0700") }

func (n *network) under(id string, deep bool) []thing {
	var some []thing
	for _, one := range n.things {
		if i := n.find(one.parent); one.parent == id || deep && i >= 0 && n.things[i].parent == id {
			some = append(some, one)
		}
	}
	return some
}

func (n *network) wire(one thing) map[string]any {
	out := map[string]any{"id": one.id, "message": one.text, "created_time": stamp(one.at), "is_hidden": one.hidden,
		"from": map[string]string{"id": one.from, "name": "Somebody"}, "permalink_url": "https://www.facebook.com/" + one.id}
	if one.parent == "" {
		all := n.under(one.id, true)
		last := one.at
		for _, c := range all {
			last = c.at
		}
		out["updated_time"] = stamp(last)
		out["comments"] = map[string]any{"data": []any{}, "summary": map[string]any{"total_count": len(all)}}
		return out
	}
	out["can_comment"] = !one.closed
	if one.parent != postID {
		out["parent"] = map[string]string{"id": one.parent}
	}
	return out
}

func (n *network) list(w http.ResponseWriter, some []thing) {
	data := []any{}
	for _, one := range slices.Backward(some) {
		data = append(data, n.wire(one))
	}
	say(w, map[string]any{"data": data, "paging": map[string]any{"cursors": map[string]string{"before": "b", "after": "a"}}})
}

func (n *network) posts(w http.ResponseWriter) { n.list(w, n.under("", false)) }

func (n *network) comments(w http.ResponseWriter, id, filter string) {
	if n.find(id) < 0 {
		refuse(w, 400, 100, 33)
		return
	}
	n.list(w, n.under(id, filter == "stream"))
}

func (n *network) comment(w http.ResponseWriter, id, text string) {
	i := n.find(id)
	if i < 0 {
		refuse(w, 400, 100, 33)
		return
	}
	parent := n.things[i]
	if up := n.find(parent.parent); up >= 0 && n.things[up].parent != "" {
		parent = n.things[up] // two levels only
	}
	n.next++
	said := fmt.Sprintf("900001_%d", n.next)
	n.things = append(n.things, thing{id: said, from: pageID, parent: parent.id, text: text, at: connectortest.Now()})
	say(w, map[string]string{"id": said})
}

func (n *network) one(w http.ResponseWriter, r *http.Request, id string) {
	i := n.find(id)
	switch {
	case i < 0:
		refuse(w, 400, 100, 33)
	case r.Method == http.MethodPost:
		n.things[i].text = r.FormValue("message")
		say(w, map[string]bool{"success": true})
	case r.Method == http.MethodDelete:
		n.things = slices.Delete(n.things, i, i+1)
		say(w, map[string]bool{"success": true})
	case n.things[i].parent == "" && strings.Contains(r.FormValue("fields"), "can_comment"):
		refuse(w, 400, 100, 0)
	default:
		say(w, n.wire(n.things[i]))
	}
}

// many refuses all when one is missing.
func (n *network) many(w http.ResponseWriter, ids []string) {
	all := map[string]any{}
	for _, id := range ids {
		i := n.find(id)
		if i < 0 {
			refuse(w, 404, 803, 0)
			return
		}
		all[id] = n.wire(n.things[i])
	}
	say(w, all)
}

func (n *network) count(text string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	found := 0
	for _, one := range n.things {
		if one.text == text {
			found++
		}
	}
	return found
}

func (n *network) remove(id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.things = slices.DeleteFunc(n.things, func(one thing) bool { return one.id == id })
}

func (n *network) add(one thing) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.things = append(n.things, one)
}
