package discourse

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

// forum is a small forum: one topic, posts, an approval queue.
type forum struct {
	mu       sync.Mutex
	posts    []map[string]any // oldest first
	topic    map[string]any
	approval bool
	noRaw    bool // topics carry no raw text
}

const firstID = 9007199254740993

func newForum(posts int) *forum {
	f := &forum{topic: map[string]any{"id": 81, "title": "Szállítás", "slug": "szallitas", "category_id": 5, "archetype": "regular"}}
	for i := range posts {
		f.add("evak", fmt.Sprintf("Nem működik a minta, %d", i), "", connectortest.Now().Add(-time.Hour+time.Duration(i)*time.Second))
	}
	return f
}

func (f *forum) add(user, raw, replyTo string, at time.Time) map[string]any {
	n := len(f.posts)
	p := map[string]any{
		"id": json.Number(strconv.Itoa(firstID + n)), "username": user, "user_id": 55, "raw": raw, "cooked": "<p>" + raw + "</p>",
		"created_at": at.Format(time.RFC3339Nano), "updated_at": at.Format(time.RFC3339Nano), "post_number": n + 1, "post_type": 1,
		"topic_id": 81, "topic_slug": "szallitas", "topic_title": "Szállítás", "version": 1, "user_deleted": false,
	}
	if replyTo != "" {
		p["reply_to_post_number"] = json.Number(replyTo)
	}
	f.posts = append(f.posts, p)
	return p
}

// ServeHTTP answers as a forum does, to a key.
func (f *forum) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id, single := strings.CutPrefix(strings.TrimSuffix(r.URL.Path, ".json"), "/posts/")
	switch {
	case r.Header.Get("Api-Key") != connectortest.Secret || r.Header.Get("Api-Username") != "mintabolt":
		refuseWith(w, http.StatusForbidden, "invalid_access")
	case r.URL.Path == "/posts.json" && r.Method == http.MethodPost:
		f.create(w, r)
	case r.URL.Path == "/posts.json":
		f.list(w, r)
	case single:
		f.single(w, r, id)
	case r.URL.Path == "/t/81.json" || r.URL.Path == "/t/81/posts.json":
		f.stream(w, r)
	default:
		refuseWith(w, http.StatusNotFound, "not_found")
	}
}

func (f *forum) create(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Topic   json.Number `json:"topic_id"`
		Raw     string      `json:"raw"`
		ReplyTo json.Number `json:"reply_to_post_number"`
	}
	switch err := json.NewDecoder(r.Body).Decode(&body); {
	case err != nil || body.Topic != "81" || r.Header.Get("Content-Type") != "application/json":
		refuseWith(w, http.StatusUnprocessableEntity, "")
	case f.approval:
		answer(w, map[string]any{"action": "enqueued", "success": true, "pending_post": map[string]any{"id": 12}})
	default:
		answer(w, f.add("mintabolt", body.Raw, body.ReplyTo.String(), connectortest.Now()))
	}
}

func (f *forum) list(w http.ResponseWriter, r *http.Request) {
	before, err := strconv.Atoi(r.FormValue("before"))
	if err != nil {
		before = firstID + len(f.posts)
	}
	page := []any{}
	for i := len(f.posts) - 1; i >= 0 && len(page) < window; i-- {
		if firstID+i <= before && f.posts[i]["deleted_at"] == nil {
			page = append(page, f.posts[i])
		}
	}
	answer(w, map[string]any{"latest_posts": page})
}

func (f *forum) single(w http.ResponseWriter, r *http.Request, id string) {
	n, err := strconv.Atoi(id)
	if n -= firstID; err != nil || n < 0 || n >= len(f.posts) {
		refuseWith(w, http.StatusNotFound, "not_found")
		return
	}
	p := f.posts[n]
	switch r.Method {
	case http.MethodDelete:
		if p["user_deleted"] == true {
			refuseWith(w, http.StatusForbidden, "invalid_access")
			return
		}
		p["user_deleted"] = true
	case http.MethodPut:
		var body struct{ Post struct{ Raw string } }
		if json.NewDecoder(r.Body).Decode(&body) != nil {
			refuseWith(w, http.StatusUnprocessableEntity, "")
			return
		}
		p["raw"], p["cooked"], p["version"] = body.Post.Raw, "<p>"+body.Post.Raw+"</p>", 2
		answer(w, map[string]any{"post": p})
	default:
		answer(w, p)
	}
}

// stream gives the first twenty posts of the topic with all ids, or those that are asked for.
func (f *forum) stream(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()["post_ids[]"]
	posts, ids := []any{}, []any{}
	for i, p := range f.posts {
		if p["deleted_at"] != nil {
			continue
		}
		ids = append(ids, p["id"])
		if len(asked) == 0 && i < 20 || strings.Contains(strings.Join(asked, ","), fmt.Sprint(p["id"])) {
			shown := map[string]any{}
			for name, value := range p {
				if name != "raw" || !f.noRaw {
					shown[name] = value
				}
			}
			posts = append(posts, shown)
		}
	}
	whole := map[string]any{"post_stream": map[string]any{"posts": posts, "stream": ids}}
	for name, value := range f.topic {
		whole[name] = value
	}
	answer(w, whole)
}

func (f *forum) witness(raw string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, p := range f.posts {
		if p["raw"] == raw && p["user_deleted"] != true && p["username"] == "mintabolt" {
			n++
		}
	}
	return n
}

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func refuseWith(w http.ResponseWriter, status int, kind string) {
	w.WriteHeader(status)
	answer(w, map[string]any{"errors": []string{"No."}, "error_type": kind})
}
