package reddit

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

// snoo is a small Reddit: one post, comments below it, newest last.
type snoo struct {
	mu       sync.Mutex
	post     map[string]any
	comments []map[string]any
	refusal  string // the errors with which writing is answered, in a 200
	agents   map[string]bool
}

func newSnoo(comments int) *snoo {
	s := &snoo{agents: map[string]bool{}, post: map[string]any{
		"id": "1p2q3r", "name": "t3_1p2q3r", "title": "Minta Bolt?", "selftext": "Vett már valaki?", "author": "vasarlo_hu", "author_fullname": "t2_v", "subreddit": "hungary",
		"created_utc": float64(connectortest.Now().Add(-9 * time.Hour).Unix()), "edited": false, "permalink": "/r/hungary/comments/1p2q3r/minta_bolt/", "num_comments": comments, "score": 12,
	}}
	for i := range comments {
		s.add("u"+strconv.Itoa(i%5), "Minta "+strconv.Itoa(i), "t3_1p2q3r", connectortest.Now().Add(-8*time.Hour+time.Duration(i)*time.Second))
	}
	return s
}

func (s *snoo) add(author, body, parent string, at time.Time) map[string]any {
	id := fmt.Sprintf("n%05d", len(s.comments))
	c := map[string]any{
		"id": id, "name": "t1_" + id, "parent_id": parent, "link_id": "t3_1p2q3r", "author": author, "author_fullname": "t2_" + author, "body": body, "subreddit": "hungary",
		"created_utc": float64(at.Unix()), "edited": false, "permalink": "/r/hungary/comments/1p2q3r/minta_bolt/" + id + "/", "replies": "", "score": 1, "locked": false, "archived": false,
	}
	s.comments = append(s.comments, c)
	return c
}

var goodAgent = regexp.MustCompile(`^server:earshot\.app1:v\S+ \(by /u/mintabolt\)$`)

// ServeHTTP answers as Reddit does, to a token and a client that names itself.
func (s *snoo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !goodAgent.MatchString(r.Header.Get("User-Agent")) {
		http.Error(w, "name yourself", http.StatusTooManyRequests)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+connectortest.Secret {
		w.WriteHeader(http.StatusUnauthorized)
		answer(w, map[string]any{"message": "Unauthorized", "error": 401})
		return
	}
	if r.Method == http.MethodPost {
		s.write(w, r)
		return
	}
	if r.FormValue("raw_json") != "1" && r.URL.Path != "/api/v1/me" {
		http.Error(w, "escaped", http.StatusBadRequest)
		return
	}
	switch r.URL.Path {
	case "/api/v1/me":
		answer(w, map[string]any{"name": "MintaBolt"})
	case "/search", "/r/hungary/new":
		s.list(w, r, []map[string]any{s.post})
	case "/r/hungary/comments":
		s.list(w, r, s.comments)
	case "/user/mintabolt/comments":
		s.list(w, r, slices.DeleteFunc(slices.Clone(s.comments), func(c map[string]any) bool { return c["author"] != "mintabolt" }))
	case "/message/inbox":
		s.list(w, r, nil)
	case "/api/info":
		s.info(w, r)
	default:
		w.WriteHeader(http.StatusNotFound)
		answer(w, map[string]any{"message": "Not Found", "error": 404})
	}
}

// list gives a page of a list, newest first. After what was deleted there is nothing.
func (s *snoo) list(w http.ResponseWriter, r *http.Request, all []map[string]any) {
	newest := slices.Clone(all)
	slices.Reverse(newest)
	from := 0
	if after := r.FormValue("after"); after != "" {
		from = len(newest)
		for i, c := range newest {
			if c["name"] == after && c["author"] != deleted {
				from = i + 1
			}
		}
	}
	page := newest[min(from, len(newest)):min(from+perPage, len(newest))]
	var after any
	if from+perPage < len(newest) {
		after = page[len(page)-1]["name"]
	}
	sendListing(w, after, page...)
}

func (s *snoo) find(name string) map[string]any {
	for _, c := range append([]map[string]any{s.post}, s.comments...) {
		if c["name"] == name {
			return c
		}
	}
	return nil
}

func (s *snoo) info(w http.ResponseWriter, r *http.Request) {
	var found []map[string]any
	for name := range strings.SplitSeq(r.FormValue("id"), ",") {
		if c := s.find(name); c != nil {
			found = append(found, c)
		}
	}
	sendListing(w, nil, found...)
}

func (s *snoo) write(w http.ResponseWriter, r *http.Request) {
	thing := s.find(r.FormValue("thing_id"))
	switch {
	case s.refusal != "":
		_, _ = w.Write([]byte(s.refusal))
	case r.URL.Path == "/api/del":
		if c := s.find(r.FormValue("id")); c != nil {
			c["author"], c["body"] = deleted, deleted
		}
		answer(w, map[string]any{})
	case thing == nil || r.FormValue("api_type") != "json":
		http.Error(w, "bad", http.StatusBadRequest)
	case r.URL.Path == "/api/editusertext":
		thing["body"] = r.FormValue("text")
		s.things(w, thing)
	default:
		s.things(w, s.add("mintabolt", r.FormValue("text"), r.FormValue("thing_id"), connectortest.Now()))
	}
}

func (s *snoo) things(w http.ResponseWriter, c map[string]any) {
	answer(w, map[string]any{"json": map[string]any{"errors": []any{}, "data": map[string]any{"things": []any{map[string]any{"kind": "t1", "data": c}}}}})
}

func (s *snoo) witness(body string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.comments {
		if c["body"] == body {
			n++
		}
	}
	return n
}

func sendListing(w http.ResponseWriter, after any, things ...map[string]any) {
	children := []any{}
	for _, t := range things {
		kind, _, _ := strings.Cut(fmt.Sprint(t["name"]), "_")
		children = append(children, map[string]any{"kind": kind, "data": t})
	}
	answer(w, map[string]any{"kind": "Listing", "data": map[string]any{"after": after, "before": nil, "children": children}})
}

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }
