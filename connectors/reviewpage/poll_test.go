package reviewpage

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// site answers robots.txt and pages with what the maps say; the status is 200 unless the text begins with a number.
func site(t *testing.T, pages map[string]string) (connectors.Connector, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		body, ok := pages[r.URL.RequestURI()]
		switch {
		case !ok:
			http.NotFound(w, r)
		case body == "503":
			w.Header().Set("Retry-After", "600")
			http.Error(w, "", http.StatusServiceUnavailable)
		case body == "challenge":
			w.Header().Set("Cf-Mitigated", "challenge")
			http.Error(w, "", http.StatusForbidden)
		default:
			_, _ = io.WriteString(w, body)
		}
	}))
	t.Cleanup(server.Close)
	c, err := New(connectortest.Env(t, "reviewpage", nil), func(into any) error {
		o := into.(*Options)
		o.URL, o.Pace = server.URL+"/p", 0
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, &asked
}

const oneReview = `<script type="application/ld+json">{"@type":"Review","author":"Ann","datePublished":"2026-11-18","reviewBody":"Fine"}</script>`

func TestRobots(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		robots string
		class  error
	}{
		"forbids us":            {"User-agent: Earshot-test\nDisallow: /p", desk.ErrDenied},
		"forbids all":           {"User-agent: *\nDisallow: /", desk.ErrDenied},
		"forbids others":        {"User-agent: GPTBot\nDisallow: /", nil},
		"is a page":             {"<!doctype html><html><body>Not found", nil},
		"allows what is longer": {"User-agent: *\nDisallow: /\nAllow: /p", nil},
	} {
		conn, _ := site(t, map[string]string{"/robots.txt": c.robots, "/p": oneReview})
		b, err := conn.Poll(t.Context(), "")
		if !errors.Is(err, c.class) || (err == nil) != (len(b.Mentions) == 1) {
			t.Errorf("%s: %d mentions, %v", name, len(b.Mentions), err)
		}
	}
	conn, _ := site(t, map[string]string{"/robots.txt": "503", "/p": oneReview})
	_, err := conn.Poll(t.Context(), "")
	if wait, ok := errors.AsType[*desk.Transient](err); !ok || wait.After != 10*time.Minute {
		t.Errorf("while robots.txt has trouble nothing is read: %v", err)
	}
}

func TestRobotsOfWhereRedirectsLead(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, map[bool]string{true: "User-agent: *\nDisallow: /p", false: oneReview}[r.URL.Path == "/robots.txt"])
	}))
	t.Cleanup(elsewhere.Close)
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		http.Redirect(w, r, elsewhere.URL+"/p", http.StatusFound)
	}))
	t.Cleanup(here.Close)
	c, err := New(connectortest.Env(t, "reviewpage", nil), func(into any) error { into.(*Options).URL = here.URL + "/p"; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if b, err := c.Poll(t.Context(), ""); !errors.Is(err, desk.ErrDenied) || len(b.Mentions) != 0 {
		t.Errorf("%d mentions, %v", len(b.Mentions), err)
	}
}

func TestRobotsAreAskedOnceADay(t *testing.T) {
	t.Parallel()
	conn, asked := site(t, map[string]string{"/p": oneReview})
	var at connectors.Cursor
	for range 3 {
		b, err := conn.Poll(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		at = b.Next
	}
	if n := asked.Load(); n != 4 {
		t.Errorf("3 polls asked %d times, want robots.txt once and the page 3 times", n)
	}
}

func TestLongPauseGoesOnInTheNextPoll(t *testing.T) {
	t.Parallel()
	conn, _ := site(t, map[string]string{
		"/robots.txt": "User-agent: *\nCrawl-delay: 45\n", "/p": oneReview + `<a rel="next" href="/p?2">`, "/p?2": strings.Replace(oneReview, "Fine", "Older", 1),
	})
	first, err := conn.Poll(t.Context(), "")
	if err != nil || len(first.Mentions) != 1 || first.Wait != 45*time.Second {
		t.Fatalf("got %d mentions, wait %v, %v", len(first.Mentions), first.Wait, err)
	}
	second, err := conn.Poll(t.Context(), first.Next)
	if err != nil || len(second.Mentions) != 1 || second.Mentions[0].Text != "Older" || second.Wait != 0 {
		t.Errorf("got %+v, wait %v, %v", second.Mentions, second.Wait, err)
	}
}

func TestNextPageThatIsGoneIsTheEnd(t *testing.T) {
	t.Parallel()
	conn, _ := site(t, map[string]string{"/p": oneReview + `<link rel="next" href="/p?2">`})
	if b, err := conn.Poll(t.Context(), ""); err != nil || len(b.Mentions) != 1 {
		t.Errorf("got %d mentions, %v", len(b.Mentions), err)
	}
	conn, _ = site(t, nil)
	if _, err := conn.Poll(t.Context(), ""); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a first page that is not there: %v", err)
	}
}

func TestWalls(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"challenge": "challenge", "title": "<title>Just a moment...</title><p>Checking", "login": `<form><input name="u"><input type="password" name="p"></form>`,
		"captcha": `<body><div class="g-recaptcha" data-sitekey="x"></div></body>`,
	} {
		conn, _ := site(t, map[string]string{"/p": body})
		if _, err := conn.Poll(t.Context(), ""); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("%s: got %v, want a sentence that it is not let in", name, err)
		}
	}
	conn, _ := site(t, map[string]string{"/p": `<p>No review yet, be the first!</p>`})
	if _, err := conn.Poll(t.Context(), ""); err != nil {
		t.Errorf("a page without a review yet: %v", err)
	}
	if err := conn.(connectors.Checker).Check(t.Context()); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("a check of a page without a review: %v", err)
	}
}

func TestTelling(t *testing.T) {
	t.Parallel()
	const page = "https://bolt.example/termek/daralo-12345"
	for id, want := range map[string]bool{
		"review-1": false, "#r17": false, "https://bolt.example/termek/daralo-12345#review-2": false, "507f191e810c19729de860ea": true, "5957872": true,
		"https://bolt.example/termek/daralo-12345?review=88412": true, "2026": false, "review-2026-11-18": false, "li-comment-48121": true, "": false,
		"3f2504e0-4f89-11d3-9a0c-0305e82c3301": true, page: false,
	} {
		if got := telling(id, page, ""); got != want {
			t.Errorf("%q: %v", id, got)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"no address": {}, "no page": {URL: "ftp://x.example"}, "password": {URL: "https://a:b@x.example/"}, "pages": {URL: "https://x.example", MaxPages: 101},
		"zone": {URL: "https://x.example", Timezone: "Mars"}, "pace": {URL: "https://x.example", Pace: -1}, "best": {URL: "https://x.example", RatingBest: -1},
		"no item": {URL: "https://x.example", Selectors: &Selectors{}}, "no words": {URL: "https://x.example", Selectors: &Selectors{Item: "p"}},
		"bad selector": {URL: "https://x.example", Selectors: &Selectors{Item: "p", Text: Field{Select: "p["}}}, "bad expression": {URL: "https://x.example", Selectors: &Selectors{Item: "p", Text: Field{Match: "("}}},
		"bad item": {URL: "https://x.example", Selectors: &Selectors{Item: "]"}},
	} {
		_, err := New(connectortest.Env(t, "reviewpage", nil), func(into any) error { *into.(*Options) = o; return nil })
		if !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
