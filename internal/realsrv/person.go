package realsrv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Person has an account on a Bluesky server and speaks to it by plain HTTP, without any code of the product.
type Person struct {
	Server, DID, Handle string
	t                   testing.TB
	access              string
}

const post = "app.bsky.feed.post"

// Join makes an account on a personal data server. Its handle begins with the name.
func Join(t testing.TB, pds, name string) *Person {
	t.Helper()
	p := &Person{t: t, Server: pds, Handle: fmt.Sprintf("%s%d.test", name, joined().Add(1))}
	var made struct{ DID, AccessJwt string }
	p.Post("com.atproto.server.createAccount", map[string]string{"handle": p.Handle, "email": p.Handle + "@example.org", "password": "main-password"}, &made)
	p.DID, p.access = made.DID, made.AccessJwt
	return p
}

// Citizens are two people of the network of [Bluesky], which knows them both.
func Citizens(t testing.TB, one, other string) (*Person, *Person) {
	t.Helper()
	pds, _ := Bluesky(t)
	a, b := Join(t, pds, one), Join(t, pds, other)
	for _, p := range []*Person{a, b} {
		for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
			if status, _ := p.ask(http.MethodGet, "app.bsky.actor.getProfile?actor="+p.DID, nil); status == http.StatusOK {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("the AppView does not know %s", p.Handle)
			}
		}
	}
	return a, b
}

// AppPassword makes one.
func (p *Person) AppPassword() string {
	p.t.Helper()
	var made struct{ Password string }
	p.Post("com.atproto.server.createAppPassword", map[string]string{"name": "desk"}, &made)
	return made.Password
}

// Write writes a record, under a name unless that is empty, and returns its address.
func (p *Person) Write(collection, name string, record map[string]any) string {
	p.t.Helper()
	record["$type"], record["createdAt"] = collection, time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	body := map[string]any{"repo": p.DID, "collection": collection, "record": record}
	if name != "" {
		body["rkey"] = name
	}
	var made struct{ URI string }
	p.Post("com.atproto.repo.createRecord", body, &made)
	return made.URI
}

// Say posts something to another, who is mentioned first, and returns its address.
func (p *Person) Say(to *Person, words string) string {
	p.t.Helper()
	mention := map[string]any{
		"index":    map[string]int{"byteStart": 0, "byteEnd": len(to.Handle) + 1},
		"features": []any{map[string]string{"$type": "app.bsky.richtext.facet#mention", "did": to.DID}},
	}
	return p.Write(post, "", map[string]any{"text": "@" + to.Handle + " " + words, "langs": []string{"en"}, "facets": []any{mention}})
}

// Remove deletes a post.
func (p *Person) Remove(uri string) {
	p.t.Helper()
	p.Post("com.atproto.repo.deleteRecord", map[string]string{"repo": p.DID, "collection": post, "rkey": uri[strings.LastIndex(uri, "/")+1:]}, nil)
}

// Said counts the person's posts by their words, as the server that keeps them has them; at most 100.
func (p *Person) Said() map[string]int {
	p.t.Helper()
	var l struct {
		Records []struct{ Value struct{ Text string } }
	}
	p.Get("com.atproto.repo.listRecords", url.Values{"repo": {p.DID}, "collection": {post}, "limit": {"100"}}, &l)
	n := map[string]int{}
	for _, r := range l.Records {
		n[r.Value.Text]++
	}
	return n
}

// Answers counts what stands under a post by its words, as the person sees the conversation; it is empty while there is none.
func (p *Person) Answers(uri string) map[string]int {
	p.t.Helper()
	var seen struct {
		Thread struct {
			Replies []struct {
				Post struct{ Record struct{ Text string } }
			}
		}
	}
	p.Get("app.bsky.feed.getPostThread", url.Values{"uri": {uri}}, &seen)
	n := map[string]int{}
	for _, r := range seen.Thread.Replies {
		n[r.Post.Record.Text]++
	}
	return n
}

// Notified counts what the person was notified of, 50 at most.
func (p *Person) Notified() int {
	p.t.Helper()
	var l struct{ Notifications []any }
	p.Get("app.bsky.notification.listNotifications", nil, &l)
	return len(l.Notifications)
}

// Get calls a query of the server.
func (p *Person) Get(call string, q url.Values, into any) {
	p.t.Helper()
	p.do(http.MethodGet, call+"?"+q.Encode(), nil, into)
}

// Post calls a procedure of the server.
func (p *Person) Post(call string, body, into any) {
	p.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	p.do(http.MethodPost, call, bytes.NewReader(data), into)
}

func (p *Person) do(method, call string, body io.Reader, into any) {
	p.t.Helper()
	status, answer := p.ask(method, call, body)
	if status != http.StatusOK {
		p.t.Fatalf("%s: %d: %s", call, status, answer)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer, into); err != nil {
		p.t.Fatal(err)
	}
}

func (p *Person) ask(method, call string, body io.Reader) (status int, answer []byte) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.Server+"/xrpc/"+call, body)
	if err != nil {
		p.t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if p.access != "" {
		req.Header.Set("Authorization", "Bearer "+p.access)
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
