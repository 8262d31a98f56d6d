package app

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// export is what a shop gets of its reviews; nobody can answer through it.
type export struct {
	*small
	reviews []exported
}

type exported struct {
	XMLName  xml.Name `xml:"review"`
	ID       string   `xml:"rating_id"`
	Name     string   `xml:"name"`
	At       int64    `xml:"unix_timestamp"`
	Stars    string   `xml:"total_rating"`
	Words    string   `xml:"summary"`
	Reaction string   `xml:"reaction,omitempty"`
}

func newExport(t *testing.T) *export {
	e := &export{small: newSmall(t)}
	e.token = ""
	e.mux.HandleFunc("GET /direct/dotaznik/export-review.php", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("key") != "0123456789abcdef0123456789abcdef" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/xml")
		_ = xml.NewEncoder(w).Encode(struct {
			XMLName xml.Name `xml:"reviews"`
			All     []exported
		}{All: e.reviews})
	})
	return e
}

func (e *export) review(words string) {
	e.do(func() {
		e.reviews = append(e.reviews, exported{ID: e.id(), Name: "Zuzana", At: time.Now().Unix(), Stars: "1", Words: words})
	})
}

// react lets the shop's answer appear under the newest review.
func (e *export) react(words string) {
	e.do(func() { e.reviews[len(e.reviews)-1].Reaction = words })
}

// TestAnsweredByHand: where the desk cannot answer, a person posts the answer. The desk sees it in the next export, sees other words,
// or says after some days that it sees nothing.
func TestAnsweredByHand(t *testing.T) {
	t.Parallel()
	e := newExport(t)
	w := newNetworkWorld(t, "", `
sources: [{name: town, kind: heureka, brand: acme, every: 1h, server: "`+e.URL+`", key: 0123456789abcdef0123456789abcdef}]
`)
	w.begin()

	e.review("Balík prišiel mokrý, hrozná skúsenosť")
	link := w.caseOf("Balík prišiel mokrý")
	w.says(link, ".composer__facts", "copy the answer and post it on the site")
	if n := w.get(link).Find("[data-copy-open]").Length(); n == 0 {
		t.Error("there is no way to copy the answer and open the site")
	}
	w.byHand(link, "Mrzí nás to. Nový balík odošleme ešte dnes, poštovné vám vrátime na účet do troch dní.")
	w.says(link, ".dock", "posted by hand")
	w.poll()
	w.stands(link, desk.CaseTaken)
	e.react("Mrzí nás to.  Nový balik odošleme ešte dnes, poštovné vám vrátime na účet do troch dní") // pasted, and a letter changed
	w.poll()
	w.says(link, "[data-reply] .pill", "Published")
	w.says(link, "[data-reply] .msg__foot", "Seen on the site")
	w.stands(link, desk.CaseAnswered)
	if n := w.get(link).Find(".msg--ours").Length(); n != 1 {
		t.Errorf("the case shows our one answer %d times", n)
	}

	e.review("Kuriér nezavolal, katastrofa")
	link = w.caseOf("Kuriér nezavolal")
	w.byHand(link, "Ospravedlňujeme sa za kuriéra.")
	e.react("Dobrý deň, zavolajte nám, prosím.")
	w.poll()
	w.says(link, "[data-reply=by_hand] .msg__foot", "Another answer of ours was seen on the site; its words differ from these.")
	w.says(link, ".thread", "zavolajte nám")
	w.stands(link, desk.CaseAnswered)

	e.review("Nefunguje reklamácia, otrasné")
	link = w.caseOf("Nefunguje reklamácia")
	w.byHand(link, "Pozrieme sa na to.")
	if text := w.get(link).Find("[data-reply] .pill").Text(); strings.Contains(text, "Not seen") {
		t.Errorf("at once it says %q", text)
	}
	const days = " - 4 * 24 * 3600 * 1000000"
	w.alter(`UPDATE reply SET send_at = send_at` + days + ` WHERE text LIKE 'Pozrieme%'`)
	w.alter(`UPDATE cases SET remark_at = remark_at` + days + `, opened_at = opened_at` + days)
	w.says(link, "[data-reply] .pill", "Not seen on the site yet")
	w.says("/board", "#c-by_hand .card", "Not seen on the site yet")
	w.submit(link, "posted", url.Values{"address": {"https://shop.example/recenzie#3"}})
	w.says(link, "[data-reply] .msg__foot", "A colleague says that it is on the site.")
	w.stands(link, desk.CaseAnswered)
	e.react("Pozrieme sa na to.")
	w.poll()
	w.says(link, "[data-reply] .pill", "Published")
	if n := w.get(link).Find(".msg--ours").Length(); n != 1 {
		t.Errorf("the case shows the answer %d times that a colleague had seen first", n)
	}
	if strings.Contains(w.out.String(), "0123456789abcdef") {
		t.Error("the key is in the log")
	}
}

// byHand says that a person posts the answer on the site.
func (w *world) byHand(link, words string) {
	w.t.Helper()
	w.submit(link, "by-hand", url.Values{"text": {words}})
	w.says(link, "[data-reply=by_hand] .pill", "Being posted by hand")
}
