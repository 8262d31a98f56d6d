package appstore

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/fetch"
)

// list is a page of reviews. They stay raw until they are read one by one, so that one bad item does not spoil the others.
type list struct {
	Data     []json.RawMessage `json:"data"`
	Included []response        `json:"included"`
	Links    struct {
		Next string `json:"next"`
	} `json:"links"`
}

// single is one review with its answer.
type single struct {
	Data     json.RawMessage `json:"data"`
	Included []response      `json:"included"`
}

type review struct {
	ID         string `json:"id"`
	Attributes struct {
		Rating    float64 `json:"rating"`
		Title     string  `json:"title"`
		Body      string  `json:"body"`
		Nickname  string  `json:"reviewerNickname"`
		Created   moment  `json:"createdDate"`
		Territory string  `json:"territory"`
	} `json:"attributes"`
	Relationships struct {
		Response struct {
			Data *struct {
				ID string `json:"id"`
			} `json:"data"`
		} `json:"response"`
	} `json:"relationships"`
}

// response is the developer's answer.
type response struct {
	ID         string `json:"id"`
	Attributes struct {
		Body     string `json:"responseBody"`
		Modified moment `json:"lastModifiedDate"`
		State    string `json:"state"`
	} `json:"attributes"`
}

// The states of an answer.
const (
	published = "PUBLISHED"
	pending   = "PENDING_PUBLISH"
)

// moment is a time with or without fractions of a second; what cannot be read is none.
type moment struct{ time.Time }

// UnmarshalJSON reads a time.
func (m *moment) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			m.Time = t.UTC()
			return nil
		}
	}
	return nil
}

// problem is how App Store Connect says what is wrong.
type problem struct {
	Errors []struct {
		Code string `json:"code"`
	} `json:"errors"`
}

// refuse reads a refusal of App Store Connect.
func refuse(a fetch.Reply) *fetch.Refusal {
	var p problem
	if a.Status < 400 || !a.JSON(&p) || len(p.Errors) == 0 {
		return nil
	}
	no := &fetch.Refusal{Code: p.Errors[0].Code}
	switch {
	case a.Status == http.StatusUnauthorized:
		no.Class, no.Hint = fetch.TokenExpired, "key_id, issuer_id and the key must belong together, and the clock of this machine be right"
	case a.Status == http.StatusForbidden:
		no.Class, no.Hint = fetch.Forbidden, "reading takes a key with the role App Manager, answering one with the role Admin"
	case a.Status == http.StatusNotFound:
		no.Class = fetch.Missing
	case a.Status == http.StatusTooManyRequests:
		no.Class = fetch.RateLimited
		if a.Header.Get("Retry-After") == "" && spent(a.Header.Get("X-Rate-Limit")) {
			no.After = 15 * time.Minute // the quota is hourly, and Apple does not say when it begins anew
		}
	case a.Status == http.StatusConflict, a.Status == http.StatusUnprocessableEntity, a.Status == http.StatusBadRequest:
		no.Class = fetch.Invalid
	default:
		return nil
	}
	return no
}

// spent reads "user-hour-lim:3500;user-hour-rem:0;".
func spent(header string) bool {
	for pair := range strings.SplitSeq(header, ";") {
		if name, left, ok := strings.Cut(pair, ":"); ok && strings.TrimSpace(name) == "user-hour-rem" {
			return strings.TrimSpace(left) == "0"
		}
	}
	return false
}
