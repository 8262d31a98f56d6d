package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// newMemory returns an empty desk with one person of each role.
func newMemory() *memory {
	m := &memory{
		now: func() time.Time { return noon }, mentions: map[desk.MentionID]*desk.MentionRow{}, versions: map[desk.MentionID][]desk.Version{},
		cases: map[desk.CaseID]*desk.Case{}, users: map[desk.UserID]*desk.User{}, sessions: map[string]desk.Session{}, tokens: map[string]desk.Token{}, undo: 10 * time.Second,
	}
	for _, u := range []desk.User{
		{ID: "NK", Name: "Nóra Kelemen", Email: "nora@acme.example", Role: desk.RoleAgent},
		{ID: "DP", Name: "Dimitris Papadakis", Email: "dimitris@acme.example", Role: desk.RoleManager},
		{ID: "ZH", Name: "Zuzana Horváthová", Email: "zuzana@acme.example", Role: desk.RoleMarketing},
		{ID: "TA", Name: "Tom Ashworth", Email: "tom@acme.example", Role: desk.RoleAdmin, Hash: "set"},
	} {
		m.users[u.ID] = &u
		m.sessions[hashOf("session-"+string(u.ID))] = desk.Session{Hash: hashOf("session-" + string(u.ID)), User: u.ID, Created: noon, Expires: noon.Add(30 * 24 * time.Hour)}
	}
	return m
}

// sampled returns a desk in the middle of a day's work.
func sampled() *memory {
	m := newMemory()
	rows := make([]*desk.MentionRow, len(sayings))
	for i, s := range sayings {
		rows[i] = m.addMention(int64(len(sayings)-i), s)
	}
	for i := range 5 {
		m.addCase(rows[i], desk.CaseNew, "")
	}
	m.addCase(rows[5], desk.CaseTaken, "DP")
	m.addReply(m.addCase(rows[6], desk.CaseTaken, "NK"), desk.ReplyDraft, "Sorry about the hinge. One day late is no reason to")
	m.addReply(m.addCase(rows[7], desk.CaseTaken, "NK"), desk.ReplyFailed, "Λυπούμαστε για την ταλαιπωρία.").Note = "The site refused the text."
	m.addReply(m.addCase(rows[8], desk.CaseTaken, "NK"), desk.ReplyAwaiting, "Kedves Tímea! Elnézést kérünk a kettős terhelésért. A második összeget ma visszautaltuk.")
	m.addReply(m.addCase(rows[9], desk.CaseAnswered, "NK"), desk.ReplyPublished, "Örülünk, hogy sikerült!").Outdated = true
	m.addReply(m.addCase(rows[10], desk.CaseAnswered, "NK"), desk.ReplyUnconfirmed, "V utorok dorazí nová dodávka.")
	m.addCase(rows[11], desk.CaseAnswered, "DP")
	m.addCase(rows[12], desk.CaseResolved, "NK")
	m.addCase(rows[13], desk.CaseDismissed, "DP").Reason = "press"
	m.versions[rows[0].ID] = []desk.Version{
		{Number: 1, At: noon.Add(-time.Hour), Text: "Kicsit lassan tölt, de egyébként rendben van a porszívó.", Rating: desk.Rating{Value: 3, Best: 5}},
		{Number: 2, At: noon.Add(-4 * time.Minute), Text: rows[0].Text, Rating: rows[0].Rating},
	}
	rows[0].Version = 2
	m.sources = []desk.SourceState{
		{Source: desk.Source{Name: "hirek", Kind: "feed", Site: "feed:https://hirek.example/rss", Brand: "acme", Every: 5 * time.Minute}, Health: desk.HealthOK, LastOKAt: noon.Add(-2 * time.Minute), LastPollAt: noon.Add(-2 * time.Minute), NextPollAt: noon.Add(3 * time.Minute), Mentions: 258},
		{Source: desk.Source{Name: "trustpilot-acme", Kind: "trustpilot", Site: "trustpilot:acme.example", Brand: "acme", Every: 10 * time.Minute}, Health: desk.HealthFailing, Error: "The site answered 401: the token has expired. Put a new token into the configuration.", Failures: 31, FailingSince: noon.Add(-312 * time.Minute), LastOKAt: noon.Add(-312 * time.Minute), NextPollAt: noon.Add(time.Minute), Mentions: 17},
		{Source: desk.Source{Name: "play-home", Kind: "googleplay", Site: "googleplay:com.acme.home", Brand: "acme", Every: 15 * time.Minute}, Health: desk.HealthOK, LastOKAt: noon.Add(-6 * time.Minute), NextPollAt: noon.Add(9 * time.Minute), Mentions: 112, PoisonItems: 1, GapAt: noon.Add(-20 * time.Hour), GapNote: "The site keeps reviews for 7 days; those of 9 and 10 Nov could not be read."},
		{Source: desk.Source{Name: "social", Kind: "mastodon", Site: "mastodon:social.example", Brand: "acme", Every: time.Minute}, Health: desk.HealthNew},
	}
	m.poison = []desk.Poison{{Source: "play-home", Remote: "gp:9001", At: noon.Add(-time.Hour), Err: "The review has no text and no stars.", Raw: []byte(`{"reviewId":"gp:9001","comments":[]}<script>alert(1)</script>`)}}
	m.accounts = []desk.AccountState{
		{Name: "acme-social", Site: "mastodon:social.example", Kind: "mastodon", Handle: "acme", Login: desk.LoginConsent, Publish: true, Connected: noon.Add(-90 * 24 * time.Hour),
			Who: "@acme", Scopes: []string{"read:statuses", "write:statuses"}},
		{Name: "acme-page", Site: "facebook:acme", Kind: "facebook", Login: desk.LoginConsent, Connected: noon.Add(-56 * 24 * time.Hour), Who: "Acme Kft.",
			Scopes: []string{"pages_read_engagement"}, ExpiresAt: noon.Add(4*24*time.Hour + time.Hour), EndsSince: noon.Add(-56 * 24 * time.Hour)},
		{Name: "acme-play", Site: "googleplay:com.acme.home", Kind: "googleplay", Login: desk.LoginConsent},
		{Name: "acme-video", Site: "youtube:acme", Kind: "youtube", Login: desk.LoginConsent, Connected: noon.Add(-time.Hour), Renews: true, NeedsHuman: "The network says that this consent has ended."},
		{Name: "acme-sky", Site: "bluesky:acme.example", Kind: "bluesky", Handle: "acme.example", Login: desk.LoginOpen, Connected: noon.Add(-time.Hour), Renews: true},
		{Name: "acme-forum", Site: "discourse:acme", Kind: "discourse", Login: desk.LoginToken},
	}
	m.outbox = []desk.OutRow{
		{Entry: desk.Entry{ID: "E1", Kind: desk.EntryPublish, State: desk.EntryUnconfirmed, Attempts: 1, CreatedAt: noon.Add(-5 * time.Minute), Error: "The answer of the site got lost."}, Case: rows[10].Case, Brand: "acme", Site: rows[10].Site, To: "Katarína Dudášová", Reply: desk.ReplyUnconfirmed},
		{Entry: desk.Entry{ID: "E2", Kind: desk.EntryNotice, State: desk.EntryDead, Attempts: 12, CreatedAt: noon.Add(-3 * time.Hour), Error: "Slack: the channel does not exist."}, To: "#acme-alerts"},
	}
	return m
}

