package feed

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"hash"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// WebSub (https://www.w3.org/TR/websub/): a feed may name a hub, and the hub sends the feed's news to whoever asks. Polling goes on as
// before, for hubs forget. The callback names the topic and a mark that only we can make, so that nothing needs to be remembered
// where deliveries arrive.
const (
	leaseAsked = 10 * 24 * time.Hour // hubs may give less
	renewEvery = 24 * time.Hour
	askAgain   = time.Hour // after a hub that refused
)

// discover finds the hub of a document and the address that the hub knows it by.
func (s *state) discover(a answer) {
	s.Hub, s.Topic = linksOf(a.resp.Header.Values("Link"))
	hub, self := "", ""
	if body := bytes.TrimLeft(a.body, " \t\r\n\uFEFF"); len(body) > 0 && body[0] == '{' {
		hub, self = hubOfJSON(body)
	} else {
		hub, self = hubOfXML(body)
	}
	if s.Hub == "" {
		s.Hub = hub
	}
	if s.Topic == "" {
		s.Topic = self
	}
	if s.Topic == "" {
		s.Topic = a.at.String()
	}
	if !isWeb(s.Hub) || !isWeb(s.Topic) {
		s.Hub, s.Topic = "", ""
	}
}

func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") && len(address) <= 1000
}

// linksOf reads Link headers (RFC 8288) as far as WebSub uses them.
func linksOf(values []string) (hub, self string) {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			target, params, _ := strings.Cut(strings.TrimSpace(part), ">")
			target, ok := strings.CutPrefix(target, "<")
			if !ok {
				continue
			}
			for param := range strings.SplitSeq(params, ";") {
				name, rel, _ := strings.Cut(strings.TrimSpace(param), "=")
				if strings.EqualFold(name, "rel") {
					note(&hub, &self, strings.Trim(rel, `"`), target)
				}
			}
		}
	}
	return hub, self
}

func note(hub, self *string, rels, target string) {
	for rel := range strings.FieldsSeq(strings.ToLower(rels)) {
		switch {
		case rel == "hub" && *hub == "":
			*hub = target
		case rel == "self" && *self == "":
			*self = target
		}
	}
}

