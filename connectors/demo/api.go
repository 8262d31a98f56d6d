package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// api calls one network. The calls are documented in package demonet.
type api struct {
	base    string // without a trailing slash
	token   desk.Secret
	read    *http.Client
	publish *http.Client
	agent   string
	now     func() time.Time
}

// page is a list of posts. They stay raw until they are read one by one, so that one bad item does not spoil the others.
type page struct {
	Posts   []json.RawMessage `json:"posts"`
	Gone    []string          `json:"gone"`
	More    bool              `json:"more"`
	Changes int64             `json:"changes"`
	Now     time.Time         `json:"now"`
}

// changePage is a list of edits, deletions and late appearances.
type changePage struct {
	Changes []change `json:"changes"`
	More    bool     `json:"more"`
	Next    *int64   `json:"next"`
}

type change struct {
	What string          `json:"what"`
	ID   string          `json:"id"`
	Post json.RawMessage `json:"post"`
}

// whole tells whether an answer is what was asked for, and not merely some JSON.
func (p *page) whole() bool       { return p.Posts != nil }
func (p *changePage) whole() bool { return p.Changes != nil && p.Next != nil }

func (a *api) request(ctx context.Context, method, path string, query url.Values, body any) (*http.Request, error) {
	address := a.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	var content io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("writing the request: %w", err)
		}
		// Wrapped so that net/http cannot rewind it: it must not repeat a request by itself.
		content = io.NopCloser(bytes.NewReader(data))
	}
	req, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token.Reveal())
	}
	if a.agent != "" {
		req.Header.Set("User-Agent", a.agent)
	}
	return req, nil
}

// get reads JSON.
func (a *api) get(ctx context.Context, path string, query url.Values, into any) error {
	req, err := a.request(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	resp, err := fetch.Do(a.read, req)
	if err != nil {
		return err
	}
	if err := fetch.Check(resp, a.now()); err != nil {
		return err
	}
	data, err := fetch.Body(resp)
	if err != nil {
		return err
	}
	w, list := into.(interface{ whole() bool })
	if json.Unmarshal(data, into) != nil || list && !w.whole() {
		return fmt.Errorf("%s does not answer as a demo network does", fetch.RedactURL(a.base))
	}
	return nil
}

// refusal is the network's own word about what it did not do.
type refusal struct {
	Error     string `json:"error"`
	Processed *bool  `json:"processed"`
}

// send changes something in public and returns the post that came of it, nil for a deletion. Its error is [*desk.Unknown] unless
// it is certain that nothing was done.
func (a *api) send(ctx context.Context, method, path, key string, body any) (*post, error) {
	req, err := a.request(ctx, method, path, nil, body)
	if err != nil {
		return nil, err
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := fetch.Send(a.publish, req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 {
		return nil, a.refused(resp)
	}
	if method == http.MethodDelete {
		_ = resp.Body.Close() // the status said it all
		return nil, nil
	}
	data, err := fetch.Body(resp)
	if err != nil {
		return nil, unknown(err)
	}
	p, err := readPost(data)
	if err != nil {
		return nil, unknown(fmt.Errorf("%s took it, but its answer cannot be read", fetch.RedactURL(a.base)))
	}
	return &p, nil
}

// refused says what a refusal means. The network's sentence is not quoted, only its code is looked at.
func (a *api) refused(resp *http.Response) error {
	var no refusal
	data, bodyErr := fetch.Body(resp)
	if bodyErr != nil || json.Unmarshal(data, &no) != nil {
		no = refusal{}
	}
	if err := decided(no.Error); err != nil {
		return err
	}
	certainly := resp.StatusCode == http.StatusServiceUnavailable && no.Processed != nil && !*no.Processed
	err := fetch.CheckSent(resp, a.now())
	var unknown *desk.Unknown
	if certainly && errors.As(err, &unknown) {
		return unknown.Err // a Transient with what Retry-After says
	}
	return err
}

// decided translates the codes by which the network says what it did not do; nil for every other.
func decided(code string) error {
	switch code {
	case "gone", "not_found":
		return fmt.Errorf("the post is no longer there: %w", desk.ErrGone)
	case "deleted_since":
		return desk.Deniedf("this reply was published and has been deleted on the network since")
	case "locked":
		return desk.Deniedf("the conversation is locked and takes no more replies")
	case "too_long":
		return desk.Invalidf("the network takes at most %d characters", replyLimit)
	case "key_reused":
		return desk.Conflictf("the network knows another reply under the same key")
	}
	return nil
}

// unknown marks an outcome as unknown and keeps only the words of its cause, so that a cause that would otherwise be tried again
// cannot be taken for the outcome.
func unknown(err error) error { return &desk.Unknown{Err: errors.New(err.Error())} }
