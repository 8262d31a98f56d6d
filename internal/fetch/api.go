package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// API is one network's HTTP interface, as one source calls it: JSON comes back, the account's credentials are put on each request,
// and what the network says when it refuses is read the same way for all calls. It is safe for concurrent use.
type API struct {
	Base    string // without a slash at its end
	Read    *http.Client
	Publish *http.Client
	Now     func() time.Time
	Header  map[string]string // of every request

	// Sign puts the account's credentials on a request. Renew says that the network refused those of the last call with
	// [TokenExpired] and others are wanted; after [AuthRevoked] it is called likewise, so that whoever keeps the credentials knows, but
	// what comes of it is for the next call. Nil without credentials.
	Sign func(ctx context.Context, r *http.Request, renew bool) error

	// Refuse reads the network's own words: nil means that it did not refuse, or that the status alone says how. It is asked about
	// every answer, those of status 200 too, for some networks refuse in them.
	Refuse func(a Reply) *Refusal
}

// Reply is an answer that was read whole.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// JSON decodes the body; false when it is none.
func (r Reply) JSON(into any) bool { return json.Unmarshal(r.Body, into) == nil }

// Get reads into a value. The path stands behind Base; a whole address is taken as it is, provided that it is on Base's host, so
// that no link in an answer can lead the credentials elsewhere. Errors are those of [Check] and of [Refusal]. A nil into only asks.
func (a *API) Get(ctx context.Context, path string, q url.Values, into any) error {
	r, err := a.Ask(ctx, path, q)
	if err != nil || into == nil {
		return err
	}
	return a.decode(r, into)
}

// Ask is [API.Get] for what is no JSON, or whose headers count.
func (a *API) Ask(ctx context.Context, path string, q url.Values) (Reply, error) {
	return a.AskWith(ctx, path, q, nil)
}

// AskWith is [API.Ask] with headers of this request alone. The answer 304 to a condition among them is no error.
func (a *API) AskWith(ctx context.Context, path string, q url.Values, header map[string]string) (Reply, error) {
	address, err := a.address(path, q)
	if err != nil {
		return Reply{}, err
	}
	once := func(renew bool) (Reply, error) {
		req, err := a.request(ctx, http.MethodGet, address, nil, renew)
		if err != nil {
			return Reply{}, err
		}
		for name, value := range header {
			req.Header.Set(name, value)
		}
		resp, err := Do(a.Read, req)
		if err != nil {
			return Reply{}, err
		}
		r, err := a.whole(req, resp)
		if err != nil {
			return r, err
		}
		if no := a.refusal(req, r); no != nil {
			return r, no.read()
		}
		if r.Status == http.StatusNotModified && req.Header.Get("If-None-Match") != "" {
			return r, nil
		}
		return r, Check(bodiless(resp, req), a.Now())
	}
	r, err := once(false)
	if a.renewable(err) {
		return once(true)
	}
	a.revoked(ctx, err)
	return r, err
}

// Send asks for a change in public. What says that nothing became public is [*desk.Transient] or a refusal; what leaves it open is
// [*desk.Unknown], and that includes an answer that should be JSON and is not. The body is marshalled, url.Values are sent as a
// form, nil sends none; a nil into takes any answer.
func (a *API) Send(ctx context.Context, method, path string, q url.Values, body, into any) error {
	return a.send(ctx, method, path, q, body, into, nil)
}

// SendWith is [API.Send] with headers of this request alone.
func (a *API) SendWith(ctx context.Context, method, path string, header map[string]string, body, into any) error {
	return a.send(ctx, method, path, nil, body, into, header)
}

func (a *API) send(ctx context.Context, method, path string, q url.Values, body, into any, header map[string]string) error {
	address, err := a.address(path, q)
	if err != nil {
		return err
	}
	once := func(renew bool) error {
		req, err := a.request(ctx, method, address, body, renew)
		if err != nil {
			return unsent(err)
		}
		for name, value := range header {
			req.Header.Set(name, value)
		}
		resp, err := Send(a.Publish, req)
		if err != nil {
			return err
		}
		r, err := a.whole(req, resp)
		if err != nil {
			return &desk.Unknown{Err: err}
		}
		if no := a.refusal(req, r); no != nil {
			return no.sent()
		}
		if err := CheckSent(bodiless(resp, req), a.Now()); err != nil || into == nil {
			return err
		}
		if err := a.decode(r, into); err != nil {
			return &desk.Unknown{Err: err}
		}
		return nil
	}
	err = once(false)
	if a.renewable(err) {
		return once(true)
	}
	a.revoked(ctx, err)
	return err
}

