package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

// TestLoop walks the whole way as a person would, over HTTP: a post on the public network becomes a case, an agent takes, answers
// and resolves it, and the public sees the answer once.
func TestLoop(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return realsrv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, dsn(t))
			w.say("old", "The old parcel never came, terrible, @acme")
			w.start()
			w.until("first contact is over", func() bool { return w.source("town").FirstPollAt.After(time.Time{}) })
			w.say("eve", "My Acme Phone is broken again, terrible, @acme")
			w.browse()
			link := w.openCase()
			if name == "sqlite" { // on the other engine the agent just answers, and so has the case
				w.submit(link, "claim", nil)
			}
			w.answer(link)
		})
	}
}

// world is a public network, a desk that watches it and an agent's browser.
type world struct {
	t    *testing.T
	net  *demonet.Network
	app  *App
	out  *syncBuffer
	desk string // address
	http *http.Client
}

func newWorld(t *testing.T, dsn string) *world {
	t.Helper()
	n, err := demonet.Open(demonet.Options{})
	check(t, err)
	t.Cleanup(func() { _ = n.Close() })
	_, _, err = n.Join(demonet.Account{Handle: "acme", Name: "Acme"}, "sesame")
	check(t, err)
	server := httptest.NewServer(n.Handler(true))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	file := filepath.Join(dir, "desk.yaml")
	check(t, os.WriteFile(file, fmt.Appendf(nil, `
desk: {name: Test desk, listen: "127.0.0.1:0", private_networks: [127.0.0.0/8], key_file: %s/desk.key}
database: %q
brands: [{name: acme, title: Acme, aliases: ["@acme"], products: [{name: Acme Phone}]}]
accounts: [{name: acme-town, kind: demo, server: %q, handle: acme, token: sesame, publish: "on"}]
sources: [{name: town, kind: demo, account: acme-town, brand: acme, every: 10s}]
notify: {targets: [{name: console, kind: console}], route: {target: console, group_wait: 0s}}
workflow: {undo: 1s}
`, dir, dsn, server.URL), 0o600))
	jar, err := cookiejar.New(nil)
	check(t, err)
	return &world{t: t, net: n, out: &syncBuffer{}, http: &http.Client{Jar: jar, Timeout: 10 * time.Second}, app: &App{opt: Options{Config: file, Version: "test"}}}
}

// start runs the desk until the test ends and fails the test when it does not stop cleanly.
func (w *world) start() {
	w.t.Helper()
	opt := w.app.opt
	opt.Out, opt.Err = w.out, w.out
	a, err := Open(context.Background(), opt)
	check(w.t, err)
	r, err := a.Start(context.Background(), allRoles())
	check(w.t, err)
	w.app, w.desk = a, "http://"+r.Addr
	w.t.Cleanup(func() {
		w.http.CloseIdleConnections()
		if err := r.Stop(); err != nil {
			w.t.Errorf("stopping: %v", err)
		}
		if err := a.Close(); err != nil {
			w.t.Errorf("closing: %v", err)
		}
		if strings.Contains(w.out.String(), "sesame") {
			w.t.Error("the account's token is in the log")
		}
	})
}

// say posts something in public.
func (w *world) say(handle, text string) {
	w.t.Helper()
	if _, _, err := w.net.SignUp(demonet.Account{Handle: handle, Name: handle}); err != nil {
		w.t.Fatal(err)
	}
	_, _, err := w.net.Publish(handle, demonet.Draft{Text: text})
	check(w.t, err)
}

// until waits for something that happens by itself. Every poll of the desk is ten seconds after the last, so it asks for one.
func (w *world) until(what string, done func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(40 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain until %s\n%s", what, w.out.String())
		}
		time.Sleep(50 * time.Millisecond) // the desk and the network are real, so is the time
	}
}

func (w *world) source(name string) desk.SourceState {
	w.t.Helper()
	s, err := w.app.store.Source(w.t.Context(), name)
	check(w.t, err)
	return s
}

