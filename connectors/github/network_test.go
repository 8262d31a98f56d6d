package github

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

// hub is a small server: one repository with an issue, a discussion, and comments to both.
type hub struct {
	mu       sync.Mutex
	base     string
	issues   []map[string]any
	comments []map[string]any // of issue 12
	talk     []map[string]any // comments of discussion 7
	answers  []map[string]any // to DC_1
	locked   bool
	gone     bool
	fresh    int // answers that were not 304
}

func newHub(issues, comments int) *hub {
	h := &hub{base: "https://github.example"}
	for i := range issues {
		h.issues = append(h.issues, h.thing(fmt.Sprintf("I_%d", i), fmt.Sprintf("issues/%d", i+1), "evak", "Crashes", i))
		h.issues[i]["title"], h.issues[i]["state"], h.issues[i]["number"] = "It crashes", "open", i+1
	}
	for i := range comments {
		h.comments = append(h.comments, h.thing(fmt.Sprintf("IC_%d", i), fmt.Sprintf("issues/12#issuecomment-%d", 9007199254740993+i), "evak", "me too", i))
	}
	h.talk = []map[string]any{h.said("DC_1", 1, "evak", "How?"), h.said("DC_2", 2, "bela", "Hm")}
	return h
}

func stamp(i int) string {
	return connectortest.Now().Add(-6*time.Hour + time.Duration(i/3)*time.Second).Format(time.RFC3339)
}

func (h *hub) thing(node, page, login, body string, i int) map[string]any {
	return map[string]any{
		"id": 9007199254740993 + i, "node_id": node, "html_url": h.base + "/minta/app/" + page, "body": body, "created_at": stamp(i), "updated_at": stamp(i),
		"user": map[string]any{"login": login, "node_id": "U_" + login, "html_url": h.base + "/" + login}, "author_association": "NONE",
	}
}

func (h *hub) said(id string, n int, login, body string) map[string]any {
	return map[string]any{
		"id": id, "url": fmt.Sprintf("%s/minta/app/discussions/2007#discussioncomment-%d", h.base, n), "createdAt": stamp(n), "body": body, "bodyText": body,
		"author": map[string]any{"login": login}, "deletedAt": nil, "replyTo": nil,
	}
}

// ServeHTTP answers as GitHub does, to a token.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/api/v3/repos/minta/app")
	switch {
	case r.Header.Get("Authorization") != "Bearer "+connectortest.Secret:
		refuseWith(w, http.StatusUnauthorized)
	case r.URL.Path == "/api/graphql":
		h.graph(w, r)
	case path == "/issues":
		h.list(w, r, h.issues)
	case path == "/issues/comments":
		h.list(w, r, h.comments)
	case path == "/issues/12" && !h.gone:
		answer(w, map[string]any{"node_id": "I_12", "html_url": h.base + "/minta/app/issues/12", "title": "Crash", "body": "x", "created_at": stamp(0), "updated_at": stamp(0), "locked": h.locked})
	case path == "/issues/12/comments" && r.Method == http.MethodPost:
		var body struct{ Body string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		n := len(h.comments)
		c := h.thing(fmt.Sprintf("IC_%d", n), fmt.Sprintf("issues/12#issuecomment-%d", 9007199254740993+n), "mintabolt", body.Body, 0)
		c["created_at"], c["updated_at"] = connectortest.Now().Format(time.RFC3339), connectortest.Now().Format(time.RFC3339)
		h.comments = append(h.comments, c)
		w.WriteHeader(http.StatusCreated)
		answer(w, c)
	case path == "/issues/12/comments":
		h.list(w, r, h.comments)
	case strings.HasPrefix(path, "/issues/comments/"):
		h.comment(w, r, strings.TrimPrefix(path, "/issues/comments/"))
	default:
		refuseWith(w, http.StatusNotFound)
	}
}