// hubOfXML reads the links that stand before the first entry.
func hubOfXML(doc []byte) (hub, self string) {
	d := xml.NewDecoder(bytes.NewReader(doc[:min(len(doc), 64<<10)]))
	d.Strict = false
	for {
		token, err := d.RawToken()
		if err != nil {
			return hub, self
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch strings.ToLower(start.Name.Local) {
		case "item", "entry":
			return hub, self
		case "link":
			var rel, href string
			for _, a := range start.Attr {
				switch strings.ToLower(a.Name.Local) {
				case "rel":
					rel = a.Value
				case "href":
					href = strings.TrimSpace(a.Value)
				}
			}
			note(&hub, &self, rel, href)
		}
	}
}

func hubOfJSON(doc []byte) (hub, self string) {
	var feed struct {
		FeedURL string `json:"feed_url"`
		Hubs    []struct{ Type, URL string }
	}
	if json.Unmarshal(doc, &feed) != nil {
		return "", ""
	}
	for _, h := range feed.Hubs {
		if strings.EqualFold(h.Type, "WebSub") && hub == "" {
			hub = h.URL
		}
	}
	return hub, feed.FeedURL
}

// subscribe asks the hub for news when it is time. A hub that refuses costs nothing but speed.
func (f *Feed) subscribe(ctx context.Context, s *state, now time.Time) {
	if f.env.Hook == "" || s.Hub == "" || f.o.WebSub == "off" || f.private() || now.Unix() < s.AskAt {
		return
	}
	s.AskAt = now.Add(renewEvery).Unix()
	if err := f.ask(ctx, s); err != nil && ctx.Err() == nil {
		s.AskAt = now.Add(askAgain).Unix()
		f.env.Log.Info("the feed's hub does not take our subscription; polling goes on", "hub", fetch.RedactURL(s.Hub), "error", err)
	}
}

// private tells whether the feed is none of a hub's business: it is read with credentials.
func (f *Feed) private() bool {
	return f.o.User != "" || f.o.Token != "" || len(f.o.Headers) > 0 || f.at.User != nil || strings.Contains(f.shown(), "***")
}

func (f *Feed) ask(ctx context.Context, s *state) error {
	form := url.Values{
		"hub.callback":      {f.env.Hook + "?" + url.Values{"topic": {s.Topic}, "mark": {f.mark("topic", s.Topic)}}.Encode()},
		"hub.mode":          {"subscribe"},
		"hub.topic":         {s.Topic},
		"hub.secret":        {f.mark("secret", s.Topic)},
		"hub.lease_seconds": {strconv.Itoa(int(leaseAsked.Seconds()))},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Hub, strings.NewReader(form.Encode()))
	if err != nil {
		return desk.Invalidf("%s is not an address that can be called", fetch.RedactURL(s.Hub))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := fetch.Do(f.env.Read, req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	return fetch.Check(resp, f.env.Now())
}

// mark is what only this source can say about a topic.
func (f *Feed) mark(what, topic string) string {
	mac := hmac.New(sha256.New, []byte(f.env.HookKey.Reveal()))
	_, _ = mac.Write([]byte(what + "\x00" + topic))
	return hex.EncodeToString(mac.Sum(nil))
}

// Push takes what the hub sends: the question whether we asked, and news.
func (f *Feed) Push(ctx context.Context, d connectors.Delivery) (connectors.Batch, connectors.Answer, error) {
	topic := d.Query.Get("topic")
	if topic == "" || !hmac.Equal([]byte(d.Query.Get("mark")), []byte(f.mark("topic", topic))) {
		return connectors.Batch{}, connectors.Answer{}, desk.Deniedf("a call for a feed that this source did not ask a hub for")
	}
	if d.Method == http.MethodGet {
		answer, err := f.intent(d.Query, topic)
		return connectors.Batch{}, answer, err
	}
	accepted := connectors.Answer{Status: http.StatusAccepted}
	if !signed(d.Header.Get("X-Hub-Signature"), f.mark("secret", topic), d.Body) {
		// The standard wants a friendly answer, so that nobody learns from it.
		return connectors.Batch{}, accepted, desk.Deniedf("a delivery of a hub whose signature is missing or wrong; it was thrown away")
	}
	known := remember(nil)
	doc, err := parse(ctx, toUTF8(d.Body, d.Header.Get("Content-Type"), f.o.Language), known, f.o.MaxItems)
	if err != nil {
		return connectors.Batch{}, accepted, f.unreadable(err)
	}
	b, err := f.batch(ctx, &state{Feed: f.key}, &doc, known, f.at, f.env.Now())
	b.Gap = nil
	return b, accepted, err
}

// intent answers whether a subscription is ours.
func (f *Feed) intent(q url.Values, topic string) (connectors.Answer, error) {
	switch mode := q.Get("hub.mode"); {
	case mode == "denied":
		return connectors.Answer{Status: http.StatusOK}, errors.New("the hub denies our subscription; polling goes on")
	case mode == "subscribe" && q.Get("hub.topic") == topic && q.Get("hub.challenge") != "":
		return connectors.Answer{Status: http.StatusOK, Type: "text/plain; charset=utf-8", Body: []byte(q.Get("hub.challenge"))}, nil
	}
	return connectors.Answer{}, desk.Deniedf("a hub asks to confirm what we did not ask for")
}

// signed checks a signature of the form sha256=hex.
func signed(header, secret string, body []byte) bool {
	method, mark, _ := strings.Cut(header, "=")
	methods := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}
	make, ok := methods[strings.ToLower(method)]
	given, err := hex.DecodeString(mark)
	if !ok || err != nil {
		return false
	}
	mac := hmac.New(make, []byte(secret))
	_, _ = mac.Write(body)
	return hmac.Equal(given, mac.Sum(nil))
}
