package app

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

// gmaps is a small Google Business with one location: one answer a review, which Google checks before anybody sees it.
type gmaps struct {
	*small
	reviews []map[string]any // the latest change first
}

func newGmaps(t *testing.T) *gmaps {
	g := &gmaps{small: newSmall(t)}
	const list = "/v4/accounts/1/locations/2/reviews"
	g.mux.HandleFunc("GET "+list, func(w http.ResponseWriter, _ *http.Request) { respond(w, map[string]any{"reviews": g.reviews}) })
	g.mux.HandleFunc("GET "+list+"/{id}", g.at(func(w http.ResponseWriter, _ *http.Request, review map[string]any) { respond(w, review) }))
	g.mux.HandleFunc("PUT "+list+"/{id}/reply", g.at(func(w http.ResponseWriter, r *http.Request, review map[string]any) {
		words, _ := heard(r)["comment"].(string)
		review["reviewReply"] = standing(words, "PENDING")
		respond(w, review["reviewReply"])
	}))
	return g
}

func (g *gmaps) at(next func(http.ResponseWriter, *http.Request, map[string]any)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(g.reviews, func(review map[string]any) bool { return review["reviewId"] == r.PathValue("id") })
		if i < 0 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		next(w, r, g.reviews[i])
	}
}

func standing(words, state string) map[string]any {
	return map[string]any{"comment": words, "updateTime": time.Now().UTC().Format(time.RFC3339Nano), "reviewReplyState": state}
}

// review is written by somebody new.
func (g *gmaps) review(who, words string) map[string]any {
	at := time.Now().UTC().Format(time.RFC3339Nano)
	r := map[string]any{"reviewer": map[string]any{"displayName": who}, "starRating": "ONE", "comment": words, "createTime": at, "updateTime": at}
	g.do(func() {
		id := g.id()
		r["reviewId"], r["name"] = id, "accounts/1/locations/2/reviews/"+id
		g.reviews = append([]map[string]any{r}, g.reviews...)
	})
	return r
}

// TestGoogleChecksAnswers: an answer waits for Google's check and is public in the end; another is rejected, mended and public; and
// what somebody answered in Google's own page is not replaced.
func TestGoogleChecksAnswers(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return realsrv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGmaps(t)
			w := newNetworkWorld(t, dsn(t), `
accounts: [{name: acme-maps, kind: googlebusiness, handle: acme, client_id: app, client_secret: hush-hush, token: sesame, publish: "on"}]
sources: [{name: town, kind: googlebusiness, account: acme-maps, brand: acme, every: 1h, server: "`+g.URL+`", locations: [{id: accounts/1/locations/2}]}]
`)
			w.begin()
			googleApproves(w, g)
			googleRejects(w, g)
			if name == "sqlite" {
				answeredElsewhere(w, g)
			}
		})
	}
}

func googleApproves(w *world, g *gmaps) {
	w.t.Helper()
	const words = "Sorry about the queue, Éva. We have opened a second counter."
	r := g.review("Éva Kovács", "Terrible queue, an hour for one parcel")
	link := w.caseOf("Terrible queue")
	w.sends(link, words)
	w.untilPage(link, "[data-reply] .pill", "Checked by the site")
	w.hurry(desk.EntryWatch)
	w.poll() // the list shows the answer that Google still checks
	w.says(link, "[data-reply] .pill", "Checked by the site")
	g.do(func() { r["reviewReply"] = standing(words, "APPROVED") })
	w.later(desk.EntryWatch, link, "[data-reply] .msg__foot", "Seen on the site")
	w.poll()
	w.stands(link, desk.CaseAnswered)
	if n := w.get(link).Find(".msg--ours").Length(); n != 1 {
		w.t.Errorf("the case shows our one answer %d times", n)
	}
	if n := g.calls("PUT"); n != 1 {
		w.t.Errorf("the answer left %d times", n)
	}
}

func googleRejects(w *world, g *gmaps) {
	w.t.Helper()
	const words, better = "Call 06 1 234 5678 and ask for Béla.", "Write to us, please, and we will look into it."
	r := g.review("Béla Nagy", "Rude staff, never again, awful")
	link := w.caseOf("Rude staff")
	w.sends(link, words)
	w.untilPage(link, "[data-reply] .pill", "Checked by the site")
	w.stands(link, desk.CaseAnswered)
	g.do(func() {
		no := standing(words, "REJECTED")
		no["policyViolation"] = "CONTACT_INFORMATION"
		r["reviewReply"] = no
	})
	w.later(desk.EntryWatch, link, "[data-reply] .pill", "Rejected by the site")
	w.says(link, "[data-reply] .msg__foot", "Google rejected the answer: contact information.")
	w.says(link, "[data-reply] .msg__text", words)
	w.poll()
	w.stands(link, desk.CaseTaken)

	w.submit(link, "edit", map[string][]string{"text": {better}})
	w.untilPage(link, "[data-reply] .pill", "Checked by the site")
	g.do(func() {
		if said := r["reviewReply"].(map[string]any)["comment"]; said != better {
			w.t.Errorf("Google has %q, want the better words", said)
		}
		r["reviewReply"] = standing(better, "APPROVED")
	})
	w.later(desk.EntryWatch, link, "[data-reply] .msg__foot", "Seen on the site")
	w.stands(link, desk.CaseAnswered)
	w.says(link, "[data-reply] .diff", "Béla") // the old words are in the history
}

// answeredElsewhere lets somebody answer in Google's page after the desk looked and before it sends.
func answeredElsewhere(w *world, g *gmaps) {
	w.t.Helper()
	r := g.review("Zsófi", "Broken lamp, horrible packing")
	link := w.caseOf("Broken lamp")
	before := g.calls("PUT")
	const theirs = "Dear Zsófi, a new lamp is on its way."
	g.do(func() { r["reviewReply"] = standing(theirs, "APPROVED") })
	w.sends(link, "We are sorry, please send it back.")
	w.untilPage(link, "[data-reply] .msg__foot", "answered already by somebody else")
	w.says(link, "[data-reply] .pill", "Not published")
	g.do(func() {
		if said := r["reviewReply"].(map[string]any)["comment"]; said != theirs {
			w.t.Errorf("what a person answered was replaced by %q", said)
		}
	})
	if n := g.calls("PUT") - before; n != 0 {
		w.t.Errorf("%d answers left", n)
	}
	w.poll()
	w.stands(link, desk.CaseAnswered)
	if text := w.get(link).Find(".thread").Text(); !strings.Contains(text, theirs) {
		w.t.Error("the case does not show what the colleague answered")
	}
}
