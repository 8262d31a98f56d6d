package instagram

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

// thing is a comment of the small Instagram below.
type thing struct {
	id, by, parent, text string
	at                   time.Time
	hidden               bool
}

// network is a small Instagram with one account, one post and one comment.
type network struct {
	mu     sync.Mutex
	posted time.Time
	things []thing
	next   int
	few    int // of the replies stand with their comment, the rest on further pages; all when 0
	asked  []string
}

const (
	meID    = "17841405822304914"
	mediaID = "17895695668004550"
	evaID   = "9007199254740993001" // beyond 2^53
	version = "/v26.0"
)

func newNetwork() *network {
	at := connectortest.Now().Add(-3 * time.Hour)
	return &network{posted: at, next: 100, things: []thing{{id: evaID, by: "kovacs.eva", text: "Mennyi az ára? 😍", at: at.Add(time.Hour)}}}
}

func refuse(w http.ResponseWriter, status, code, sub int) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error":{"message":"no %s","code":%d,"error_subcode":%d}}`, connectortest.Secret, code, sub)
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
	case id == "me" && strings.Contains(r.FormValue("fields"), "instagram_business_account"):
		say(w, map[string]any{"id": "1", "instagram_business_account": map[string]string{"id": meID, "username": "mintabolt"}})
	case id == "me":
		say(w, map[string]string{"id": "25", "user_id": meID, "username": "mintabolt"})
	case path == meID+"/media":
		n.media(w)
	case edge == "comments" && id == mediaID:
		n.comments(w)
	case edge == "replies" && r.Method == http.MethodPost:
		n.reply(w, id, r.FormValue("message"))
	case edge == "replies":
		list(w, n.replies(id), 0)
	case edge == "":
		n.one(w, r, id)
	default:
		refuse(w, 400, 100, 0)
	}
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05-0700") }

func (n *network) post() map[string]any {
	return map[string]any{"id": mediaID, "caption": "Új!", "permalink": "https://www.instagram.com/p/ABC/",
		"timestamp": stamp(n.posted), "comments_count": len(n.things), "media_type": "IMAGE"}
}

func (n *network) media(w http.ResponseWriter) {
	if n.posted.IsZero() {
		say(w, map[string]any{"data": []any{}})
		return
	}
	say(w, map[string]any{"data": []any{n.post()}, "paging": map[string]any{"cursors": map[string]string{"after": "a"}}})
}

func wire(one thing) map[string]any {
	out := map[string]any{"id": one.id, "text": one.text, "timestamp": stamp(one.at), "username": one.by, "hidden": one.hidden}
	if one.parent != "" {
		out["parent_id"] = one.parent
	}
	return out
}

func (n *network) replies(id string) []any {
	all := []any{}
	for _, one := range n.things {
		if one.parent == id {
			all = append(all, wire(one))
		}
	}
	return all
}

// list says a page; when it leaves some out it links to the next.
func list(w http.ResponseWriter, all []any, few int) { say(w, paged(all, few)) }

func paged(all []any, few int) map[string]any {
	paging := map[string]any{"cursors": map[string]string{"after": "x"}}
	if few > 0 && few < len(all) {
		all, paging["next"] = all[:few], "https://graph.instagram.com/next?access_token="+connectortest.Secret
	}
	return map[string]any{"data": all, "paging": paging}
}

func (n *network) comments(w http.ResponseWriter) {
	all := []any{}
	for _, one := range slices.Backward(n.things) {
		if one.parent != "" {
			continue
		}
		out := wire(one)
		if replies := n.replies(one.id); len(replies) > 0 {
			out["replies"] = paged(replies, n.few)
		}
		all = append(all, out)
	}
	list(w, all, 0)
}

func (n *network) find(id string) int {
	return slices.IndexFunc(n.things, func(one thing) bool { return one.id == id })
}

func (n *network) reply(w http.ResponseWriter, id, text string) {
	i := n.find(id)
	if i < 0 || n.things[i].parent != "" || n.things[i].hidden {
		refuse(w, 400, 100, 33)
		return
	}
	n.next++
	said := fmt.Sprint("178709136791569", n.next)
	n.things = append(n.things, thing{id: said, by: "mintabolt", parent: id, text: text, at: connectortest.Now()})
	say(w, map[string]string{"id": said})
}

func (n *network) one(w http.ResponseWriter, r *http.Request, id string) {
	i := n.find(id)
	switch {
	case id == mediaID:
		say(w, n.post())
	case i < 0:
		refuse(w, 400, 100, 33)
	case r.Method == http.MethodDelete:
		n.things = slices.Delete(n.things, i, i+1)
		say(w, map[string]bool{"success": true})
	default:
		say(w, wire(n.things[i]))
	}
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
