package connectortest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

// offline stands for the network's address where no network is.
const offline = "http://127.0.0.1:9"

// tape answers requests in memory: the way Happy answers, except that from one request on it says something else.
type tape struct {
	happy http.Handler

	mu    sync.Mutex
	heard map[string][]byte // Happy's bodies by address
	head  map[string]http.Header
	asked int
	from  int    // the request from which on body is said
	body  []byte // nil: Happy always
}

// RoundTrip answers one request.
func (p *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	resp := &http.Response{StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r, Header: http.Header{}}
	p.asked++
	if p.body != nil && p.asked > p.from {
		resp.Body = io.NopCloser(bytes.NewReader(p.body))
		return resp, nil
	}
	key := r.Method + " " + r.URL.String()
	body, ok := p.heard[key]
	if !ok {
		w := httptest.NewRecorder()
		served := r.Clone(r.Context())
		served.RequestURI, served.Host = r.URL.RequestURI(), r.URL.Host
		p.happy.ServeHTTP(w, served)
		body = w.Body.Bytes()
		if r.Method == http.MethodGet && w.Code == http.StatusOK {
			p.heard[key], p.head[key] = body, w.Header()
		}
		resp.StatusCode = w.Code
		resp.Header = w.Header()
	} else {
		resp.Header = p.head[key].Clone()
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// over makes the connector with a tape in the network's place.
func (s Suite) over(t testing.TB) (connectors.Connector, *tape) {
	t.Helper()
	p := &tape{happy: s.Happy, heard: map[string][]byte{}, head: map[string]http.Header{}}
	return s.make(t, envOver(t, s.Spec.Kind, nil, p), offline, s.Config(offline)), p
}

// Fuzz feeds arbitrary bytes to a connector where the network's answer should be, at its first request or at a later one. It must
// come back soon, with sound mentions or one sentence. A connector's fuzz test calls it:
//
//	func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite()) }
func Fuzz(f *testing.F, s Suite) {
	c, p := s.over(f)
	if _, err := c.Poll(f.Context(), ""); err != nil {
		f.Fatalf("polling what Happy says: %v", err)
	}
	for _, body := range p.heard {
		f.Add(byte(0), body)
		f.Add(byte(1), body)
	}
	for _, body := range []string{"", "null", "[]", "{}", "[{}]", `{"error":{}}`, "<rss/>", strings.Repeat("[", 2000)} {
		f.Add(byte(0), []byte(body))
	}
	f.Fuzz(func(t *testing.T, from byte, body []byte) {
		c, p := s.over(t)
		p.from, p.body = int(from%4), append([]byte{}, body...)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		b, err := c.Poll(ctx, "")
		if err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 500) {
			t.Errorf("the error is no sentence: %.600q", err)
		}
		for i := range b.Mentions {
			soundly(t, &b.Mentions[i])
		}
		if ctx.Err() != nil {
			t.Error("it did not come back")
		}
	})
}

// Bench measures how many mentions a second are made of the network's answers, all else taken away: answers come from memory.
//
//	func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }
func Bench(b *testing.B, s Suite) {
	c, _ := s.over(b)
	mentions := 0
	b.ReportAllocs()
	for b.Loop() {
		var since connectors.Cursor
		for {
			batch, err := c.Poll(b.Context(), since)
			if err != nil {
				b.Fatal(err)
			}
			mentions += len(batch.Mentions)
			since = batch.Next
			if !batch.More {
				break
			}
		}
	}
	b.ReportMetric(float64(mentions)/b.Elapsed().Seconds(), "mentions/s")
}
