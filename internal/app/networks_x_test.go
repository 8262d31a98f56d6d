package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// birds is a small X. Its posts are in the form of its lists.
type birds struct {
	*small
	posts []map[string]any // newest first
}

func newBirds(t *testing.T) *birds {
	b := &birds{small: newSmall(t)}
	list := func(wanted func(p map[string]any, r *http.Request) bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			data, users := []map[string]any{}, []map[string]string{}
			for _, p := range b.posts {
				if id := p["id"].(string); wanted(p, r) && id > r.FormValue("since_id") {
					data = append(data, p)
					users = append(users, map[string]string{"id": p["author_id"].(string), "name": "Somebody", "username": "u" + id})
				}
			}
			meta := map[string]any{"result_count": len(data)}
			if len(data) > 0 {
				meta["newest_id"] = data[0]["id"]
			}
			respond(w, map[string]any{"data": data, "includes": map[string]any{"users": users}, "meta": meta})
		}
	}
	ours := func(p map[string]any) bool { return p["author_id"] == "1" }
	b.mux.HandleFunc("GET /2/users/me", func(w http.ResponseWriter, _ *http.Request) {
		respond(w, map[string]any{"data": map[string]string{"id": "1", "username": "acme"}})
	})
	b.mux.HandleFunc("GET /2/users/1/mentions", list(func(p map[string]any, _ *http.Request) bool { return p["entities"] != nil && !ours(p) }))
	b.mux.HandleFunc("GET /2/users/1/tweets", list(func(p map[string]any, _ *http.Request) bool { return ours(p) }))
	b.mux.HandleFunc("GET /2/tweets/search/recent", list(func(p map[string]any, _ *http.Request) bool { return !ours(p) }))
	b.mux.HandleFunc("GET /2/tweets", list(func(p map[string]any, r *http.Request) bool {
		return slices.Contains(strings.Split(r.FormValue("ids"), ","), p["id"].(string))
	}))
	b.mux.HandleFunc("POST /2/tweets", func(w http.ResponseWriter, r *http.Request) {
		said := heard(r)
		to := said["reply"].(map[string]any)["in_reply_to_tweet_id"]
		p := b.add("1", said["text"].(string))
		p["conversation_id"], p["referenced_tweets"] = to, []map[string]any{{"type": "replied_to", "id": to}}
		w.WriteHeader(http.StatusCreated)
		respond(w, map[string]any{"data": p})
	})
	return b
}

func (b *birds) add(by, words string) map[string]any {
	id := b.id()
	p := map[string]any{"id": id, "text": words, "author_id": by, "created_at": time.Now().UTC().Format(time.RFC3339), "conversation_id": id, "lang": "en"}
	b.posts = append([]map[string]any{p}, b.posts...)
	return p
}

// TestXForMoney: who did not call the account gets no answer through the interface, who did gets one, and it is paid; reading stops
// before the money for answers is gone, and answering when all of it is.
func TestXForMoney(t *testing.T) {
	t.Parallel()
	b := newBirds(t)
	w := newNetworkWorld(t, "", `
accounts: [{name: acme-x, kind: x, handle: acme, client_id: app, client_secret: hush-hush, token: sesame, publish: "on"}]
sources: [{name: town, kind: x, account: acme-x, brand: acme, every: 1h, server: "`+b.URL+`", budget: 1, query: Acme}]
`)
	w.begin()
	b.do(func() {
		b.add("8", "The Acme Phone is garbage, awful service")
		b.add("9", "@acme my Acme Phone is broken, terrible")["entities"] = map[string]any{"mentions": []map[string]string{{"id": "1", "username": "acme"}}}
	})
	link := w.caseOf("garbage")
	w.sends(link, "Sorry to hear that. Write to us.")
	w.untilPage(link, "[data-reply] .msg__foot", "this author did neither; answer on X itself")
	w.says(link, "[data-reply] .pill", "Not published")
	if n := b.calls("POST"); n != 0 {
		t.Errorf("%d calls left that X would have taken money for, or refused", n)
	}

	link = w.caseOf("Phone is broken")
	before := w.spent()
	const words = "Sorry. We have sent you a new one."
	w.sends(link, words)
	w.untilPage(link, "[data-reply] .pill", "Published")
	w.stands(link, desk.CaseAnswered)
	if got := w.spent() - before; got != 15_000 {
		t.Errorf("the answer cost %d millionths, want the look at 5,000 and the answer at 10,000", got)
	}
	w.says("/sources", "main", "0.07 US$ this month")
	w.poll() // the account's own posts: the answer comes back
	if n := w.get(link).Find(".msg--ours").Length(); n != 1 {
		t.Errorf("the case shows our one answer %d times", n)
	}
	w.outOfMoney(b, link)
}

// outOfMoney spends what there is: first what may be read for, then the rest.
func (w *world) outOfMoney(b *birds, link string) {
	w.t.Helper()
	pay := func(micros int64) {
		check(w.t, purse{w.app, "town"}.Pay(w.t.Context(), connectors.Spend{Micros: micros}))
	}
	pay(800_000 - w.spent())
	reads := b.calls("GET /2/users/1/")
	w.poll()
	if n := b.calls("GET /2/users/1/") - reads; n != 0 {
		w.t.Errorf("it was read %d times without money", n)
	}
	w.says("/sources", "main", "The budget of 1 US$ a month is used up")
	w.says("/sources", "main", "its search finds nothing then that is older than 7 days")
	const second, third = "It arrives tomorrow.", "Has it arrived?"
	w.submit(link, "send", url.Values{"text": {second}})
	w.until("the answer from the reserve is public", func() bool { return b.public(second) == 1 })
	w.untilPage(link, ".thread", second)
	w.until("the second answer is noted", func() bool { return w.get(link).Find("[data-reply=published]").Length() == 2 })
	pay(1_000_000 - w.spent())
	w.submit(link, "send", url.Values{"text": {third}})
	w.untilPage(link, "[data-reply=failed] .msg__foot", "the budget of 1 US$ a month for X is used up, and a reply costs 0.015")
	if n := b.public(third); n != 0 {
		w.t.Errorf("the answer that nobody could pay is public %d times", n)
	}
}

func (w *world) spent() int64 {
	w.t.Helper()
	s, err := purse{w.app, "town"}.Spent(w.t.Context(), time.Now().Add(-24*time.Hour))
	check(w.t, err)
	return s.Micros
}

func (b *birds) public(words string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(b.posts), func(p map[string]any) bool { return p["text"] != words }))
}
