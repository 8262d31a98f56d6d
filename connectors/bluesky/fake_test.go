package bluesky

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

const (
	us   = "did:plc:acme"
	them = "did:plc:mira"
)

// server is a Bluesky server in memory. It answers as the real ones do, faults included, as far as the connector asks; the tests against
// those show that.
type server struct {
	mu      sync.Mutex
	records map[string]record // by address
	gated   map[string]bool   // take no replies
	blocked bool              // they have blocked us
	limit   int               // notifications on a page
	puts    int
	last    json.RawMessage // record that was put
	asked   []url.Values    // for pages of notifications
}

// newServer has one post of theirs that mentions us.
func newServer() (*server, string) {
	s := &server{records: map[string]record{}, gated: map[string]bool{}, limit: 100}
	return s, s.say(them, "3mention22222", "@acme.example the parcel never came", connectortest.Now().Add(-time.Hour))
}

func (s *server) say(who, name, words string, at time.Time) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	uri := "at://" + who + "/" + postType + "/" + name
	s.records[uri] = record{Type: postType, Text: words, Langs: []string{"en"}, CreatedAt: at.Format("2006-01-02T15:04:05.000Z")}
	return uri
}

func (s *server) remove(uri string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, uri)
}

// count is how many public posts say the words.
func (s *server) count(words string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.records {
		if r.Text == words {
			n++
		}
	}
	return n
}

func (s *server) view(uri string) map[string]any {
	r := s.records[uri]
	who := strings.Split(uri, "/")[2]
	return map[string]any{
		"uri": uri, "cid": "cid-" + r.Text, "record": r, "indexedAt": r.CreatedAt, "likeCount": 1,
		"author": map[string]any{"did": who, "handle": strings.TrimPrefix(who, "did:plc:") + ".example"},
		"viewer": map[string]any{"replyDisabled": s.gated[uri]},
	}
}

// newest lists the posts of one author, newest first.
func (s *server) newest(who string) (list []string) {
	for uri := range s.records {
		if strings.HasPrefix(uri, "at://"+who+"/") {
			list = append(list, uri)
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		if by := strings.Compare(s.records[b].CreatedAt, s.records[a].CreatedAt); by != 0 {
			return by
		}
		return strings.Compare(b, a)
	})
	return list
}

func refusal(w http.ResponseWriter, status int, word string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": word, "message": word})
}

// ServeHTTP answers one call.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	if r.Header.Get("Authorization") != "Bearer "+connectortest.Secret {
		refusal(w, 400, "InvalidToken")
		return
	}
	answer := map[string]any{}
	switch path := strings.TrimPrefix(r.URL.Path, "/xrpc/"); path {
	case "app.bsky.notification.listNotifications":
		s.notified(q, answer)
	case "app.bsky.feed.getAuthorFeed":
		feed := []any{}
		for _, uri := range s.newest(us) {
			feed = append(feed, map[string]any{"post": s.view(uri)})
		}
		answer["feed"] = feed
	case "app.bsky.feed.getPosts":
		posts := []any{}
		for _, uri := range q["uris"] {
			if _, ok := s.records[uri]; ok && !s.blocked {
				posts = append(posts, s.view(uri))
			}
		}
		answer["posts"] = posts
	case "app.bsky.feed.getPostThread":
		if _, ok := s.records[q.Get("uri")]; !ok {
			refusal(w, 400, "NotFound")
			return
		}
		answer["thread"] = map[string]any{"$type": "app.bsky.feed.defs#blockedPost", "blocked": true}
		if !s.blocked {
			answer["thread"] = map[string]any{"post": s.view(q.Get("uri"))}
		}
	case "com.atproto.identity.resolveHandle":
		if q.Get("handle") != "mira.example" {
			refusal(w, 400, "InvalidRequest")
			return
		}
		answer["did"] = them
	case "com.atproto.repo.getRecord":
		uri := "at://" + q.Get("repo") + "/" + q.Get("collection") + "/" + q.Get("rkey")
		if _, ok := s.records[uri]; !ok {
			refusal(w, 400, "RecordNotFound")
			return
		}
		answer["uri"], answer["value"] = uri, s.records[uri]
	case "com.atproto.repo.putRecord", "com.atproto.repo.deleteRecord":
		s.change(w, r)
		return
	default:
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

// notified pages as the real list does: the next page begins before the moment of the last item, whatever else that moment holds.
func (s *server) notified(q url.Values, answer map[string]any) {
	s.asked = append(s.asked, q)
	list := []any{}
	for _, uri := range s.newest(them) {
		if at := s.records[uri].CreatedAt; q.Get("cursor") != "" && at >= q.Get("cursor") {
			continue
		}
		if len(list) == s.limit {
			answer["cursor"] = list[len(list)-1].(map[string]any)["indexedAt"]
			break
		}
		one := s.view(uri)
		one["reason"] = "mention"
		list = append(list, one)
	}
	answer["notifications"] = list
}

func (s *server) change(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Repo, Collection, RKey string
		Record                 json.RawMessage
		SwapRecord             json.RawMessage
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	uri := "at://" + body.Repo + "/" + body.Collection + "/" + body.RKey
	old, stands := s.records[uri]
	if strings.HasSuffix(r.URL.Path, "deleteRecord") {
		delete(s.records, uri)
		_, _ = fmt.Fprint(w, `{}`)
		return
	}
	var said record
	_ = json.Unmarshal(body.Record, &said)
	if stands && fmt.Sprint(old.Text, old.CreatedAt) != fmt.Sprint(said.Text, said.CreatedAt) && string(body.SwapRecord) == "null" {
		refusal(w, 400, "InvalidSwap")
		return
	}
	s.puts++
	s.last, s.records[uri] = body.Record, said
	_ = json.NewEncoder(w).Encode(map[string]string{"uri": uri, "cid": "x"})
}

func writes(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "putRecord") }

func empty(testing.TB) http.Handler {
	s, uri := newServer()
	s.remove(uri)
	return s
}
