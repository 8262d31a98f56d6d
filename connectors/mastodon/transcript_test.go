package mastodon_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// recorded is an exchange with a real server.
type recorded struct {
	method, path, body string
	key                string // Idempotency-Key
	status             int
	link               string
	answer             string
}

func readTranscript(t *testing.T, file string) recorded {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	asked, answered, ok := strings.Cut(string(data), "--- response\n")
	if !ok {
		t.Fatalf("%s is no transcript", file)
	}
	head, body, _ := strings.Cut(asked, "\n\n")
	r := recorded{body: strings.TrimSpace(body)}
	first, headers, _ := strings.Cut(head, "\n")
	if _, err := fmt.Sscanf(first, "%s %s", &r.method, &r.path); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(headers) {
		if value, ok := strings.CutPrefix(line, "idempotency-key: "); ok {
			r.key = strings.TrimSpace(value)
		}
	}
	head, r.answer, _ = strings.Cut(answered, "\n\n")
	if _, err := fmt.Sscanf(head, "HTTP/1.1 %d", &r.status); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(head) {
		if value, ok := strings.CutPrefix(line, "link: "); ok {
			r.link = strings.TrimSpace(value)
		}
	}
	return r
}

// TestTheFakeIsFaithful asks the fake what a real GoToSocial was asked, and compares: status, Link header, and that every field the fake
// sends is one that the real server sent, of the same type.
func TestTheFakeIsFaithful(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(shared(t, "realservers", "transcripts", "mastodon-gotosocial") + "/*.http")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d transcripts, %v", len(files), err)
	}
	sort.Strings(files)
	f := newFake(now, true, false)
	f.user("acme").acct, f.user("mira").acct = "brand", "userb"
	for i := range 3 { // what the real one had before
		f.say("userb", fmt.Sprintf("@brand earlier %d", i), nil, time.Hour)
	}
	s := &stand{f: f, ids: map[string]string{}}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { s.compare(t, filepath.Base(file), readTranscript(t, file)) })
	}
}

// stand plays transcripts on a fake.
type stand struct {
	f    *fake
	ids  map[string]string // of the recording, to those of the fake
	last []string          // of the notifications, newest first
}

func (s *stand) compare(t *testing.T, name string, want recorded) {
	path, _ := url.PathUnescape(want.path)
	for theirs, ours := range s.ids {
		path, want.body = strings.ReplaceAll(path, theirs, ours), strings.ReplaceAll(want.body, theirs, ours)
	}
	path = anchor.ReplaceAllStringFunc(path, func(old string) string { return s.anchor(old, name) })
	req := httptest.NewRequest(want.method, strings.ReplaceAll(path, "#", "%23"), strings.NewReader(want.body))
	req.Header.Set("Idempotency-Key", want.key)
	switch {
	case strings.Contains(name, "err-401"):
	case strings.Contains(name, "user-mentions"):
		req.Header.Set("Authorization", "Bearer "+s.f.user("userb").token)
	default:
		req.Header.Set("Authorization", "Bearer "+s.f.user("brand").token)
	}
	scopes := s.f.user("brand").scopes
	if strings.Contains(name, "scope") {
		s.f.user("brand").scopes = "read"
	}
	w := httptest.NewRecorder()
	s.f.ServeHTTP(w, req)
	s.f.user("brand").scopes = scopes
	if w.Code != want.status {
		t.Fatalf("%s %s: the fake says %d, the real server said %d", req.Method, path, w.Code, want.status)
	}
	// GoToSocial repeats what was not asked for in the links of an account's posts; nobody follows those.
	if got, have := ways(w.Header().Get("Link")), ways(want.link); !strings.Contains(name, "own-statuses") && got != have {
		t.Errorf("Link\nfake %s\nreal %s", got, have)
	}
	var mine, theirs any
	if json.Unmarshal(w.Body.Bytes(), &mine) != nil || json.Unmarshal([]byte(want.answer), &theirs) != nil {
		t.Fatal("no JSON")
	}
	subset(t, "", mine, theirs)
	if want.status >= 400 && w.Body.String() != want.answer && strings.TrimSpace(w.Body.String()) != strings.TrimSpace(want.answer) {
		t.Errorf("the fake says %s, the real server %s", w.Body, want.answer)
	}
	s.learn(mine, theirs)
}

var anchor = regexp.MustCompile(`(min_id|max_id|since_id)=\w+`)

// anchor puts the fake's oldest or newest notification where the recording had its own.
func (s *stand) anchor(old, name string) string {
	bound, _, _ := strings.Cut(old, "=")
	if strings.Contains(name, "caught-up") {
		return bound + "=" + s.last[0]
	}
	return bound + "=" + s.last[len(s.last)-1]
}

// learn notes which of the fake's posts stands for which of the recording.
func (s *stand) learn(mine, theirs any) {
	a, okA := mine.(map[string]any)
	b, okB := theirs.(map[string]any)
	if okA && okB && a["id"] != nil && b["id"] != nil {
		s.ids[fmt.Sprint(b["id"])] = fmt.Sprint(a["id"])
	}
	list, _ := mine.([]any)
	for i, one := range list {
		if n, ok := one.(map[string]any); ok && n["type"] == "mention" && (i > 0 || len(list) > 2) {
			s.last = slices.DeleteFunc(s.last, func(id string) bool { return id == n["id"] })
			s.last = append(s.last, fmt.Sprint(n["id"]))
		}
	}
}

// ways is a Link header without hosts and identifiers: which ways lead on, and with which parameters.
func ways(header string) string {
	var out []string
	for _, m := range regexp.MustCompile(`<([^>]*)>; rel="(\w+)"`).FindAllStringSubmatch(header, -1) {
		u, err := url.Parse(m[1])
		if err != nil {
			return err.Error()
		}
		q := u.Query()
		for _, bound := range []string{"min_id", "max_id"} {
			if q.Has(bound) {
				q.Set(bound, "ID")
			}
		}
		out = append(out, m[2]+" "+u.Path+"?"+q.Encode())
	}
	return strings.Join(out, ", ")
}

// subset fails for what the fake sends and the real server did not.
func subset(t *testing.T, where string, mine, theirs any) {
	t.Helper()
	switch a := mine.(type) {
	case map[string]any:
		b, ok := theirs.(map[string]any)
		if !ok {
			t.Errorf("%s: the fake sends an object, the real server %T", where, theirs)
			return
		}
		for name, value := range a {
			real, ok := b[name]
			if !ok {
				t.Errorf("%s.%s: the real server does not send this", where, name)
				continue
			}
			subset(t, where+"."+name, value, real)
		}
	case []any:
		b, ok := theirs.([]any)
		if !ok {
			t.Errorf("%s: the fake sends a list, the real server %T", where, theirs)
			return
		}
		for i := range min(len(a), len(b)) {
			subset(t, fmt.Sprintf("%s[%d]", where, i), a[i], b[i])
		}
	case nil:
	default:
		if theirs != nil && fmt.Sprintf("%T", mine) != fmt.Sprintf("%T", theirs) {
			t.Errorf("%s: the fake sends %T, the real server %T", where, mine, theirs)
		}
	}
}
