package app

import (
	"cmp"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// toot is a post of the small Mastodon server below, as that shows it.
type toot struct {
	ID         string    `json:"id"`
	CreatedAt  time.Time `json:"created_at"`
	InReplyTo  string    `json:"in_reply_to_id,omitempty"`
	Visibility string    `json:"visibility"`
	URL        string    `json:"url"`
	Content    string    `json:"content"`
	Account    tooter    `json:"account"`
}

type tooter struct {
	ID   string `json:"id"`
	Acct string `json:"acct"`
}

// herd is a small Mastodon server on which @acme lives.
type herd struct {
	*small
	toots []*toot
	took  func() // called when a post of @acme was taken, before that is said
}

func newHerd(t *testing.T) *herd {
	h := &herd{small: newSmall(t)}
	h.mux.HandleFunc("GET /api/v1/accounts/verify_credentials", func(w http.ResponseWriter, _ *http.Request) { respond(w, tooter{"1", "acme"}) })
	h.mux.HandleFunc("GET /api/v1/notifications", h.notifications)
	h.mux.HandleFunc("GET /api/v1/accounts/1/statuses", func(w http.ResponseWriter, r *http.Request) {
		respond(w, h.page(r, func(one *toot) bool { return one.Account.ID == "1" }))
	})
	h.mux.HandleFunc("GET /api/v1/timelines/tag/{tag}", func(w http.ResponseWriter, r *http.Request) {
		respond(w, h.page(r, func(one *toot) bool { return strings.Contains(one.Content, "#"+r.PathValue("tag")) }))
	})
	h.mux.HandleFunc("GET /api/v1/statuses/{id}", h.at(func(w http.ResponseWriter, _ *http.Request, one *toot) { respond(w, one) }))
	h.mux.HandleFunc("GET /api/v1/statuses/{id}/context", h.at(func(w http.ResponseWriter, _ *http.Request, one *toot) {
		around := map[string][]*toot{"ancestors": {}, "descendants": {}}
		for above := h.find(one.InReplyTo); above != nil; above = h.find(above.InReplyTo) {
			around["ancestors"] = append([]*toot{above}, around["ancestors"]...)
		}
		respond(w, around)
	}))
	h.mux.HandleFunc("POST /api/v1/statuses", func(w http.ResponseWriter, r *http.Request) {
		said := heard(r)
		parent, _ := said["in_reply_to_id"].(string)
		seen, _ := said["visibility"].(string)
		words, _ := said["status"].(string)
		one := h.add(tooter{"1", "acme"}, words, seen, parent)
		if h.took != nil {
			h.took()
		}
		respond(w, one)
	})
	h.mux.HandleFunc("PUT /api/v1/statuses/{id}", h.at(func(w http.ResponseWriter, r *http.Request, one *toot) {
		words, _ := heard(r)["status"].(string)
		one.Content = "<p>" + html.EscapeString(words) + "</p>"
		respond(w, one)
	}))
	h.mux.HandleFunc("DELETE /api/v1/statuses/{id}", h.at(func(w http.ResponseWriter, _ *http.Request, one *toot) {
		h.toots = slices.DeleteFunc(h.toots, func(t *toot) bool { return t == one })
		respond(w, one)
	}))
	return h
}

func (h *herd) add(by tooter, words, visibility, parent string) *toot {
	id := h.id()
	one := &toot{
		ID: id, CreatedAt: time.Now().UTC(), InReplyTo: parent, Visibility: visibility, URL: h.URL + "/@" + by.Acct + "/" + id,
		Content: "<p>" + html.EscapeString(words) + "</p>", Account: by,
	}
	h.toots = append(h.toots, one)
	return one
}

func (h *herd) find(id string) *toot {
	for _, one := range h.toots {
		if one.ID == id {
			return one
		}
	}
	return nil
}

func (h *herd) at(next func(http.ResponseWriter, *http.Request, *toot)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if one := h.find(r.PathValue("id")); one != nil {
			next(w, r, one)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	}
}

// page is what is wanted, the newest first, between the bounds that are asked for. Numbers have one length here.
func (h *herd) page(r *http.Request, wanted func(*toot) bool) []*toot {
	out := []*toot{}
	after, before := r.FormValue("min_id"), cmp.Or(r.FormValue("max_id"), "9")
	for _, one := range slices.Backward(h.toots) {
		if wanted(one) && one.ID > after && one.ID < before {
			out = append(out, one)
		}
	}
	return out
}

func (h *herd) notifications(w http.ResponseWriter, r *http.Request) {
	out := []map[string]any{}
	for _, one := range h.page(r, func(one *toot) bool { return strings.Contains(one.Content, "@acme") }) {
		out = append(out, map[string]any{"id": one.ID, "type": "mention", "created_at": one.CreatedAt, "status": one})
	}
	respond(w, out)
}

// says lets somebody of another server post something.
func (h *herd) says(who, words, visibility string) (id string) {
	h.do(func() { id = h.add(tooter{"9" + who, who + "@far.example"}, words, visibility, "").ID })
	return id
}

// gone removes a post upstream.
func (h *herd) gone(id string) {
	h.do(func() { h.toots = slices.DeleteFunc(h.toots, func(t *toot) bool { return t.ID == id }) })
}

var tags = regexp.MustCompile(`<[^>]*>`)

// answers are what stands in public under a post.
func (h *herd) answers(parent string) []string {
	var out []string
	h.do(func() {
		for _, one := range h.toots {
			if one.InReplyTo == parent {
				out = append(out, one.Visibility+": "+html.UnescapeString(tags.ReplaceAllString(one.Content, "")))
			}
		}
	})
	return out
}

func newHerdWorld(t *testing.T) (*world, *herd) {
	h := newHerd(t)
	return newNetworkWorld(t, "", `
accounts: [{name: acme-herd, kind: mastodon, server: "`+h.URL+`", handle: acme, token: sesame, publish: "on"}]
sources: [{name: town, kind: mastodon, account: acme-herd, brand: acme, every: 1h}]
`), h
}

// TestMastodonFromMentionToTombstone: an answer names whom it answers, changes and goes in public as on the desk; what was said in
// private gets none, and neither does what is gone.
func TestMastodonFromMentionToTombstone(t *testing.T) {
	t.Parallel()
	w, h := newHerdWorld(t)
	w.begin()
	id := h.says("mira", "@acme my Acme Phone is broken again, terrible", "public")
	link := w.caseOf("Phone is broken")
	const first, second = "Sorry about that. A new one leaves today.", "Sorry about that. A new one has left."
	w.sends(link, first)
	w.untilPage(link, "[data-reply] .msg__foot", "Seen on the site")
	w.want(h.answers(id), "public: @mira@far.example "+first)
	w.stands(link, desk.CaseAnswered)

	w.submit(link, "edit", url.Values{"text": {second}})
	w.untilPage(link, "[data-reply] .diff", "Edited by Andrea")
	w.want(h.answers(id), "public: @mira@far.example "+second)
	w.says(link, "[data-reply] .diff del", "leaves today")

	w.submit(link, "delete", nil)
	w.untilPage(link, "[data-reply] .diff__head", "Deleted by Andrea")
	w.want(h.answers(id))
	w.says(link, ".msg--gone .msg__text", second)

	w.says(link, ".composer", "Public reply")
	h.gone(id)
	w.alter(`UPDATE source SET recheck_at = 0`)
	w.poll()
	w.says(link, ".msg--lead .pill--warn", "Removed")
	w.says(link, ".dock", "no longer on the site, so there is nothing to answer")
	w.private(h)
}

// TestMastodonAnsweredInItsOwnApp: an answer that a colleague gives on the server answers the case and takes back what was about to
// leave there, but nothing of another case. Nobody answers twice, and our own answer is not taken for a colleague's.
func TestMastodonAnsweredInItsOwnApp(t *testing.T) {
	t.Parallel()
	w, h := newHerdWorld(t)
	w.rewrite("undo: 100ms", "undo: 1h")
	w.begin()
	first := h.says("mira", "@acme my Acme Phone is broken, terrible", "public")
	second := h.says("zoe", "@acme my Acme Phone is lost, terrible", "public")
	broken, lost := w.caseOf("Phone is broken"), w.caseOf("Phone is lost")
	const ours, theirs = "A new one leaves today.", "We have called you."
	w.sends(broken, ours)
	w.sends(lost, ours)
	w.says(broken, "[data-reply=queued] .msg__text", ours)

	h.do(func() { h.add(tooter{"1", "acme"}, "@mira "+theirs, "public", first) })
	w.poll()
	w.stands(broken, desk.CaseAnswered)
	w.says(broken, ".thread", theirs)
	w.says(broken, "main", "A colleague answered in the network's own app, so this was not sent.")
	if n := w.get(broken).Find("[data-reply=queued]").Length(); n != 0 {
		t.Error("what was about to leave still is, though a colleague answered")
	}
	w.says(lost, "[data-reply=queued] .msg__text", ours)
	w.later(desk.EntryPublish, lost, "[data-reply=published] .msg__text", ours)
	w.want(h.answers(first), "public: @mira "+theirs)
	w.want(h.answers(second), "public: @zoe@far.example "+ours)

	w.poll()
	w.submit(lost, "edit", url.Values{"text": {theirs}})
	w.later(desk.EntryEdit, lost, "[data-reply] .diff", "Edited by Andrea")
	w.poll() // what we said, and then said better, comes back
	w.says(lost, "[data-reply=published] .msg__text", theirs)
	if n := len(h.answers(second)); n != 1 {
		t.Errorf("%d answers are public", n)
	}
	if n := w.get(lost).Find(".thread .diff__head").Length(); n != 1 {
		t.Errorf("the answer has %d changes, want the one of ours", n)
	}
}

// private: a case is opened, but nothing can be said to it in public.
func (w *world) private(h *herd) {
	w.t.Helper()
	id := h.says("zoe", "@acme my order 77 is lost, and my number is 555, terrible", "direct")
	link := w.caseOf("my order 77")
	w.says(link, ".dock", "private")
	page := w.get(link)
	if page.Find(`[formaction$="/send"]`).Length() > 0 {
		w.t.Error("the page lets an agent answer in public what was said in private")
	}
	mention := ""
	for _, m := range w.mentions() {
		if string(m.Remote) == id {
			mention = string(m.ID)
		}
	}
	resp, err := w.http.PostForm(w.desk+link+"/send", url.Values{"text": {"Hello Zoe"}, "parent": {mention}, "version": {"0"}, "seen_case": {"1"}, "seen_target": {"1"}})
	check(w.t, err)
	_ = resp.Body.Close()
	w.poll()
	w.want(h.answers(id))
}

// want compares what stands in public with what should.
func (w *world) want(got []string, want ...string) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("in public stands %q, want %q", got, want)
	}
}
