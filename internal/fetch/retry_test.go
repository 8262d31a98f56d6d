package fetch_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(r *http.Request, status int, header ...string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}
	for i := 0; i+1 < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

func TestReadsAreTriedAgain(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		method    string
		header    []string
		status    int
		wantCalls int
		atLeast   time.Duration
		atMost    time.Duration
	}{
		"503 backs off":               {"GET", nil, 503, 3, 750 * time.Millisecond, 2250 * time.Millisecond},
		"Retry-After in seconds":      {"GET", []string{"Retry-After", "4"}, 429, 3, 8 * time.Second, 8 * time.Second},
		"a long Retry-After is not":   {"GET", []string{"Retry-After", "3600"}, 429, 1, 0, 0},
		"500 is not":                  {"GET", nil, 500, 1, 0, 0},
		"404 is not":                  {"GET", nil, 404, 1, 0, 0},
		"POST is not, by any status":  {"POST", nil, 503, 1, 0, 0},
		"PUT is not, it has a result": {"PUT", nil, 502, 1, 0, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				o := fetch.Options{Transport: transport(func(r *http.Request) (*http.Response, error) {
					calls++
					return answer(r, c.status, c.header...), nil
				})}
				start := time.Now()
				req, _ := http.NewRequestWithContext(t.Context(), c.method, "http://shop.example/", nil)
				resp, err := fetch.Do(fetch.New(o).Read, req)
				if err != nil || resp.StatusCode != c.status {
					t.Fatalf("got %v, %v", resp, err)
				}
				_ = resp.Body.Close()
				if took := time.Since(start); calls != c.wantCalls || took < c.atLeast || took > c.atMost {
					t.Errorf("%d calls in %v, want %d in %v to %v", calls, took, c.wantCalls, c.atLeast, c.atMost)
				}
			})
		})
	}
}

func TestReadRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		o := fetch.Options{Transport: transport(func(r *http.Request) (*http.Response, error) {
			if calls++; calls == 1 {
				return nil, io.ErrUnexpectedEOF
			}
			return answer(r, http.StatusOK), nil
		})}
		if _, err := get(t, fetch.New(o).Read, "http://shop.example/"); err != nil || calls != 2 {
			t.Errorf("%v after %d calls, want success after 2", err, calls)
		}
	})
}

func TestOneHostIsPaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := fetch.Options{PerHost: 2, Burst: 1, Transport: transport(func(r *http.Request) (*http.Response, error) {
			return answer(r, http.StatusOK), nil
		})}
		c, start := fetch.New(o), time.Now()
		for range 4 {
			if _, err := get(t, c.Read, "http://a.example/"); err != nil {
				t.Fatal(err)
			}
			if _, err := get(t, c.Read, "http://b.example/"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 1500*time.Millisecond {
			t.Errorf("four calls to each of two hosts took %v, want 1.5 s", took)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	got := map[string]time.Duration{}
	want := map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, " 5 ": 5 * time.Second, "1.5": 1500 * time.Millisecond, "-3": 0, "soon": 0, "NaN": 0,
		"99999999999999": 7 * 24 * time.Hour, "Fri, 20 Nov 2026 10:01:00 GMT": time.Minute,
		"Fri, 20 Nov 2026 10:01:00 UTC": time.Minute, "Fri, 20 Nov 2026 09:00:00 GMT": 0,
	}
	for value := range want {
		got[value] = fetch.RetryAfter(http.Header{"Retry-After": {value}}, now)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckClassifies(t *testing.T) {
	t.Parallel()
	classes := map[int]error{401: desk.ErrDenied, 403: desk.ErrDenied, 404: desk.ErrNotFound, 410: desk.ErrGone, 409: desk.ErrConflict, 400: desk.ErrInvalid, 422: desk.ErrInvalid}
	req, _ := http.NewRequest(http.MethodGet, "https://u:pw@shop.example/feed?api_key=x", nil)
	for status, class := range classes {
		err := fetch.Check(answer(req, status), time.Now())
		var e *fetch.StatusError
		if !errors.Is(err, class) || !errors.As(err, &e) || e.Status != status || !strings.HasPrefix(err.Error(), "https://shop.example/feed?api_key=*** ") {
			t.Errorf("%d: got %v, want class %v", status, err, class)
		}
	}
	for _, status := range []int{408, 425, 429, 500, 503, 599} {
		err := fetch.Check(answer(req, status, "Retry-After", "60"), time.Now())
		var transient *desk.Transient
		if !errors.As(err, &transient) || transient.After != time.Minute {
			t.Errorf("%d: got %v, want transient after a minute", status, err)
		}
	}
	if err := fetch.Check(answer(req, 204), time.Now()); err != nil {
		t.Error(err)
	}
}

func TestRedactURL(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"https://blog.example/2026/11/minta-bolt-daralo-teszt-1234567890":      "https://blog.example/2026/11/minta-bolt-daralo-teszt-1234567890",
		"https://u:p@blog.example/feed?q=minta+bolt&token=abc#x":               "https://blog.example/feed?q=minta+bolt&token=***",
		"https://hooks.example/services/T000/B000/aZ3kQ9xW7vR2mN5tY8uP1sD4":    "https://hooks.example/services/T000/B000/***",
		"https://api.example/bot123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw/get": "https://api.example/***/get",
		"https://x.example/?aZ3kQ9xW7vR2mN5tY8uP1sD4":                          "https://x.example/?***",
		"https://x.example/?id=7&X-Amz-Signature=00":                           "https://x.example/?id=7&X-Amz-Signature=***",
		"mailto:someone@shop.example":                                          "(an address that cannot be read)",
		"http://[::1":                                                          "(an address that cannot be read)",
	}
	for raw, shown := range want {
		if got := fetch.RedactURL(raw); got != shown {
			t.Errorf("%s\n got %s\nwant %s", raw, got, shown)
		}
	}
}
