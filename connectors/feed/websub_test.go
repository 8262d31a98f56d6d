package feed_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/feed"
	"github.com/earshotdesk/earshot/internal/desk"
)

// hub is a site with a feed and the hub that the feed names.
type hub struct {
	*httptest.Server
	mu    sync.Mutex
	asked []url.Values
	doc   string // %s is the address of the server
	link  string // Link header
}

func newHub(t *testing.T, doc string) *hub {
	t.Helper()
	h := &hub{doc: doc}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		if r.URL.Path == "/hub" {
			_ = r.ParseForm()
			h.asked = append(h.asked, r.PostForm)
			w.WriteHeader(http.StatusAccepted)
			return
		}
		if h.link != "" {
			w.Header().Set("Link", strings.ReplaceAll(h.link, "%s", h.URL))
		}
		_, _ = io.WriteString(w, strings.ReplaceAll(h.doc, "%s", h.URL))
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hub) feed(t *testing.T, now *time.Time, change func(o *feed.Options)) *feed.Feed {
	t.Helper()
	env := connectortest.Env(t, "feed", nil)
	env.Hook, env.HookKey = "https://desk.example/hooks/blog", connectortest.Secret
	env.Now = func() time.Time { return *now }
	o := feed.Options{URL: h.URL + "/feed.xml"}
	if change != nil {
		change(&o)
	}
	f, err := feed.New(env, o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const hubbed = `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>
<atom:link rel="hub" href="%s/hub"/><atom:link rel="self" href="%s/feed.xml"/>
<item><guid>1</guid><title>First</title><description>The parcel never came.</description></item></channel></rss>`

const news = `<rss version="2.0"><channel><title>t</title><item><guid>2</guid><title>Second</title><description>It came at last.</description></item></channel></rss>`

func TestWebSubFromSubscriptionToNews(t *testing.T) {
	t.Parallel()
	now := connectortest.Now()
	h := newHub(t, hubbed)
	f := h.feed(t, &now, nil)
	b, err := f.Poll(t.Context(), "")
	if err != nil || len(h.asked) != 1 {
		t.Fatalf("%v, asked %d times", err, len(h.asked))
	}
	ask := h.asked[0]
	callback, err := url.Parse(ask.Get("hub.callback"))
	if err != nil || ask.Get("hub.mode") != "subscribe" || ask.Get("hub.topic") != h.URL+"/feed.xml" || len(ask.Get("hub.secret")) < 32 ||
		len(ask.Get("hub.secret")) >= 200 || !strings.HasPrefix(callback.String(), "https://desk.example/hooks/blog?") {
		t.Fatalf("asked %v, %v", ask, err)
	}
	if strings.Contains(ask.Encode(), connectortest.Secret) {
		t.Error("the key itself was sent")
	}
	q := callback.Query()
	confirm := func(topic, mode string) (connectors.Answer, error) {
		all := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {"abc123"}, "topic": q["topic"], "mark": q["mark"]}
		_, a, err := f.Push(t.Context(), connectors.Delivery{Method: http.MethodGet, Query: all})
		return a, err
	}
	if a, err := confirm(h.URL+"/feed.xml", "subscribe"); err != nil || string(a.Body) != "abc123" || a.Status != http.StatusOK {
		t.Errorf("confirming: %+v, %v", a, err)
	}
	if _, err := confirm(h.URL+"/feed.xml", "unsubscribe"); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("what we did not ask for: %v", err)
	}
	if _, err := confirm("https://other.example/feed", "subscribe"); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("another topic: %v", err)
	}
	mac := hmac.New(sha256.New, []byte(ask.Get("hub.secret")))
	_, _ = io.WriteString(mac, news)
	right := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	for sign, want := range map[string]int{right: 1, "": 0, "sha256=00": 0, "md5=" + right[7:]: 0} {
		got, a, err := f.Push(t.Context(), connectors.Delivery{Method: http.MethodPost, Query: q, Header: http.Header{"X-Hub-Signature": {sign}}, Body: []byte(news)})
		if len(got.Mentions) != want || a.Status != http.StatusAccepted || (err == nil) != (want == 1) {
			t.Errorf("signature %q: %d mentions, status %d, %v", sign, len(got.Mentions), a.Status, err)
		}
		if want == 1 && (got.Mentions[0].Site != b.Mentions[0].Site || got.Mentions[0].Remote == b.Mentions[0].Remote) {
			t.Errorf("the news are %s of %s, what was polled %s of %s", got.Mentions[0].Remote, got.Mentions[0].Site, b.Mentions[0].Remote, b.Mentions[0].Site)
		}
	}
	stranger := url.Values{"topic": q["topic"], "mark": {strings.Repeat("0", 64)}}
	if _, _, err := f.Push(t.Context(), connectors.Delivery{Method: http.MethodPost, Query: stranger, Header: http.Header{"X-Hub-Signature": {right}}, Body: []byte(news)}); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a stranger's callback: %v", err)
	}
	for _, step := range []struct {
		after time.Duration
		asked int
	}{{time.Hour, 1}, {24 * time.Hour, 2}} {
		now = now.Add(step.after)
		if b, err = f.Poll(t.Context(), b.Next); err != nil || len(h.asked) != step.asked {
			t.Errorf("%v later: asked %d times, want %d; %v", step.after, len(h.asked), step.asked, err)
		}
	}
}

func TestHubsAreFoundWhereverTheyAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		doc, link string
		change    func(o *feed.Options)
		want      int
	}{
		"Atom":              {`<feed xmlns="http://www.w3.org/2005/Atom"><link href="%s/hub" rel="hub"/><link rel="self" href="%s/a.xml"/><entry><id>1</id><title>x</title></entry></feed>`, "", nil, 1},
		"JSON":              {`{"version":"https://jsonfeed.org/version/1.1","title":"t","feed_url":"%s/f.json","hubs":[{"type":"rssCloud","url":"%s/no"},{"type":"WebSub","url":"%s/hub"}],"items":[{"id":"1","content_text":"x"}]}`, "", nil, 1},
		"header":            {news, `<%s/hub>; rel="hub", <%s/self.xml>; rel=self`, nil, 1},
		"none":              {news, "", nil, 0},
		"in an entry":       {`<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>x</title><link rel="hub" href="%s/hub"/></item></channel></rss>`, "", nil, 0},
		"no address":        {`<feed xmlns="http://www.w3.org/2005/Atom"><link href="javascript:alert(1)" rel="hub"/><entry><id>1</id><title>x</title></entry></feed>`, "", nil, 0},
		"turned off":        {hubbed, "", func(o *feed.Options) { o.WebSub = "off" }, 0},
		"behind a password": {hubbed, "", func(o *feed.Options) { o.User, o.Password = "desk", "p" }, 0},
		"secret address":    {hubbed, "", func(o *feed.Options) { o.URL += "?token=" + connectortest.Secret }, 0},
	} {
		now := connectortest.Now()
		h := newHub(t, c.doc)
		h.link = c.link
		if _, err := h.feed(t, &now, c.change).Poll(t.Context(), ""); err != nil || len(h.asked) != c.want {
			t.Errorf("%s: asked %d times, want %d; %v", name, len(h.asked), c.want, fmt.Sprint(err))
		}
	}
}
