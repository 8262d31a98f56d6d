package app

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

// TestBluesky walks the whole way on a real network: somebody mentions the company there, the desk polls it and opens a case, an agent
// answers over the desk's pages, everybody sees the answer in the thread, and when the post is deleted there the desk notices.
func TestBluesky(t *testing.T) {
	t.Parallel()
	acme, mira := realsrv.Citizens(t, "acme", "mira")
	w := blueskyWorld(t, acme)
	mira.Say(acme, "The old parcel never came, terrible")
	w.until("the account is told of the old post", func() bool { return acme.Notified() == 1 })
	w.start()
	w.until("first contact is over", func() bool { return w.source("town").FirstPollAt.After(time.Time{}) })
	uri := mira.Say(acme, "My Acme Phone is broken again, terrible")
	began := time.Now()
	w.browse()
	link := w.openPolled()
	t.Logf("on the board %v after it was said", time.Since(began).Round(time.Millisecond))

	const words = "Sorry about that, a new one is on its way: https://acme.example/track"
	w.submit(link, "send", url.Values{"text": {words}})
	w.until("everybody sees the answer in the thread", func() bool { return mira.Answers(uri)[words] == 1 })
	w.until("the case says that it is answered", func() bool {
		return strings.Contains(w.get(link).Find("main").Text(), "Answered")
	})
	if n := acme.Said()[words]; n != 1 {
		t.Errorf("the answer is public %d times", n)
	}

	mira.Remove(uri)
	anHourPasses(t, w)
	w.until("the desk knows that the post is gone", func() bool {
		w.look()
		rows, err := w.app.store.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{Author: mira.Handle}, desk.Page{Limit: 10})
		check(t, err)
		for _, r := range rows {
			if there := string(r.Remote) != uri; there && !r.GoneAt.IsZero() {
				t.Fatalf("%s is there, but marked as gone", r.Remote)
			} else if !there && !r.GoneAt.IsZero() {
				return true
			}
		}
		return false
	})
}

// blueskyWorld is a desk that watches and answers as an account of a real network.
func blueskyWorld(t *testing.T, acme *realsrv.Person) *world {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "desk.yaml")
	password := acme.AppPassword()
	check(t, os.WriteFile(file, fmt.Appendf(nil, `
desk: {name: Test desk, listen: "127.0.0.1:0", private_networks: [127.0.0.0/8, "::1/128"], key_file: %[1]s/desk.key}
database: "sqlite:%[1]s/desk.db"
brands: [{name: acme, title: Acme, aliases: ["@acme"], products: [{name: Acme Phone}]}]
accounts: [{name: acme-bsky, kind: bluesky, server: %[2]q, handle: %[3]q, token: %[4]q, publish: "on"}]
sources: [{name: town, kind: bluesky, account: acme-bsky, brand: acme, every: 10s}]
notify: {targets: [{name: console, kind: console}], route: {target: console, group_wait: 0s}}
workflow: {undo: 1s}
`, dir, acme.Server, acme.Handle, password), 0o600))
	jar, err := cookiejar.New(nil)
	check(t, err)
	w := &world{t: t, out: &syncBuffer{}, http: &http.Client{Jar: jar, Timeout: 30 * time.Second}, app: &App{opt: Options{Config: file, Version: "test"}}}
	t.Cleanup(func() {
		if strings.Contains(w.out.String(), password) {
			t.Error("the app password is in the log")
		}
	})
	return w
}

// look asks for a poll as an admin does.
func (w *world) look() {
	w.t.Helper()
	who := operator()
	check(w.t, w.app.work.PollNow(w.t.Context(), &who, "town"))
}

// openPolled polls until the case is on the board: what is said on the network is told a moment later.
func (w *world) openPolled() string {
	w.t.Helper()
	var link string
	w.until("the case is on the board", func() bool {
		w.look()
		page := w.get("/board")
		if strings.Contains(page.Text(), "old parcel") {
			w.t.Fatal("what was said before the first poll opened a case")
		}
		link, _ = page.Find(`a[href^="/cases/"]`).First().Attr("href")
		return link != ""
	})
	return link
}

// anHourPasses lets the next round of looking at known mentions again begin. What it waits for is a row of the database.
func anHourPasses(t *testing.T, w *world) {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(filepath.Dir(w.app.opt.Config), "desk.db")+"?_busy_timeout=10000")
	check(t, err)
	_, err = db.ExecContext(t.Context(), `UPDATE source SET recheck_at = recheck_at - ?`, time.Hour.Microseconds())
	check(t, err)
	check(t, db.Close())
}