// site is a desk under test.
type site struct {
	*memory
	*httptest.Server
	t      testing.TB
	client *http.Client
	as     desk.UserID
}

func newSite(t testing.TB, m *memory, change ...func(*web.Options)) *site {
	t.Helper()
	opt := web.Options{
		Store: m, Work: m, Accounts: &consents{}, Desk: "Acme’s desk", Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler),
		Brands:   []desk.Brand{{Name: "acme", Title: "Acme", Products: []desk.Product{{Name: "Vac S5"}}}, {Name: "globex", Title: "Globex"}},
		Topics:   []string{"Delivery", "Sign-in"},
		Workflow: desk.Workflow{Approval: "off"},
		Kinds:    kinds,
		Answer: func(mm *desk.Mention) web.Answer {
			if strings.HasPrefix(string(mm.Site), "feed:") {
				return web.Answer{}
			}
			return web.Answer{Possible: true, As: "Acme", Max: 300, Counts: "graphemes"}
		},
	}
	for _, c := range change {
		c(&opt)
	}
	m.approval = opt.Workflow.Approval
	srv, err := web.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{memory: m, Server: httptest.NewServer(srv.Handler()), t: t, as: "NK"}
	t.Cleanup(s.Server.Close)
	t.Cleanup(srv.Close) // open streams end first, as they must when a real server stops
	s.client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

// user returns the same site as somebody else sees it; "" is a stranger.
func (s *site) user(id desk.UserID) *site {
	other := *s
	other.as = id
	return &other
}

func (s *site) do(method, path string, form url.Values, header ...string) *http.Response {
	s.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.URL+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if s.as != "" {
		req.AddCookie(&http.Cookie{Name: "earshot", Value: "session-" + string(s.as)})
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// get reads a page that must answer with the status.
func (s *site) get(path string, status int) *goquery.Document {
	s.t.Helper()
	return s.page(s.do("GET", path, nil), status)
}

func (s *site) page(resp *http.Response, status int) *goquery.Document {
	s.t.Helper()
	if resp.StatusCode != status {
		b, _ := io.ReadAll(resp.Body)
		s.t.Fatalf("%s %s: status %d, want %d\n%.2000s", resp.Request.Method, resp.Request.URL.Path, resp.StatusCode, status, b)
	}
	doc, err := goquery.NewDocumentFromReader(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return doc
}

// post sends a form that must be answered with a redirect, and returns where to.
func (s *site) post(path string, form url.Values) string {
	s.t.Helper()
	resp := s.do("POST", path, form)
	if resp.StatusCode != http.StatusSeeOther {
		b, _ := io.ReadAll(resp.Body)
		s.t.Fatalf("POST %s: status %d\n%.1500s", path, resp.StatusCode, b)
	}
	return resp.Header.Get("Location")
}

// has fails when a selector finds nothing, or nothing with the text.
func has(t testing.TB, doc *goquery.Document, selector, text string) {
	t.Helper()
	found := doc.Find(selector)
	if found.Length() == 0 {
		t.Errorf("nothing matches %s", selector)
		return
	}
	if got := strings.Join(strings.Fields(found.Text()), " "); !strings.Contains(got, text) {
		t.Errorf("%s reads %q, want %q in it", selector, got, text)
	}
}

// hasNot fails when a selector finds something.
func hasNot(t testing.TB, doc *goquery.Document, selector string) {
	t.Helper()
	if n := doc.Find(selector).Length(); n > 0 {
		t.Errorf("%d elements match %s, want none", n, selector)
	}
}

func (s *site) caseOf(name string) *desk.Case {
	s.t.Helper()
	defer s.lock()()
	for _, r := range s.mentions {
		if r.Author.Name == name && r.Case != "" {
			return s.cases[r.Case]
		}
	}
	s.t.Fatalf("there is no case of %s", name)
	return nil
}
