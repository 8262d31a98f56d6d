package app

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// forum is a small Reddit on which only u/mira posts.
type forum struct {
	*small
	posts []map[string]any // newest first
}

func newForum(t *testing.T) *forum {
	f := &forum{small: newSmall(t)}
	listing := func(which func(r *http.Request) []map[string]any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			things := []map[string]any{}
			for _, p := range which(r) {
				things = append(things, map[string]any{"kind": "t3", "data": p})
			}
			respond(w, map[string]any{"kind": "Listing", "data": map[string]any{"children": things}})
		}
	}
	none := listing(func(*http.Request) []map[string]any { return nil })
	f.mux.HandleFunc("GET /search", listing(func(*http.Request) []map[string]any { return f.posts }))
	f.mux.HandleFunc("GET /message/inbox", none)
	f.mux.HandleFunc("GET /user/acme/comments", none)
	f.mux.HandleFunc("GET /api/info", listing(func(r *http.Request) []map[string]any {
		asked := strings.Split(r.FormValue("id"), ",")
		return slices.DeleteFunc(slices.Clone(f.posts), func(p map[string]any) bool { return !slices.Contains(asked, p["name"].(string)) })
	}))
	return f
}

// TestRedditForgets: what its author deletes there leaves no word, no name and nothing raw behind in any table; the case stands, and
// says why it is empty.
func TestRedditForgets(t *testing.T) {
	t.Parallel()
	f := newForum(t)
	w := newNetworkWorld(t, "", `
accounts: [{name: acme-reddit, kind: reddit, handle: acme, client_id: app, client_secret: hush-hush, token: sesame, publish: "on"}]
sources: [{name: town, kind: reddit, account: acme-reddit, brand: acme, every: 1h, server: "`+f.URL+`", queries: [acme]}]
`)
	w.begin()
	planted := []string{"zanzibar", "quokka", "wombat", "mirabella", "t2_m1ra"}
	post := map[string]any{
		"id": "p1", "name": "t3_p1", "title": "Acme Phone broken: zanzibar", "selftext": "Terrible, my acme phone and my quokka are dead",
		"author": "mirabella", "author_fullname": "t2_m1ra", "subreddit": "hungary", "created_utc": float64(time.Now().Unix()),
		"permalink": "/r/hungary/comments/p1/zanzibar/", "edited": false,
	}
	f.do(func() { f.posts = append(f.posts, post) })
	link := w.caseOf("quokka")
	w.submit(link, "draft", url.Values{"text": {"We are sorry. A new one leaves today."}})
	w.until("the console is told", func() bool { return strings.Contains(w.out.String(), "quokka") })
	f.do(func() {
		post["selftext"], post["edited"] = "Terrible, my acme phone and my wombat are dead", float64(time.Now().Unix())
	})
	w.poll()
	w.says(link, ".msg--lead", "wombat")
	for _, word := range planted {
		if len(w.holds(word)) == 0 {
			t.Errorf("no table holds %s before the deletion: the test looks in vain", word)
		}
	}

	f.do(func() {
		post["selftext"], post["author"], post["title"] = "[deleted]", "[deleted]", "Acme Phone broken: zanzibar"
		delete(post, "author_fullname")
	})
	w.alter(`UPDATE source SET recheck_at = 0`)
	w.poll()
	check(t, w.app.tidyUp(t.Context())) // as it does every hour
	for _, word := range planted {
		if rows := w.holds(word); len(rows) > 0 {
			t.Errorf("%s still stands in %s", word, strings.Join(rows, "\n"))
		}
	}
	w.stands(link, desk.CaseTaken)
	w.says(link, ".msg--lead", "[removed]")
	w.says(link, ".dock", "no longer on the site, so there is nothing to answer")
	for _, page := range []string{link, "/board", "/stream", "/sources"} {
		if text := strings.ToLower(w.get(page).Text()); slices.ContainsFunc(planted, func(word string) bool { return strings.Contains(text, word) }) {
			t.Errorf("%s still shows what was forgotten", page)
		}
	}
	w.poll() // the list shows the shell; it must not come back as something new
	if n := len(w.mentions()); n != 1 {
		t.Errorf("there are %d mentions, want the one that was forgotten", n)
	}
}

// holds lists the places of the database where a word stands.
func (w *world) holds(word string) (places []string) {
	w.t.Helper()
	db := w.db()
	defer func() { check(w.t, db.Close()) }()
	names, err := db.QueryContext(w.t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	check(w.t, err)
	var tables []string
	for names.Next() {
		var name string
		check(w.t, names.Scan(&name))
		tables = append(tables, name)
	}
	check(w.t, names.Close())
	for _, table := range tables {
		rows, err := db.QueryContext(w.t.Context(), `SELECT * FROM `+table)
		check(w.t, err)
		columns, err := rows.Columns()
		check(w.t, err)
		for rows.Next() {
			values := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			check(w.t, rows.Scan(into...))
			for i, v := range values {
				if said := readable(v); strings.Contains(strings.ToLower(said), word) {
					places = append(places, fmt.Sprintf("%s.%s: %.200s", table, columns[i], said))
				}
			}
		}
		check(w.t, rows.Err())
		check(w.t, rows.Close())
	}
	return places
}

// readable is a value of a column as text; what a site sent is kept compressed.
func readable(v any) string {
	switch v := v.(type) {
	case []byte:
		if plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(v))); err == nil && len(plain) > 0 {
			return string(plain)
		}
		return string(v)
	case nil:
		return ""
	default:
		return fmt.Sprint(v)
	}
}
