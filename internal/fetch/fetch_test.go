package fetch_test

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

const secret = "pl4nted-Secret-Value"

func loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func clients(o fetch.Options) *fetch.Clients {
	o.AllowPrivate = loopback()
	o.Backoff = time.Millisecond
	return fetch.New(o)
}

func get(t *testing.T, c *http.Client, url string, header ...string) ([]byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := fetch.Do(c, req)
	if err != nil {
		return nil, err
	}
	if err := fetch.Check(resp, time.Now()); err != nil {
		return nil, err
	}
	return fetch.Body(resp)
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	inside := serve(t, func(w http.ResponseWriter, r *http.Request) { calls.Add(1) })
	_, err := get(t, fetch.New(fetch.Options{}).Read, inside.URL)
	if !errors.Is(err, desk.ErrDenied) || !strings.Contains(err.Error(), "private network") {
		t.Errorf("got %v, want a refusal that speaks of the private network", err)
	}
	for _, host := range []string{"10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "[fd00::1]", "100.64.0.1", "0.0.0.0"} {
		if _, err := get(t, fetch.New(fetch.Options{}).Read, "http://"+host+":1/"); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("%s: got %v, want a refusal", host, err)
		}
	}
	// A public server must not lead us inside either: here the allowed one stands for it.
	outside := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://10.255.255.1:9/", http.StatusFound)
	})
	if _, err := get(t, clients(fetch.Options{}).Read, outside.URL); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("redirect inside: got %v, want a refusal", err)
	}
	if calls.Load() != 0 {
		t.Errorf("the private server was called %d times", calls.Load())
	}
}

func TestLargeAnswersFailWithTheLimit(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		_, _ = io.CopyN(zip, zeros{}, 5<<20)
		_ = zip.Close()
	})
	_, err := get(t, clients(fetch.Options{MaxBytes: 1 << 20}).Read, s.URL)
	var tooLarge *fetch.TooLargeError
	if !errors.As(err, &tooLarge) || !strings.Contains(err.Error(), "1 MiB, the limit") {
		t.Errorf("got %v, want an error with the limit", err)
	}
	if body, err := get(t, clients(fetch.Options{MaxBytes: 5 << 20}).Read, s.URL); err != nil || len(body) != 5<<20 {
		t.Errorf("an answer of exactly the limit: %d bytes, %v", len(body), err)
	}
}

func TestOneRequestMayHaveALimitOfItsOwn(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.CopyN(w, zeros{}, 5<<20) })
	read := clients(fetch.Options{MaxBytes: 1 << 20}).Read
	for limit, want := range map[int64]int64{5 << 20: 5 << 20, 1 << 10: 0} {
		req, err := http.NewRequestWithContext(fetch.WithMaxBytes(t.Context(), limit), http.MethodGet, s.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := fetch.Do(read, req)
		if err == nil {
			var body []byte
			if body, err = fetch.Body(resp); int64(len(body)) != want {
				t.Errorf("with a limit of %d bytes came %d, %v", limit, len(body), err)
			}
		}
		if (err == nil) != (want > 0) {
			t.Errorf("with a limit of %d bytes: %v", limit, err)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestRedirectsKeepCredentialsAtHome(t *testing.T) {
	t.Parallel()
	var leaked atomic.Value
	other := serve(t, func(w http.ResponseWriter, r *http.Request) { leaked.Store(fmt.Sprint(r.Header, r.URL)) })
	home := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL+"/there", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/home":
			http.Redirect(w, r, "/in", http.StatusFound)
		case "/in":
			_, _ = io.WriteString(w, r.Header.Get("Authorization"))
		}
	})
	c := clients(fetch.Options{}).Read
	if _, err := get(t, c, home.URL+"/away?token="+secret, "Authorization", "Bearer "+secret, "X-Api-Key", secret, "Accept", "text/x"); err != nil {
		t.Fatal(err)
	}
	if got := leaked.Load().(string); strings.Contains(got, secret) || !strings.Contains(got, "text/x") {
		t.Errorf("the other host saw %s", got)
	}
	if body, err := get(t, c, home.URL+"/home", "Authorization", "x"); err != nil || string(body) != "x" {
		t.Errorf("the same host must still get the credentials: %q, %v", body, err)
	}
	if _, err := get(t, c, home.URL+"/round"); err == nil || !strings.Contains(err.Error(), "redirects more than 10 times") {
		t.Errorf("got %v, want an end of the redirects", err)
	}
}