// list gives a page by the moment of the last change.
func (h *hub) list(w http.ResponseWriter, r *http.Request, all []map[string]any) {
	tag := fmt.Sprintf(`"%d-%s"`, len(all), r.URL.RawQuery)
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.fresh++
	found := []any{}
	since := r.FormValue("since")
	moment := func(i int) string { s, _ := all[i]["updated_at"].(string); return s }
	if sorted := func(i, j int) bool { return moment(i) < moment(j) }; !sort.SliceIsSorted(all, sorted) {
		sort.SliceStable(all, sorted)
	}
	for i, one := range all {
		if moment(i) >= since {
			found = append(found, one)
		}
	}
	page, _ := strconv.Atoi(r.FormValue("page"))
	page = max(page, 1)
	if rest := len(found) - page*perPage; rest > 0 {
		q, _ := url.ParseQuery(r.URL.RawQuery)
		q.Set("page", strconv.Itoa(page+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next", <http://%s/last>; rel="last"`, r.Host, r.URL.Path, q.Encode(), r.Host))
	}
	answer(w, found[min(len(found), (page-1)*perPage):min(len(found), page*perPage)])
}

func (h *hub) comment(w http.ResponseWriter, r *http.Request, id string) {
	for i, c := range h.comments {
		if !strings.HasSuffix(fmt.Sprint(c["html_url"]), "issuecomment-"+id) || h.gone {
			continue
		}
		switch r.Method {
		case http.MethodPatch:
			var body struct{ Body string }
			_ = json.NewDecoder(r.Body).Decode(&body)
			c["body"] = body.Body
		case http.MethodDelete:
			h.comments = append(h.comments[:i:i], h.comments[i+1:]...)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		answer(w, c)
		return
	}
	refuseWith(w, http.StatusNotFound)
}

// graph answers the queries that the connector has.
func (h *hub) graph(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Query     string
		Variables struct {
			I    struct{ Body, ReplyToID, CommentID, ID string }
			Node string
		}
	}
	if json.NewDecoder(r.Body).Decode(&ask) != nil {
		refuseWith(w, http.StatusBadRequest)
		return
	}
	talk := map[string]any{"id": "D_7", "number": 2007, "title": "Question", "url": h.base + "/minta/app/discussions/2007", "createdAt": stamp(0), "updatedAt": stamp(9), "bodyText": "How?", "body": "How?", "locked": h.locked}
	switch i := ask.Variables.I; {
	case strings.Contains(ask.Query, "addDiscussionComment"):
		n := 100 + len(h.answers)
		c := h.said(fmt.Sprintf("DC_%d", n), n, "mintabolt", i.Body)
		c["createdAt"], c["replyTo"] = connectortest.Now().Format(time.RFC3339), map[string]any{"id": i.ReplyToID}
		h.answers = append(h.answers, c)
		data(w, map[string]any{"addDiscussionComment": map[string]any{"comment": c}})
	case strings.Contains(ask.Query, "updateDiscussionComment"), strings.Contains(ask.Query, "deleteDiscussionComment"):
		h.change(w, i.CommentID, i.ID, i.Body)
	case h.gone:
		answer(w, map[string]any{"data": map[string]any{"repository": nil}, "errors": []any{map[string]any{"type": "NOT_FOUND", "message": "Could not resolve"}}})
	case strings.Contains(ask.Query, "discussions("):
		h.talk[0]["replies"] = map[string]any{"nodes": h.answers}
		talk["comments"] = map[string]any{"nodes": h.talk}
		data(w, map[string]any{"repository": map[string]any{"discussions": map[string]any{"pageInfo": map[string]any{"hasNextPage": false}, "nodes": []any{talk}}}})
	default:
		talk["comments"] = map[string]any{"nodes": h.talk}
		node := map[string]any{"id": ask.Variables.Node, "replies": map[string]any{"nodes": h.answers}}
		for _, a := range h.answers {
			if a["id"] == ask.Variables.Node {
				node["replyTo"] = a["replyTo"]
			}
		}
		data(w, map[string]any{"repository": map[string]any{"discussion": talk}, "node": node})
	}
}

func (h *hub) change(w http.ResponseWriter, edit, remove, body string) {
	for i, a := range h.answers {
		switch a["id"] {
		case edit:
			a["body"] = body
			data(w, map[string]any{"updateDiscussionComment": map[string]any{"comment": a}})
			return
		case remove:
			h.answers = append(h.answers[:i:i], h.answers[i+1:]...)
			data(w, map[string]any{"deleteDiscussionComment": map[string]any{"comment": a}})
			return
		}
	}
	answer(w, map[string]any{"data": map[string]any{"deleteDiscussionComment": nil}, "errors": []any{map[string]any{"type": "NOT_FOUND", "message": "Could not resolve"}}})
}

func (h *hub) witness(body string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, c := range append(append([]map[string]any{}, h.comments...), h.answers...) {
		if c["body"] == body {
			n++
		}
	}
	return n
}

func data(w http.ResponseWriter, v any) { answer(w, map[string]any{"data": v}) }

func answer(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

func refuseWith(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	answer(w, map[string]any{"message": http.StatusText(status), "status": strconv.Itoa(status)})
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}