// browse signs an agent in by a one-time link and asks for a poll as the admin would.
func (w *world) browse() {
	w.t.Helper()
	who := operator()
	_, secret, err := w.app.work.AddUser(w.t.Context(), &who, desk.User{Email: "agent@example.com", Name: "Andrea", Role: desk.RoleAgent})
	check(w.t, err)
	w.post("/invite/"+secret.Reveal(), url.Values{"password": {"correct horse battery"}, "again": {"correct horse battery"}, "password2": {"correct horse battery"}})
	check(w.t, w.app.work.PollNow(w.t.Context(), &who, "town"))
}

// openCase waits for the new post on the board and returns its page. The old one must not be there.
func (w *world) openCase() string {
	w.t.Helper()
	var link string
	w.until("the case is on the board", func() bool {
		page := w.get("/board")
		if strings.Contains(page.Text(), "old parcel") {
			w.t.Fatal("what was said before the first poll opened a case")
		}
		link, _ = page.Find(`a[href^="/cases/"]`).First().Attr("href")
		return link != ""
	})
	w.until("the console is told", func() bool { return strings.Contains(w.out.String(), "broken again") })
	return link
}

// answer writes, sends, waits for the public, and resolves.
func (w *world) answer(link string) {
	w.t.Helper()
	const words = "Sorry about that. We have sent you a new one."
	w.submit(link, "send", url.Values{"text": {words}})
	w.until("the answer is public", func() bool { return w.public(words) > 0 })
	w.until("the case says that it is answered", func() bool {
		return strings.Contains(w.get(link).Find("main").Text(), "Answered")
	})
	if n := w.public(words); n != 1 {
		w.t.Errorf("the answer is public %d times", n)
	}
	w.submit(link, "resolve", url.Values{"reason": {"done"}})
	if page := w.get(link); !strings.Contains(page.Find("main").Text(), "Resolved") {
		w.t.Error("the case does not say that it is resolved")
	}
}

func (w *world) public(words string) int {
	n := 0
	for _, p := range w.net.All() {
		if strings.Contains(p.Text, words) {
			n++
		}
	}
	return n
}

// submit sends a form of a page as a browser would: with what its hidden fields hold.
func (w *world) submit(link, act string, values url.Values) {
	w.t.Helper()
	page := w.get(link)
	button := page.Find(fmt.Sprintf(`[formaction$="/%s"], form[action$="/%s"]`, act, act)).First()
	form := button.Closest("form")
	if form.Length() == 0 {
		w.t.Fatalf("%s has no form for %s", link, act)
	}
	filled := url.Values{}
	form.Find("input[name], textarea[name], select[name]").Each(func(_ int, s *goquery.Selection) {
		if value, ok := s.Attr("value"); ok {
			filled.Set(s.AttrOr("name", ""), value)
		}
	})
	for k, v := range values {
		filled[k] = v
	}
	action, ok := button.Attr("formaction")
	if !ok {
		action, _ = form.Attr("action")
	}
	w.post(action, filled)
}

func (w *world) get(path string) *goquery.Document {
	w.t.Helper()
	resp, err := w.http.Get(w.desk + path)
	check(w.t, err)
	return w.page(path, resp)
}

func (w *world) post(path string, values url.Values) *goquery.Document {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.desk+path, strings.NewReader(values.Encode()))
	check(w.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := w.http.Do(req)
	check(w.t, err)
	return w.page(path, resp)
}

func (w *world) page(path string, resp *http.Response) *goquery.Document {
	w.t.Helper()
	body, err := io.ReadAll(resp.Body)
	check(w.t, err)
	check(w.t, resp.Body.Close())
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	check(w.t, err)
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("%s answers %s: %s", path, resp.Status, strings.Join(strings.Fields(doc.Find("main").Text()), " "))
	}
	return doc
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// syncBuffer collects what several goroutines write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
