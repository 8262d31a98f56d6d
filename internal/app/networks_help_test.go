package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the tests look at databases as nobody else may

	"github.com/earshotdesk/earshot/internal/desk"
)

// small is a small network: a server whose handlers run one at a time, so that what they keep needs no lock of its own. Who does not
// carry its token is sent away.
type small struct {
	*httptest.Server
	mu     sync.Mutex
	mux    *http.ServeMux
	token  string   // that it takes now
	called []string // method and address of every call
	next   int      // the last number that was given out
}

func newSmall(t *testing.T) *small {
	t.Helper()
	n := &small{mux: http.NewServeMux(), token: "sesame", next: 1000}
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.called = append(n.called, r.Method+" "+r.URL.RequestURI())
		if n.token != "" && r.Header.Get("Authorization") != "Bearer "+n.token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		n.mux.ServeHTTP(w, r)
	}))
	t.Cleanup(n.Close)
	return n
}

// do changes or looks at what the network keeps.
func (n *small) do(what func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	what()
}

// id gives out a number.
func (n *small) id() string {
	n.next++
	return fmt.Sprint(n.next)
}

// calls counts those that begin so.
func (n *small) calls(prefix string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(n.called), func(c string) bool { return !strings.HasPrefix(c, prefix) }))
}

// respond answers with JSON.
func respond(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }

// heard reads the JSON of a request.
func heard(r *http.Request) map[string]any {
	var m map[string]any
	body, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(body, &m)
	return m
}

// newNetworkWorld is a desk whose accounts and sources are given as YAML; the network's source is called town.
func newNetworkWorld(t *testing.T, dsn, networks string) *world {
	t.Helper()
	dir := t.TempDir()
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(dir, "desk.db")
	}
	file := filepath.Join(dir, "desk.yaml")
	check(t, os.WriteFile(file, fmt.Appendf(nil, `
desk: {name: Test desk, listen: "127.0.0.1:0", private_networks: [127.0.0.0/8, "::1/128"], key_file: %s/desk.key}
database: %q
brands: [{name: acme, title: Acme, aliases: ["@acme"], products: [{name: Acme Phone}]}]
notify: {targets: [{name: console, kind: console}], route: {target: console, group_wait: 0s}}
workflow: {undo: 100ms}
%s`, dir, dsn, networks), 0o600))
	jar, err := cookiejar.New(nil)
	check(t, err)
	opt := Options{Config: file, Version: "test", ReplyTimeout: 5 * time.Second}
	return &world{t: t, out: &syncBuffer{}, http: &http.Client{Jar: jar, Timeout: 10 * time.Second}, app: &App{opt: opt}}
}

// begin starts the desk, waits until first contact is over and signs an agent in.
func (w *world) begin() {
	w.t.Helper()
	w.start()
	w.until("first contact is over", func() bool { return !w.source("town").FirstPollAt.IsZero() })
	w.browse()
}

// run runs the desk until the returned function is called.
func (w *world) run() (stop func()) {
	w.t.Helper()
	opt := w.app.opt
	opt.Out, opt.Err = w.out, w.out
	a, err := Open(context.Background(), opt)
	check(w.t, err)
	r, err := a.Start(context.Background(), allRoles())
	check(w.t, err)
	w.app, w.desk = a, "http://"+r.Addr
	return func() {
		w.http.CloseIdleConnections()
		check(w.t, r.Stop())
		check(w.t, a.Close())
	}
}

// poll has the source read once, from beginning to end, and no more: sources of these tests rest for an hour, and then some seconds.
func (w *world) poll() {
	w.t.Helper()
	rests := func() bool { return time.Until(w.source("town").NextPollAt) > 5*time.Second }
	w.until("the source rests", rests)
	last := w.source("town").LastPollAt
	w.look()
	w.until("the source was read", func() bool { return w.source("town").LastPollAt.After(last) && rests() })
}

// caseOf polls until what somebody said has a case, and returns its page.
func (w *world) caseOf(words string) string {
	w.t.Helper()
	var link string
	w.until(words+" has a case", func() bool {
		w.poll()
		for _, m := range w.mentions() {
			if m.Case != "" && strings.Contains(m.Words(), words) {
				link = "/cases/" + string(m.Case)
			}
		}
		return link != ""
	})
	if text := w.get("/board").Text(); !strings.Contains(text, words) {
		w.t.Errorf("%q has a case that is not on the board", words)
	}
	return link
}

func (w *world) mentions() []desk.MentionRow {
	w.t.Helper()
	rows, err := w.app.store.ListMentions(w.t.Context(), desk.Everything, desk.MentionFilter{}, desk.Page{Limit: 50})
	check(w.t, err)
	return rows
}

// sends answers a case as an agent does.
func (w *world) sends(link, words string) {
	w.t.Helper()
	w.submit(link, "send", url.Values{"text": {words}})
}

// says fails the test unless a place of a page says something.
func (w *world) says(link, selector, words string) {
	w.t.Helper()
	if text := w.get(link).Find(selector).Text(); !strings.Contains(text, words) {
		w.t.Errorf("%s says at %s %q, want %q", link, selector, strings.Join(strings.Fields(text), " "), words)
	}
}

// stands fails the test unless the case is where it is said to be.
func (w *world) stands(link string, want desk.CaseState) {
	w.t.Helper()
	cv, err := w.app.store.CaseView(w.t.Context(), desk.Everything, desk.CaseID(strings.TrimPrefix(link, "/cases/")))
	check(w.t, err)
	if cv.Case.State != want {
		w.t.Errorf("the case is %s, want %s", cv.Case.State, want)
	}
}

// db opens the desk's database past the desk.
func (w *world) db() *sql.DB {
	w.t.Helper()
	driver, dsn := "pgx", w.app.cfg.Database.Reveal()
	if file, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, dsn = "sqlite3", file+"?_busy_timeout=10000"
	}
	db, err := sql.Open(driver, dsn)
	check(w.t, err)
	return db
}

// alter changes rows: time passes for whoever waits for a moment in one.
func (w *world) alter(query string) {
	w.t.Helper()
	db := w.db()
	_, err := db.ExecContext(w.t.Context(), query)
	check(w.t, err)
	check(w.t, db.Close())
}

// hurry makes waiting acts of a kind due at once.
func (w *world) hurry(kind string) {
	w.t.Helper()
	w.alter(fmt.Sprintf(`UPDATE outbox SET next_at = 0 WHERE kind = '%s' AND state = 'waiting'`, kind))
}

// later waits until a page says something while acts of a kind are due again and again.
func (w *world) later(kind, link, selector, words string) {
	w.t.Helper()
	w.until(link+" says "+words, func() bool {
		w.hurry(kind)
		return strings.Contains(w.get(link).Find(selector).Text(), words)
	})
}
