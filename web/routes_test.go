package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// fillPath puts real values into the placeholders of a route.
func (s *site) fillPath(path string) string {
	c := s.caseOf("Tímea Barna")
	var reply desk.ReplyID
	for _, r := range s.replies {
		if r.Case == c.ID {
			reply = r.ID
		}
	}
	return strings.NewReplacer("{$}", "", "{case}", string(c.ID), "{reply}", string(reply), "{column}", "new", "{mention}", sampleID(1), "{source}", "play-home",
		"{user}", "ZH", "{account}", "acme-social", "{secret}", "none", "{version}", "v", "{path...}", "app.css").Replace(path)
}

// TestRoutesGuarded asks every route as every role and as a stranger. What a role may not do must be refused before anything
// happens; what it may do must not be refused.
func TestRoutesGuarded(t *testing.T) {
	t.Parallel()
	// In this order the agent is the first who may claim the case, and so the one who may release it.
	asks := []struct {
		id   desk.UserID
		role desk.Role
	}{{"ZH", desk.RoleMarketing}, {"NK", desk.RoleAgent}, {"DP", desk.RoleManager}, {"TA", desk.RoleAdmin}, {"", ""}}
	shared := newSite(t, sampled())
	for _, line := range web.Lines() {
		for _, ask := range asks {
			id, role := ask.id, ask.role
			s := shared.user(id)
			s.restore(id) // the route before may have signed the person out
			patience := 20 * time.Second
			if line.Path == "/live" {
				patience = 300 * time.Millisecond // it never ends by itself
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			before := len(s.events)
			status := s.status(ctx, line.Method, s.fillPath(line.Path))
			cancel()
			switch may := web.May(role, line.Act); {
			case id == "" && !may && line.Method == "GET" && status != http.StatusSeeOther, id == "" && !may && line.Method == "POST" && status != http.StatusSeeOther:
				t.Errorf("%s %s as a stranger: %d, want the sign-in", line.Method, line.Path, status)
			case id != "" && !may && status != http.StatusForbidden:
				t.Errorf("%s %s as %s: %d, want 403", line.Method, line.Path, role, status)
			case may && status == http.StatusForbidden:
				t.Errorf("%s %s as %s: refused", line.Method, line.Path, role)
			case !may && len(s.events) != before:
				t.Errorf("%s %s as %s: something happened", line.Method, line.Path, role)
			case status >= 500:
				t.Errorf("%s %s as %s: %d", line.Method, line.Path, role, status)
			}
			if line.Method == "GET" && len(s.events) != before {
				t.Errorf("GET %s changed something", line.Path)
			}
		}
	}
}

func (s *site) restore(id desk.UserID) {
	defer s.lock()()
	hash := hashOf("session-" + string(id))
	s.sessions[hash] = desk.Session{Hash: hash, User: id, Expires: noon.Add(30 * 24 * time.Hour)}
}

func (s *site) status(ctx context.Context, method, path string) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, strings.NewReader(""))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s.as != "" {
		req.AddCookie(&http.Cookie{Name: "earshot", Value: "session-" + string(s.as)})
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestCrossOriginRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	path := "/cases/" + string(s.caseOf("Rowan Mistry").ID) + "/claim"
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example"}} {
		if resp := s.do("POST", path, url.Values{}, header...); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%v: status %d, want 403", header, resp.StatusCode)
		}
	}
	if c := s.caseOf("Rowan Mistry"); c.Owner != "" {
		t.Errorf("the case went to %s", c.Owner)
	}
}

// TestNothingInline reads every page for what the policy forbids, and for words of customers that were not escaped.
func TestNothingInline(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled()).user("TA")
	paths := []string{"/login", "/nowhere", "/board/new", "/stream?q=%3Cscript%3E", "/cases/" + string(s.caseOf("Katarína Dudášová").ID)}
	for _, line := range web.Lines() {
		if line.Method == "GET" && line.Path != "/live" && !strings.HasPrefix(line.Path, "/assets") {
			paths = append(paths, s.fillPath(line.Path))
		}
	}
	for _, path := range paths {
		resp := s.do("GET", path, nil)
		if csp := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			continue
		}
		s.noInline(path, s.page(resp, resp.StatusCode))
	}
}

func (s *site) noInline(path string, doc *goquery.Document) {
	s.t.Helper()
	for _, el := range doc.Find("*").EachIter() {
		node := el.Get(0)
		for _, a := range node.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.Contains(strings.ToLower(a.Val), "javascript:") || strings.Contains(a.Val, "ZgotmplZ") {
				s.t.Errorf("%s: <%s %s=%q>", path, node.Data, a.Key, a.Val)
			}
		}
		if node.Data == "style" || node.Data == "img" || node.Data == "script" && (el.AttrOr("src", "") == "" || el.Text() != "") {
			s.t.Errorf("%s: <%s> %.80s", path, node.Data, el.Text())
		}
	}
	if text := doc.Text(); strings.Contains(text, "⟦") {
		s.t.Errorf("%s: a text is missing: %.120s", path, text[strings.Index(text, "⟦"):])
	}
}