// unsent is the error of a request that was never made: what is not for a person to mend may be tried again.
func unsent(err error) error {
	if errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrInvalid) {
		return err
	}
	if _, ok := errors.AsType[*desk.Transient](err); ok {
		return err
	}
	return &desk.Transient{Err: err}
}

// Look is [API.Get] right before something is said in public: whatever its error, nothing has left, and what is not a refusal may be
// tried again.
func (a *API) Look(ctx context.Context, path string, q url.Values, into any) error {
	err := a.Get(ctx, path, q, into)
	if err == nil || errors.Is(err, desk.ErrNotFound) {
		return err
	}
	return unsent(err)
}

func (a *API) address(path string, q url.Values) (string, error) {
	whole := path
	if !strings.Contains(path, "://") {
		whole = a.Base + path
	}
	u, err := url.Parse(whole)
	if err != nil {
		return "", desk.Invalidf("%s is no address", RedactURL(whole))
	}
	base, err := url.Parse(a.Base)
	if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
		return "", desk.Deniedf("an answer of %s leads to %s, where its credentials are not sent", RedactURL(a.Base), u.Host)
	}
	if len(q) > 0 {
		all := u.Query()
		for name, values := range q {
			all[name] = values
		}
		u.RawQuery = all.Encode()
	}
	return u.String(), nil
}

func (a *API) request(ctx context.Context, method, address string, body any, renew bool) (*http.Request, error) {
	content, kind, err := encode(body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return nil, desk.Invalidf("%s is no address", RedactURL(address))
	}
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for name, value := range a.Header {
		req.Header.Set(name, value)
	}
	if a.Sign != nil {
		if err := a.Sign(ctx, req, renew); err != nil {
			return nil, err
		}
	}
	return req, nil
}

func encode(body any) (io.Reader, string, error) {
	switch v := body.(type) {
	case nil:
		return nil, "", nil
	case url.Values:
		return strings.NewReader(v.Encode()), "application/x-www-form-urlencoded", nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(body); err != nil {
		return nil, "", fmt.Errorf("writing the request: %w", err)
	}
	return &b, "application/json", nil
}

func (a *API) decode(r Reply, into any) error {
	if err := json.Unmarshal(r.Body, into); err != nil {
		// The decoder's words may quote the body.
		return fmt.Errorf("%s did not answer in the JSON that was expected", RedactURL(a.Base))
	}
	return nil
}

func (a *API) refusal(req *http.Request, r Reply) *Refusal {
	if a.Refuse == nil {
		return nil
	}
	no := a.Refuse(r)
	if no == nil {
		return nil
	}
	no.where, no.echo = where(req), echoes(req, no.Code)
	if no.After == 0 && (no.Class == RateLimited || no.Class == QuotaExhausted || no.Class == Trouble) {
		no.After = ResetAfter(r.Header, a.Now())
	}
	return no
}

// renewable tells whether other credentials may help: the network refused these, by its own word or with a plain 401.
func (a *API) renewable(err error) bool {
	if a.Sign == nil || err == nil {
		return false
	}
	if no, ok := errors.AsType[*Refusal](err); ok {
		return no.Class == TokenExpired
	}
	status, ok := errors.AsType[*StatusError](err)
	return ok && status.Status == http.StatusUnauthorized
}

// revoked tells whoever keeps the credentials that the network takes them no more. The refusal says more than what comes of that.
func (a *API) revoked(ctx context.Context, err error) {
	no, ok := errors.AsType[*Refusal](err)
	if !ok || no.Class != AuthRevoked || a.Sign == nil {
		return
	}
	if req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.Base, http.NoBody); err == nil {
		_ = a.Sign(ctx, req, true)
	}
}

// whole reads an answer to its end. A server that repeats the account's credentials does so for nobody to see.
func (a *API) whole(req *http.Request, resp *http.Response) (Reply, error) {
	body, err := Body(resp)
	if a.Sign != nil {
		body = withoutToken(body, req)
	}
	return Reply{Status: resp.StatusCode, Header: resp.Header, Body: body}, err
}

// bodiless is an answer whose body was read, for those who judge its status.
func bodiless(resp *http.Response, req *http.Request) *http.Response {
	return &http.Response{StatusCode: resp.StatusCode, Header: resp.Header, Body: http.NoBody, Request: req}
}

// Bearer signs requests with the access token of an account's keys. Grant returns the present one, and another after a refusal.
func Bearer(grant func(ctx context.Context, renew bool) (desk.Grant, error)) func(context.Context, *http.Request, bool) error {
	return func(ctx context.Context, r *http.Request, renew bool) error {
		g, err := grant(ctx, renew)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+g.Access.Reveal())
		return nil
	}
}
