package connectortest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// toy is a connector to a network of a list of posts, with one mistake that the suite should notice, or none.
type toy struct {
	env     connectors.Env
	o       toyOptions
	mistake string
	seen    string // only with the mistake of remembering outside the cursor
}

type toyOptions struct {
	URL   string      `yaml:"url"`
	Token desk.Secret `yaml:"token"`
}

type toyPost struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Parent string `json:"parent,omitempty"`
	Key    string `json:"key,omitempty"`
}

func toySpec(mistake string) connectors.Spec {
	return connectors.Spec{
		Kind: "toy", Summary: "A list of posts", Sample: "name: toy\nkind: toy\nurl: https://toy.example\n", Options: &toyOptions{},
		Caps: connectors.Capabilities{Polls: true, Replies: true, Many: true, Edit: mistake == "dishonest", Certainty: connectors.CertainReadBack},
		New: func(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
			t := &toy{env: env, mistake: mistake}
			return t, decode(&t.o)
		},
	}
}

func (t *toy) call(ctx context.Context, method, body string, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, t.o.URL+"/posts?token="+t.o.Token.Reveal(), strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+t.o.Token.Reveal())
	client, send, check := t.env.Read, fetch.Do, fetch.Check
	if method == http.MethodPost {
		client, send, check = t.env.Publish, fetch.Send, fetch.CheckSent
	} else {
		req.Body = nil
	}
	resp, err := send(client, req)
	if err != nil {
		return err
	}
	if err := check(resp, t.env.Now()); err != nil {
		return err
	}
	data, err := fetch.Body(resp)
	if err != nil {
		return err
	}
	if json.Unmarshal(data, into) != nil {
		return errors.New("the network answers in a form that is not its own")
	}
	return nil
}

func (t *toy) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	var posts []toyPost
	err := t.call(ctx, http.MethodGet, "", &posts)
	var transient *desk.Transient
	switch {
	case err != nil && t.mistake == "leaks":
		return connectors.Batch{Next: since}, fmt.Errorf("asking with %s: %w", t.o.Token.Reveal(), err)
	case errors.As(err, &transient) && t.mistake == "gives up":
		return connectors.Batch{Next: since}, errors.New("too busy")
	case err != nil && t.mistake == "swallows":
		return connectors.Batch{Next: since}, nil
	case err != nil && t.mistake == "forgets":
		return connectors.Batch{Next: "0"}, err
	case err != nil:
		return connectors.Batch{Next: since}, err
	}
	b := connectors.Batch{Next: since}
	for _, p := range posts {
		if p.ID == "" || p.Text == "" {
			return connectors.Batch{Next: since}, errors.New("a post has no id or no text")
		}
		if p.ID > string(since) && p.ID > t.seen || t.mistake == "repeats" {
			b.Mentions = append(b.Mentions, desk.Mention{Site: "toy", Remote: desk.RemoteID(p.ID), Text: p.Text})
			b.Next = max(b.Next, connectors.Cursor(p.ID))
		}
	}
	if t.mistake == "remembers" {
		b.Next, t.seen = "", max(t.seen, string(b.Next))
	}
	return b, nil
}

func (t *toy) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(&connectors.Account{}, toySpec(t.mistake).Caps, out); err != nil {
		return desk.Receipt{}, err
	}
	body, _ := json.Marshal(toyPost{Text: out.Text, Parent: string(out.Parent.Remote), Key: out.Key})
	var said toyPost
	err := t.call(ctx, http.MethodPost, string(body), &said)
	if err != nil && t.mistake == "says it again" {
		err = t.call(ctx, http.MethodPost, string(body), &said)
	}
	var unknown *desk.Unknown
	if errors.As(err, &unknown) && t.mistake == "is too sure" {
		return desk.Receipt{}, &desk.Transient{Err: unknown.Err}
	}
	return desk.Receipt{Remote: desk.RemoteID(said.ID)}, err
}

func (t *toy) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	var posts []toyPost
	if err := t.call(ctx, http.MethodGet, "", &posts); err != nil {
		return desk.Found{Finding: desk.FoundNot}, err
	}
	for _, p := range posts {
		if p.Parent != string(out.Parent.Remote) || p.Text != out.Text || p.Key != out.Key && t.mistake != "mistakes" {
			continue
		}
		return desk.Found{Finding: desk.FoundIt, Receipt: desk.Receipt{Remote: desk.RemoteID(p.ID)}}, nil
	}
	return desk.Found{Finding: desk.FoundAbsent}, nil
}

// toyNetwork is the other side.
type toyNetwork struct {
	mu    sync.Mutex
	posts []toyPost
}

func (n *toyNetwork) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.Method != http.MethodPost {
		_ = json.NewEncoder(w).Encode(n.posts)
		return
	}
	var p toyPost
	_ = json.NewDecoder(r.Body).Decode(&p)
	p.ID = fmt.Sprintf("%03d", len(n.posts)+1)
	n.posts = append(n.posts, p)
	_ = json.NewEncoder(w).Encode(p)
}

func (n *toyNetwork) count(text string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	found := 0
	for _, p := range n.posts {
		if p.Text == text {
			found++
		}
	}
	return found
}

func toySuite(mistake string) connectortest.Suite {
	return connectortest.Suite{
		Spec:   toySpec(mistake),
		Config: func(base string) string { return "url: " + base + "\ntoken: " + connectortest.Secret + "\n" },
		Happy:  &toyNetwork{posts: []toyPost{{ID: "001", Text: "The parcel never came."}}},
		Empty:  &toyNetwork{posts: []toyPost{}},
		Replies: func(*testing.T) connectortest.Network {
			n := &toyNetwork{posts: []toyPost{{ID: "001", Text: "The parcel never came."}}}
			return connectortest.Network{
				Handler: n, Parent: desk.Mention{Site: "toy", Remote: "001", Text: "The parcel never came."},
				Writes: func(r *http.Request) bool { return r.Method == http.MethodPost }, Witness: n.count,
			}
		},
	}
}
