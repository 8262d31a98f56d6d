package bluesky

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

// person has an account on a real server and speaks to it without any of our code.
type person struct {
	t                *testing.T
	server           string
	did, handle, jwt string
}

// joined tells handles of one binary apart.
var joined atomic.Int64

// join makes an account.
func join(t *testing.T, server, name string) *person {
	t.Helper()
	p := &person{t: t, server: server, handle: fmt.Sprintf("%s%d.test", name, joined.Add(1))}
	var made struct{ DID, AccessJwt string }
	p.post("com.atproto.server.createAccount", map[string]string{"handle": p.handle, "email": p.handle + "@example.org", "password": "main-password"}, &made)
	p.did, p.jwt = made.DID, made.AccessJwt
	return p
}

// citizens are two people of one network that knows them: us and a customer.
func citizens(t *testing.T) (acme, mira *person) {
	t.Helper()
	server, _ := realsrv.Bluesky(t)
	acme, mira = join(t, server, "acme"), join(t, server, "mira")
	for _, p := range []*person{acme, mira} {
		until(t, "the AppView knows "+p.handle, func() bool {
			status, _ := p.ask(http.MethodGet, "app.bsky.actor.getProfile?actor="+p.did, nil)
			return status == http.StatusOK
		})
	}
	return acme, mira
}

// appPassword makes one.
func (p *person) appPassword() desk.Secret {
	p.t.Helper()
	var made struct{ Password string }
	p.post("com.atproto.server.createAppPassword", map[string]string{"name": "desk"}, &made)
	return desk.Secret(made.Password)
}

// write writes a record and returns its address.
func (p *person) write(collection, name string, record map[string]any) string {
	p.t.Helper()
	record["$type"], record["createdAt"] = collection, time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	body := map[string]any{"repo": p.did, "collection": collection, "record": record}
	if name != "" {
		body["rkey"] = name
	}
	var made struct{ URI string }
	p.post("com.atproto.repo.createRecord", body, &made)
	return made.URI
}

// say posts something that mentions another.
func (p *person) say(to *person, words string) string {
	p.t.Helper()
	words = "@" + to.handle + " " + words
	mention := map[string]any{
		"index":    map[string]int{"byteStart": 0, "byteEnd": len(to.handle) + 1},
		"features": []any{map[string]string{"$type": "app.bsky.richtext.facet#mention", "did": to.did}},
	}
	return p.write(postType, "", map[string]any{"text": words, "langs": []string{"en"}, "facets": []any{mention}})
}

// remove deletes a post.
func (p *person) remove(uri string) {
	p.t.Helper()
	p.post("com.atproto.repo.deleteRecord", map[string]string{"repo": p.did, "collection": postType, "rkey": uri[strings.LastIndex(uri, "/")+1:]}, nil)
}

// said counts the person's posts by their words, as the server that keeps them has them.
func (p *person) said() map[string]int {
	p.t.Helper()
	var l struct{ Records []struct{ Value record } }
	p.get("com.atproto.repo.listRecords", url.Values{"repo": {p.did}, "collection": {postType}, "limit": {"100"}}, &l)
	n := map[string]int{}
	for _, r := range l.Records {
		n[r.Value.Text]++
	}
	return n
}

func (p *person) get(call string, q url.Values, into any) {
	p.t.Helper()
	p.do(http.MethodGet, call+"?"+q.Encode(), nil, into)
}

func (p *person) post(call string, body, into any) {
	p.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.do(http.MethodPost, call, bytes.NewReader(data), into)
}

func (p *person) do(method, call string, body io.Reader, into any) {
	p.t.Helper()
	status, data := p.ask(method, call, body)
	if status != http.StatusOK {
		p.t.Fatalf("%s: %d: %s", call, status, data)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(data, into); err != nil {
		p.t.Fatal(err)
	}
}

func (p *person) ask(method, call string, body io.Reader) (status int, answer []byte) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.server+"/xrpc/"+call, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if p.jwt != "" {
		req.Header.Set("Authorization", "Bearer "+p.jwt)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	answer, err = io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, answer
}

// ring keeps a grant as the desk does, by nothing but the kind's login.
type ring struct {
	env connectors.LoginEnv

	mu        sync.Mutex
	grant     desk.Grant
	refreshed int
}

// Grant opens a session at first need.
func (r *ring) Grant(ctx context.Context) (g desk.Grant, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.grant.Access == "" {
		r.grant, err = login().Open(ctx, r.env)
	}
	return r.grant, err
}

// Refused refreshes the session.
func (r *ring) Refused(ctx context.Context, old desk.Grant) (g desk.Grant, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refreshed++
	r.grant, err = login().Refresh(ctx, r.env, old)
	return r.grant, err
}

// as makes the connector of a person's account, and the keys that it calls with.
func as(t *testing.T, p *person, opt Options) (*Connector, *ring) {
	t.Helper()
	env := connectortest.Env(t, "bluesky", nil)
	env.Now = time.Now
	account := connectors.Account{Name: p.handle, Kind: "bluesky", Server: p.server, Handle: "@" + p.handle, Secret: p.appPassword()}
	keys := &ring{env: connectors.LoginEnv{Account: account, HTTP: env.Publish, Now: time.Now}}
	account.Keys = keys
	env.Account = &account
	c, err := New(env, func(into any) error {
		o := into.(*Options)
		opt.Overlap, opt.History = o.Overlap, o.History
		*o = opt
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector), keys
}

// until waits for what the network does by itself: what is said is shown a moment later.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !done(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
