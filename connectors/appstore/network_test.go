package appstore

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// newKey makes a key as App Store Connect gives them.
func newKey(t testing.TB) (*ecdsa.PrivateKey, desk.Secret) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, desk.Secret(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// store is a small App Store Connect: the reviews of one app, newest first, one answer each.
type store struct {
	key *ecdsa.PublicKey

	mu   sync.Mutex
	list []item
}

type item struct {
	id, words string
	stars     int
	at        time.Time
	answer    string
}

func (s *store) add(id, words string, stars int, at time.Time) {
	s.list = append([]item{{id: id, words: words, stars: stars, at: at}}, s.list...)
}

func (s *store) find(id string) int {
	return slices.IndexFunc(s.list, func(i item) bool { return i.id == id })
}

func (s *store) answer(id, words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list[s.find(id)].answer = words
}

func (s *store) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.Delete(s.list, s.find(id), s.find(id)+1)
}

func (s *store) witness(words string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, i := range s.list {
		if i.answer == words {
			n++
		}
	}
	return n
}

// signed checks a token as Apple does: its signature, audience and span.
func (s *store) signed(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 {
		return false
	}
	var head struct{ Alg, Kid, Typ string }
	var claims struct {
		Iss, Aud string
		Iat, Exp int64
	}
	mark, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(mark) != 64 || !unpack(parts[0], &head) || !unpack(parts[1], &claims) {
		return false
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	valid := ecdsa.Verify(s.key, sum[:], new(big.Int).SetBytes(mark[:32]), new(big.Int).SetBytes(mark[32:]))
	return valid && head.Alg == "ES256" && head.Kid == "KEY1" && claims.Iss == "issuer" && claims.Aud == "appstoreconnect-v1" && claims.Exp-claims.Iat <= 1200 && claims.Exp > claims.Iat
}

func unpack(s string, into any) bool {
	b, err := base64.RawURLEncoding.DecodeString(s)
	return err == nil && json.Unmarshal(b, into) == nil
}

func refused(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"errors":[{"status":"%d","code":%q,"title":"said to %s"}]}`, status, code, connectortest.Secret)
}

// data is a review as the API writes it.
func (i item) data() map[string]any {
	response := map[string]any{}
	if i.answer != "" {
		response["data"] = map[string]string{"type": "customerReviewResponses", "id": "resp-" + i.id}
	}
	return map[string]any{
		"type": "customerReviews", "id": i.id, "relationships": map[string]any{"response": response},
		"attributes": map[string]any{"rating": i.stars, "title": "Cím", "body": i.words, "reviewerNickname": "evak", "createdDate": i.at.Format(time.RFC3339), "territory": "HUN"},
	}
}

func (i item) response(state string) map[string]any {
	return map[string]any{"type": "customerReviewResponses", "id": "resp-" + i.id,
		"attributes": map[string]string{"responseBody": i.answer, "state": state, "lastModifiedDate": "2026-11-20T11:00:00.123-00:00"}}
}

// ServeHTTP answers as Apple does.
func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, one := strings.CutPrefix(r.URL.Path, "/v1/customerReviews/")
	response, removing := strings.CutPrefix(r.URL.Path, "/v1/customerReviewResponses/resp-")
	switch {
	case !s.signed(r):
		refused(w, 401, "NOT_AUTHORIZED")
	case r.URL.Path == "/v1/apps/9007199254740993/customerReviews":
		s.page(w, r)
	case one && s.find(id) >= 0:
		i := s.list[s.find(id)]
		out := map[string]any{"data": i.data()}
		if i.answer != "" {
			out["included"] = []any{i.response(published)}
		}
		_ = json.NewEncoder(w).Encode(out)
	case r.Method == "POST" && r.URL.Path == "/v1/customerReviewResponses":
		s.reply(w, r)
	case r.Method == "DELETE" && removing && s.find(response) >= 0 && s.list[s.find(response)].answer != "":
		s.list[s.find(response)].answer = ""
		w.WriteHeader(http.StatusNoContent)
	default:
		refused(w, 404, "NOT_FOUND")
	}
}

func (s *store) page(w http.ResponseWriter, r *http.Request) {
	const size = 50 // whatever was asked for
	from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
	end := min(from+size, len(s.list))
	data, included := []any{}, []any{}
	for _, i := range s.list[from:end] {
		data = append(data, i.data())
		if i.answer != "" {
			included = append(included, i.response(pending))
		}
	}
	links := map[string]string{"self": "x"}
	if end < len(s.list) {
		links["next"] = fmt.Sprintf("http://%s%s?cursor=%d&limit=200", r.Host, r.URL.Path, end)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": data, "included": included, "links": links})
}

func (s *store) reply(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Data struct {
			Attributes    struct{ ResponseBody string }
			Relationships struct {
				Review struct{ Data struct{ ID string } }
			}
		}
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Data.Attributes.ResponseBody == "" {
		refused(w, 409, "ENTITY_ERROR.ATTRIBUTE.INVALID")
		return
	}
	at := s.find(in.Data.Relationships.Review.Data.ID)
	if at < 0 {
		refused(w, 404, "NOT_FOUND")
		return
	}
	s.list[at].answer = in.Data.Attributes.ResponseBody
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(map[string]any{"data": s.list[at].response(pending)})
}
