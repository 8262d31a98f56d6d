package feed

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestMemoryKeepsTwiceTheWindow(t *testing.T) {
	t.Parallel()
	f, s := testFeed(t), state{}
	poll := func(first, n int) int {
		b, err := digest(f, &s, bigFeed(1, first, n), "")
		if err != nil {
			t.Fatal(err)
		}
		return len(b.Mentions)
	}
	if got := poll(0, 300); got != 300 {
		t.Fatalf("the first poll found %d of 300", got)
	}
	if got := poll(300, 300); got != 300 {
		t.Errorf("a wholly new page gave %d of 300", got)
	}
	if got := poll(0, 300); got != 0 {
		t.Errorf("%d entries came again when the feed put its old page up again", got)
	}
	if got := poll(0, 0) + poll(0, 600); got != 0 {
		t.Errorf("%d entries came again after the feed had been empty for a while", got)
	}
	if n := len(s.Seen) / recordSize; n > 1200 {
		t.Errorf("the cursor remembers %d entries of a feed that lists 600", n)
	}
}

func TestACursorOfAnotherFeedIsAFirstContact(t *testing.T) {
	t.Parallel()
	s := state{Feed: "a", ETag: `"x"`, Seen: make([]byte, recordSize)}
	if got := readState(s.cursor(), "a"); got.ETag != `"x"` {
		t.Errorf("the cursor lost the ETag: %+v", got)
	}
	for _, c := range []connectors.Cursor{"", "garbage", `{"feed":"b","etag":"\"x\""}`, `{"feed":"a","etag":"\"x\"","seen":"AAAA"}`} {
		if got := readState(c, "a"); got.ETag != "" || got.Feed != "a" {
			t.Errorf("%q was taken for a cursor of this feed: %+v", c, got)
		}
	}
}

func TestPatience(t *testing.T) {
	t.Parallel()
	var nights, always hint
	for h := range 24 {
		nights.skipHours[h] = h >= 10
		always.skipHours[h] = true
	}
	always.every = time.Hour
	weekend := hint{every: time.Hour}
	weekend.skipDays[time.Friday], weekend.skipDays[time.Saturday] = true, true
	for name, c := range map[string]struct {
		h    hint
		want time.Duration
	}{
		"nothing": {hint{}, 0}, "every hour": {hint{every: time.Hour}, time.Hour}, "until midnight": {nights, 12 * time.Hour},
		"never is nobody's wish": {always, time.Hour}, "until Sunday": {weekend, 36 * time.Hour},
	} {
		if got := c.h.wait(testNow); got != c.want { // a Friday at noon
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	f := testFeed(t)
	resp := &http.Response{Header: http.Header{"Cache-Control": {"public, max-age=99999999"}}}
	if got := f.patience(state{}, testNow, hint{}, resp); got != 24*time.Hour {
		t.Errorf("a cache of three years makes us wait %v, want a day", got)
	}
	f.o.IgnoreTTL = true
	if got := f.patience(state{}, testNow, hint{every: time.Hour}, resp); got != 0 {
		t.Errorf("ignore_ttl waits %v", got)
	}
}

func TestOnlyTheStartOfARedirectChainIsPermanent(t *testing.T) {
	t.Parallel()
	chain := func(steps ...string) *http.Response { // address, status, address, status, …
		var last *http.Request
		for i := 0; i < len(steps); i += 2 {
			u, _ := url.Parse(steps[i])
			req := &http.Request{URL: u}
			if last != nil {
				code := map[string]int{"301": 301, "302": 302, "308": 308}[steps[i-1]]
				req.Response = &http.Response{StatusCode: code, Request: last}
			}
			last = req
		}
		return &http.Response{Request: last}
	}
	for want, resp := range map[string]*http.Response{
		"":                chain("https://a.example/", "302", "https://b.example/", "301", "https://c.example/"),
		"https://b.test/": chain("https://a.example/", "301", "https://b.test/", "302", "https://c.example/"),
		"https://c.test/": chain("https://a.example/", "301", "https://b.example/", "308", "https://c.test/"),
	} {
		s := state{}
		if s.moved(resp); s.Moved != want {
			t.Errorf("remembered %q, want %q", s.Moved, want)
		}
	}
	s := state{}
	if s.moved(chain("https://a.example/", "301", "http://a.example/")); s.Moved != "" {
		t.Error("a move from https to http must not be remembered")
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for words, o := range map[string]Options{
		"url is missing":     {},
		"not an http":        {URL: "ftp://x.example/feed"},
		"as is":              {URL: "https://x.example/", As: "poem"},
		"max_items":          {URL: "https://x.example/", MaxItems: -1},
		"needs user":         {URL: "https://x.example/", Password: "p"},
		"not both":           {URL: "https://x.example/", User: "u", Token: "t"},
		"name of a header":   {URL: "https://x.example/", Headers: map[string]desk.Secret{"X Y": "1"}},
		"cannot be read) is": {URL: "http://[::1"},
	} {
		if _, err := New(connectors.Env{}, o); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("got %v, want a sentence with %q", err, words)
		}
	}
}

func TestTheSiteHoldsNoSecret(t *testing.T) {
	t.Parallel()
	site := func(raw string) desk.Site {
		f, err := New(connectors.Env{}, Options{URL: raw})
		if err != nil {
			t.Fatal(err)
		}
		return f.site
	}
	if got := site("HTTPS://u:p@Blog.Example:443/feed?tag=x&token=abc#top"); got != "feed:https://blog.example/feed?tag=x&token=***" {
		t.Errorf("got %s", got)
	}
	a, b := site("https://x.example/feeds/aZ3kQ9xW7vR2mN5tY8uP.xml"), site("https://x.example/feeds/bZ3kQ9xW7vR2mN5tY8uP.xml")
	if a == b || strings.Contains(string(a), "aZ3k") {
		t.Errorf("two feeds at secret addresses: %s and %s", a, b)
	}
}