func TestCredentialsNeverTravelInTheClear(t *testing.T) {
	t.Parallel()
	fake := transport(func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme == "http" {
			t.Errorf("called %s", r.URL)
		}
		return answer(r, http.StatusFound, "Location", "http://shop.example/feed"), nil
	})
	for name, header := range map[string][]string{"header": {"Authorization", secret}, "own header": {"X-Key", secret}} {
		if _, err := get(t, fetch.New(fetch.Options{Transport: fake}).Read, "https://shop.example/", header...); err == nil || !strings.Contains(err.Error(), "from https to http") {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
	for _, url := range []string{"https://user:" + secret + "@shop.example/", "https://shop.example/?token=" + secret} {
		_, err := get(t, fetch.New(fetch.Options{Transport: fake}).Read, url)
		if err == nil || !strings.Contains(err.Error(), "from https to http") || strings.Contains(err.Error(), secret) {
			t.Errorf("got %v, want a refusal without the secret", err)
		}
	}
}

func TestFailuresAreOneSentenceWithoutSecrets(t *testing.T) {
	t.Parallel()
	refused := httptest.NewServer(nil)
	refused.Close()
	garbage := serve(t, func(w http.ResponseWriter, r *http.Request) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		_, _ = io.WriteString(conn, "what? "+r.URL.RawQuery+"\r\n\r\n")
		_ = conn.Close()
	})
	cut := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	})
	slow := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	hangup := serve(t, func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	tls := httptest.NewTLSServer(http.NotFoundHandler())
	tls.Config.ErrorLog = nil
	t.Cleanup(tls.Close)
	cases := map[string]struct {
		url       string
		words     string
		transient bool
	}{
		"refused":     {refused.URL, "refused the connection", true},
		"garbage":     {garbage.URL, "does not answer in HTTP", false},
		"cut":         {cut.URL, "broke off", true},
		"slow":        {slow.URL, "did not answer in time", true},
		"hang up":     {hangup.URL, "closed the connection", true},
		"certificate": {tls.URL, "certificate", false},
		"scheme":      {"ftp://127.0.0.1/x", "not an http or https address", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := strings.Replace(c.url, "://", "://user:"+secret+"@", 1) + "/x?token=" + secret
			_, err := get(t, clients(fetch.Options{Timeout: time.Second}).Read, url)
			var transient *desk.Transient
			if err == nil || !strings.Contains(err.Error(), c.words) || errors.As(err, &transient) != c.transient {
				t.Errorf("got %v (%T), want %q, transient %v", err, err, c.words, c.transient)
			}
			basic := base64.StdEncoding.EncodeToString([]byte("user:" + secret))
			if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), basic)) {
				t.Errorf("the secret stands in %v", err)
			}
		})
	}
}

func TestCancelEndsACallAtOnce(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	_, err := fetch.Do(clients(fetch.Options{}).Read, req)
	var transient *desk.Transient
	if !errors.Is(err, context.Canceled) || errors.As(err, &transient) {
		t.Errorf("got %v, want the end of the context", err)
	}
}

func TestSendTellsWhetherTheRequestLeft(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	lost := serve(t, func(w http.ResponseWriter, r *http.Request) { calls.Add(1); panic(http.ErrAbortHandler) })
	dead := httptest.NewServer(nil)
	dead.Close()
	c := clients(fetch.Options{}).Publish
	send := func(url string) error {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("thank you"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Idempotency-Key", "k") // net/http itself sends such a request again on a used connection
		resp, err := fetch.Send(c, req)
		if err != nil {
			return err
		}
		return fetch.CheckSent(resp, time.Now())
	}
	var unknown *desk.Unknown
	var transient *desk.Transient
	if err := send(lost.URL); !errors.As(err, &unknown) || calls.Load() != 1 {
		t.Errorf("lost answer: %v after %d calls, want unknown after 1", err, calls.Load())
	}
	if err := send(dead.URL); errors.As(err, &unknown) || !errors.As(err, &transient) {
		t.Errorf("no connection: got %v, want transient", err)
	}
	for status, wantUnknown := range map[int]bool{500: true, 503: true, 408: true, 429: false, 400: false, 302: false} {
		before := calls.Load()
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			w.Header().Set("Location", "/again")
			w.WriteHeader(status)
		})
		if err := send(s.URL); err == nil || errors.As(err, &unknown) != wantUnknown {
			t.Errorf("%d: got %v, want unknown %v", status, err, wantUnknown)
		}
		if n := calls.Load() - before; n != 1 {
			t.Errorf("%d: sent %d times", status, n)
		}
	}
}
