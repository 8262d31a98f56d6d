package demo

import (
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	yaml "github.com/goccy/go-yaml"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// stage is a demo network on loopback with the accounts acme (ours) and mira (a customer), and a connector to it.
type stage struct {
	t   *testing.T
	net *demonet.Network
	url string
	*Connector
	offset atomic.Int64 // how far the network's clock is ahead, in nanoseconds
}

// ahead moves the network's clock.
func (s *stage) ahead(d time.Duration) { s.offset.Add(int64(d)) }

func newStage(t *testing.T, opt Options) *stage {
	t.Helper()
	s := &stage{t: t}
	n, err := demonet.Open(demonet.Options{Seed: 7, Now: func() time.Time { return time.Now().Add(time.Duration(s.offset.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	for _, handle := range []string{"acme", "mira"} {
		if _, _, err := n.Join(demonet.Account{Handle: handle, Name: strings.ToUpper(handle), Followers: 12}, handle+"-secret"); err != nil {
			t.Fatal(err)
		}
	}
	srv := httptest.NewServer(n.Handler(false))
	t.Cleanup(srv.Close)
	s.net, s.url, s.Connector = n, srv.URL, connect(t, srv.URL, opt)
	return s
}

func connect(t *testing.T, server string, opt Options) *Connector {
	t.Helper()
	c, err := New(environment(server), func(into any) error { *into.(*Options) = opt; return nil })
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func environment(server string) connectors.Env {
	clients := fetch.New(fetch.Options{
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Timeout:      5 * time.Second, Backoff: time.Millisecond, PerHost: 1e6, Burst: 1e6,
	})
	return connectors.Env{
		Read: clients.Read, Publish: clients.Publish, Now: time.Now, Agent: "Earshot test",
		Account: &connectors.Account{Name: "acme-demo", Kind: "demo", Server: server, Handle: "@Acme", Secret: "acme-secret"},
	}
}

func (s *stage) say(handle, text, parent string) demonet.Post {
	s.t.Helper()
	p, _, err := s.net.Publish(handle, demonet.Draft{Text: text, Parent: parent})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *stage) moods(m demonet.Moods) {
	s.t.Helper()
	if err := s.net.SetMoods(m); err != nil {
		s.t.Fatal(err)
	}
}

// poll polls once and goes on from the cursor while there is more.
func (s *stage) poll(since connectors.Cursor) ([]desk.Mention, []desk.RemoteID, connectors.Cursor) {
	s.t.Helper()
	var mentions []desk.Mention
	var gone []desk.RemoteID
	for {
		b, err := s.Poll(s.t.Context(), since)
		if err != nil {
			s.t.Fatal(err)
		}
		mentions, gone, since = append(mentions, b.Mentions...), append(gone, b.Gone...), b.Next
		if !b.More {
			return mentions, gone, since
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	account := &connectors.Account{Server: "http://127.0.0.1:1", Handle: "acme"}
	tests := []struct {
		name    string
		account *connectors.Account
		opt     Options
		want    string // part of the error; empty when well
	}{
		{"account alone", account, Options{}, ""},
		{"server and query alone", nil, Options{Server: "https://demo.example", Query: []string{"#acme", "from:acme"}}, ""},
		{"neither", nil, Options{}, "server must be"},
		{"no query", nil, Options{Server: "http://demo.example"}, "query is needed"},
		{"odd term", account, Options{Query: []string{"acme"}}, `not "acme"`},
		{"password in the address", account, Options{Server: "http://a:hunter2@demo.example"}, "without user and password"},
		{"other scheme", account, Options{Server: "ftp://demo.example"}, "server must be"},
		{"page", account, Options{Page: 101}, "page must be"},
		{"idempotency", account, Options{Idempotency: "maybe"}, "idempotency must be"},
		{"overlap", account, Options{Overlap: -1}, "must not be negative"},
	}
	for _, tt := range tests {
		_, err := New(connectors.Env{Account: tt.account, Now: time.Now}, func(into any) error { *into.(*Options) = tt.opt; return nil })
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2")):
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
}

func TestSampleIsYAML(t *testing.T) {
	t.Parallel()
	var source map[string]any
	if err := yaml.Unmarshal([]byte(Spec().Sample), &source); err != nil {
		t.Fatal(err)
	}
	if source["kind"] != "demo" {
		t.Errorf("the sample is of kind %v", source["kind"])
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	s := newStage(t, Options{})
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("a good account: %v", err)
	}
	env := environment(s.url)
	for name, change := range map[string]func(*connectors.Account){
		"credentials": func(a *connectors.Account) { a.Secret = "wrong-secret" },
		"@mira":       func(a *connectors.Account) { a.Secret = "mira-secret" },
	} {
		a := *env.Account
		change(&a)
		env := env
		env.Account = &a
		c, err := New(env, func(any) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		err = c.(connectors.Checker).Check(t.Context())
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "-secret") {
			t.Errorf("error %v, want one that speaks of %s", err, name)
		}
	}
}
