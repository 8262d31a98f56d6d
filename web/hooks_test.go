package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/web"
)

// wire is a connection whose sender dawdles: its body comes to an end only by the deadline.
type wire struct {
	*httptest.ResponseRecorder
	deadlines []time.Time
}

func (w *wire) SetReadDeadline(t time.Time) error {
	w.deadlines = append(w.deadlines, t)
	return nil
}

func (w *wire) Read([]byte) (int, error) {
	if len(w.deadlines) == 0 {
		return 0, io.ErrNoProgress
	}
	return 0, os.ErrDeadlineExceeded
}

func TestDeliveriesThatDawdle(t *testing.T) {
	t.Parallel()
	var took []string
	s := newSite(t, sampled(), func(o *web.Options) {
		o.Deliver = func(_ context.Context, source string, d web.Delivery) (web.Answered, error) {
			took = append(took, source+" "+string(d.Body))
			return web.Answered{}, nil
		}
	})
	slow := &wire{ResponseRecorder: httptest.NewRecorder()}
	s.Config.Handler.ServeHTTP(slow, httptest.NewRequest(http.MethodPost, "/hooks/shop", slow))
	if left := time.Until(slow.deadlines[0]); slow.Code != http.StatusRequestTimeout || len(took) != 0 || left <= 0 || left > 10*time.Second {
		t.Errorf("answered %d with %v left; taken: %q", slow.Code, left, took)
	}
	quick := &wire{ResponseRecorder: httptest.NewRecorder()}
	s.Config.Handler.ServeHTTP(quick, httptest.NewRequest(http.MethodPost, "/hooks/shop", strings.NewReader("{}")))
	if quick.Code != http.StatusNoContent || len(took) != 1 || len(quick.deadlines) != 2 || !quick.deadlines[1].IsZero() {
		t.Errorf("answered %d; deadlines %v; taken: %q", quick.Code, quick.deadlines, took)
	}
}

// A form that dawdles ends likewise, and one that has arrived leaves no deadline behind that could cut off what it asks for.
func TestFormsThatDawdle(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled())
	for name, dawdles := range map[string]bool{"dawdling": true, "arrived": false} {
		w := &wire{ResponseRecorder: httptest.NewRecorder()}
		var body io.Reader = strings.NewReader("email=a")
		if dawdles {
			body = w
		}
		r := httptest.NewRequest(http.MethodPost, "/login", body)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		s.Config.Handler.ServeHTTP(w, r)
		if left := time.Until(w.deadlines[0]); w.Code < 400 || left <= 0 || left > 30*time.Second || dawdles != (len(w.deadlines) == 1) || !dawdles && !w.deadlines[1].IsZero() {
			t.Errorf("%s: answered %d; deadlines %v", name, w.Code, w.deadlines)
		}
	}
	w := &wire{ResponseRecorder: httptest.NewRecorder()}
	if s.Config.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/login", nil)); len(w.deadlines) != 0 {
		t.Errorf("what has no body has deadlines %v", w.deadlines)
	}
}

// Those who dawdle take places for reading only; and there are enough of them for senders who do not.
func TestDeliveriesBesideThoseThatDawdle(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled(), func(o *web.Options) {
		o.Deliver = func(context.Context, string, web.Delivery) (web.Answered, error) { return web.Answered{}, nil }
	})
	deliver := func(body io.Reader) int {
		resp, err := http.Post(s.URL+"/hooks/shop", "application/json", body)
		if err != nil {
			t.Error(err)
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	var slow sync.WaitGroup
	var ends []*io.PipeWriter
	for range 20 {
		r, w := io.Pipe()
		ends = append(ends, w)
		slow.Go(func() {
			if got := deliver(r); got != http.StatusNoContent {
				t.Errorf("the slow one is answered %d", got)
			}
		})
		_, _ = w.Write([]byte("{"))
	}
	if got := deliver(strings.NewReader("{}")); got != http.StatusNoContent {
		t.Errorf("beside 20 that dawdle it is answered %d", got)
	}
	for _, w := range ends {
		_ = w.Close()
	}
	slow.Wait()
}

// A delivery that breaks the desk must not take its place away for ever.
func TestDeliveriesThatPanic(t *testing.T) {
	t.Parallel()
	s := newSite(t, sampled(), func(o *web.Options) {
		o.Deliver = func(context.Context, string, web.Delivery) (web.Answered, error) { panic(http.ErrAbortHandler) }
	})
	for range 40 {
		resp, err := http.Post(s.URL+"/hooks/shop", "application/json", strings.NewReader("{}"))
		if err == nil {
			t.Errorf("answered %s", resp.Status)
			_ = resp.Body.Close()
		}
	}
}
