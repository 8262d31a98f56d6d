package googleplay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

// play is a small Google Play: the reviews of one app, newest change first, one answer each.
type play struct {
	mu   sync.Mutex
	list []map[string]any
}

func stamp(t time.Time) map[string]any {
	return map[string]any{"seconds": strconv.FormatInt(t.Unix(), 10), "nanos": t.Nanosecond()}
}

// add puts a review before the others; the newest comes last.
func (p *play) add(id, words string, stars int, at time.Time) {
	p.list = append([]map[string]any{{
		"reviewId": id, "authorName": "Éva Kovács",
		"comments": []any{map[string]any{"userComment": map[string]any{"text": words, "lastModified": stamp(at), "starRating": stars, "reviewerLanguage": "hu"}}},
	}}, p.list...)
}

func (p *play) find(id string) int {
	return slices.IndexFunc(p.list, func(r map[string]any) bool { return r["reviewId"] == id })
}

func (p *play) remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = slices.Delete(p.list, p.find(id), p.find(id)+1)
}

// answer puts an answer under a review by whatever hand, as it comes out once tags are stripped.
func (p *play) answer(id, words string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.put(id, words)
}

func (p *play) put(id, words string) string {
	words = regexp.MustCompile(`<[^>]*>`).ReplaceAllString(words, "")
	r := p.list[p.find(id)]
	r["comments"] = append(r["comments"].([]any)[:1:1], map[string]any{
		"developerComment": map[string]any{"text": words, "lastModified": stamp(connectortest.Now())},
	})
	return words
}

// witness counts how often the words stand under a review.
func (p *play) witness(words string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, r := range p.list {
		for _, c := range r["comments"].([]any) {
			if d, ok := c.(map[string]any)["developerComment"].(map[string]any); ok && d["text"] == words {
				n++
			}
		}
	}
	return n
}

func refuse(w http.ResponseWriter, code int, status string) {
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"message":"said to %s","status":%q,"errors":[{"reason":"x"}]}}`, code, connectortest.Secret, status)
}

// ServeHTTP answers as Google does.
func (p *play) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, "/androidpublisher/v3/applications/com.acme.shop/reviews")
	id, replying := strings.CutSuffix(strings.TrimPrefix(path, "/"), ":reply")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+connectortest.Secret:
		refuse(w, 401, "UNAUTHENTICATED")
	case !ok:
		refuse(w, 404, "NOT_FOUND")
	case path == "":
		p.page(w, r)
	case p.find(id) < 0:
		refuse(w, 404, "NOT_FOUND")
	case replying && r.Method == "POST":
		p.reply(w, r, id)
	default:
		_ = json.NewEncoder(w).Encode(p.list[p.find(id)])
	}
}

func (p *play) page(w http.ResponseWriter, r *http.Request) {
	size, _ := strconv.Atoi(r.URL.Query().Get("maxResults"))
	from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("token"), "t"))
	if size < 1 || size > 100 || from > len(p.list) {
		refuse(w, 400, "INVALID_ARGUMENT")
		return
	}
	end := min(from+size, len(p.list))
	out := map[string]any{}
	if end > from {
		out["reviews"] = p.list[from:end]
	}
	if end < len(p.list) {
		out["tokenPagination"] = map[string]any{"nextPageToken": "t" + strconv.Itoa(end)}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func (p *play) reply(w http.ResponseWriter, r *http.Request, id string) {
	var in struct{ ReplyText string }
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.ReplyText == "" || len([]rune(in.ReplyText)) > 350 {
		refuse(w, 400, "INVALID_ARGUMENT")
		return
	}
	kept := p.put(id, in.ReplyText)
	_ = json.NewEncoder(w).Encode(map[string]any{"result": map[string]any{"replyText": kept, "lastEdited": stamp(connectortest.Now())}})
}
