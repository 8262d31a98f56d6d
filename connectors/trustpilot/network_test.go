package trustpilot

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

// pilot is a small Trustpilot: the reviews of one company, newest first, one answer each.
type pilot struct {
	mu   sync.Mutex
	list []map[string]any
}

func (p *pilot) add(id, words string, stars int, at time.Time) {
	p.list = append([]map[string]any{{
		"id": id, "stars": stars, "title": "Lassú", "text": words, "language": "hu", "createdAt": at.Format(time.RFC3339), "updatedAt": nil,
		"consumer": map[string]any{"id": "c" + id, "displayName": "Éva K."}, "companyReply": nil, "referralEmail": "eva@example.com",
	}}, p.list...)
}

func (p *pilot) find(id string) int {
	return slices.IndexFunc(p.list, func(r map[string]any) bool { return r["id"] == id })
}

func (p *pilot) answer(id, words string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.put(id, words)
}

func (p *pilot) put(id, words string) {
	p.list[p.find(id)]["companyReply"] = map[string]any{"text": words, "createdAt": connectortest.Now().Format(time.RFC3339)}
}

func (p *pilot) remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = slices.Delete(p.list, p.find(id), p.find(id)+1)
}

func (p *pilot) witness(words string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, r := range p.list {
		if a, ok := r["companyReply"].(map[string]any); ok && a["text"] == words {
			n++
		}
	}
	return n
}

func no(w http.ResponseWriter, status int) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"message":"`+connectortest.Secret+`","errorCode":`+strconv.Itoa(status)+`}`)
}

// ServeHTTP answers as Trustpilot does.
func (p *pilot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	path, private := strings.CutPrefix(r.URL.Path, "/v1/private")
	if !private {
		path = strings.TrimPrefix(path, "/v1")
	}
	id, answering := strings.CutSuffix(strings.TrimPrefix(path, "/reviews/"), "/reply")
	switch {
	case private && r.Header.Get("Authorization") != "Bearer "+connectortest.Secret, !private && r.Header.Get("apikey") != connectortest.Secret:
		no(w, 401)
	case path == "/business-units/507f191e810c19729de86bbb/reviews":
		p.page(w, r)
	case p.find(id) < 0:
		no(w, 404)
	case answering && r.Method == "POST" && private:
		var in struct{ AuthorBusinessUserID, Message string }
		if json.NewDecoder(r.Body).Decode(&in) != nil || in.Message == "" || in.AuthorBusinessUserID != "507f191e810c19729de86ccc" {
			no(w, 400)
			return
		}
		p.put(id, in.Message)
		w.WriteHeader(http.StatusCreated)
	case answering && r.Method == "DELETE" && private:
		p.list[p.find(id)]["companyReply"] = nil
		w.WriteHeader(http.StatusNoContent)
	default:
		_ = json.NewEncoder(w).Encode(p.list[p.find(id)])
	}
}

func (p *pilot) page(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("perPage"))
	n, _ := strconv.Atoi(q.Get("page"))
	if size < 1 || size > 100 || n < 1 || q.Get("orderBy") != "createdat.desc" {
		no(w, 400)
		return
	}
	from := min((n-1)*size, len(p.list))
	end := min(from+size, len(p.list))
	out := map[string]any{"reviews": append([]map[string]any{}, p.list[from:end]...), "links": []any{}}
	if end < len(p.list) {
		out["links"] = []any{map[string]string{"rel": "next-page", "href": "https://api.trustpilot.com/elsewhere"}}
	}
	_ = json.NewEncoder(w).Encode(out)
}
