package googlebusiness

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

// gbp is a small Google Business: reviews by location, one answer each, and moderation that has not decided yet.
type gbp struct {
	mu      sync.Mutex
	lists   map[string][]map[string]any // by location
	state   string                      // that new answers get
	shortly bool                        // answers have no state, as of old
}

func newGBP() *gbp { return &gbp{lists: map[string][]map[string]any{}, state: pending} }

// add puts a review before the others of its location; the newest comes last.
func (g *gbp) add(location, id, stars, comment string, at time.Time) map[string]any {
	r := map[string]any{
		"name": location + "/reviews/" + id, "reviewId": id, "starRating": stars,
		"reviewer":   map[string]any{"displayName": "Éva Kovács"},
		"createTime": at.Format(time.RFC3339Nano), "updateTime": at.Format(time.RFC3339Nano),
	}
	if comment != "" {
		r["comment"] = comment
	}
	g.lists[location] = append([]map[string]any{r}, g.lists[location]...)
	return r
}

func (g *gbp) find(name string) (map[string]any, int, string) {
	location, id, _ := strings.Cut(name, "/reviews/")
	i := slices.IndexFunc(g.lists[location], func(r map[string]any) bool { return r["reviewId"] == id })
	if i < 0 {
		return nil, -1, location
	}
	return g.lists[location][i], i, location
}

func (g *gbp) remove(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, i, location := g.find(name); i >= 0 {
		g.lists[location] = slices.Delete(g.lists[location], i, i+1)
	}
}

// answer puts an answer under a review by whatever hand.
func (g *gbp) answer(name, words, state string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, _, _ := g.find(name)
	r["reviewReply"] = map[string]any{"comment": words, "updateTime": connectortest.Now().Format(time.RFC3339), "reviewReplyState": state, "policyViolation": "GENERIC_VIOLATION"}
}

// witness counts how often the words stand under a review for the public or will once they are approved.
func (g *gbp) witness(words string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for _, list := range g.lists {
		for _, r := range list {
			if a, ok := r["reviewReply"].(map[string]any); ok && a["comment"] == words {
				n++
			}
		}
	}
	return n
}

func refuse(w http.ResponseWriter, code int, status string) {
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"message":"said to %s","status":%q}}`, code, connectortest.Secret, status)
}

// ServeHTTP answers as Google does.
func (g *gbp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	name, ok := strings.CutPrefix(r.URL.Path, "/v4/")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+connectortest.Secret:
		refuse(w, 401, "UNAUTHENTICATED")
	case !ok:
		refuse(w, 404, "NOT_FOUND")
	case strings.HasSuffix(name, "/reviews") && r.Method == "GET":
		g.list(w, r, strings.TrimSuffix(name, "/reviews"))
	case strings.HasSuffix(name, "/reply"):
		g.reply(w, r, strings.TrimSuffix(name, "/reply"))
	default:
		review, _, _ := g.find(name)
		if review == nil {
			refuse(w, 404, "NOT_FOUND")
			return
		}
		_ = json.NewEncoder(w).Encode(review)
	}
}

func (g *gbp) list(w http.ResponseWriter, r *http.Request, location string) {
	size, _ := strconv.Atoi(r.URL.Query().Get("pageSize"))
	from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("pageToken"), "t"))
	list, ok := g.lists[location]
	if !ok {
		refuse(w, 403, "PERMISSION_DENIED")
		return
	}
	if size < 1 || size > 50 || from > len(list) {
		refuse(w, 400, "INVALID_ARGUMENT")
		return
	}
	end := min(from+size, len(list))
	out := map[string]any{"averageRating": 4.2, "totalReviewCount": len(list)}
	if end > from {
		out["reviews"] = list[from:end] // an empty list is left out, as protocol buffers do
	}
	if end < len(list) {
		out["nextPageToken"] = "t" + strconv.Itoa(end)
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (g *gbp) reply(w http.ResponseWriter, r *http.Request, name string) {
	review, _, _ := g.find(name)
	var in struct{ Comment string }
	switch {
	case review == nil:
		refuse(w, 404, "NOT_FOUND")
	case r.Method == "DELETE":
		if review["reviewReply"] == nil {
			refuse(w, 404, "NOT_FOUND")
			return
		}
		delete(review, "reviewReply")
		_, _ = w.Write([]byte("{}"))
	case json.NewDecoder(r.Body).Decode(&in) != nil || in.Comment == "" || len(in.Comment) > 4096:
		refuse(w, 400, "INVALID_ARGUMENT")
	default:
		a := map[string]any{"comment": in.Comment, "updateTime": connectortest.Now().Format(time.RFC3339)}
		if !g.shortly {
			a["reviewReplyState"] = g.state
		}
		review["reviewReply"] = a
		_ = json.NewEncoder(w).Encode(a)
	}
}
