package demonet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// bodyLimit is the largest request body in bytes.
const bodyLimit = 64 << 10

// Handler serves the public API and the pages; with control also the control API, which has no password.
func (n *Network) Handler(control bool) http.Handler {
	s := &server{net: n}
	api := http.NewServeMux()
	s.routeAPI(api)
	pages := http.NewServeMux()
	s.routePages(pages)
	mux := http.NewServeMux()
	mux.Handle("/api/", s.fated(api))
	mux.Handle("/", pages)
	if control {
		orders := http.NewServeMux()
		s.routeControl(orders)
		mux.Handle("/control/", orders)
	}
	return http.NewCrossOriginProtection().Handler(mux)
}

// Serve answers on the listener until the context ends, then lets running requests finish for up to five seconds.
func (n *Network) Serve(ctx context.Context, ln net.Listener, control bool) error {
	srv := &http.Server{Handler: n.Handler(control), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serving the demo network: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := srv.Shutdown(grace)
	if err != nil {
		err = srv.Close()
	}
	<-ended
	return err
}

type server struct{ net *Network }

// fated lets the moods have their way with every request of the public API.
func (s *server) fated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o, err := s.net.foresee(r.Method != http.MethodGet && r.Method != http.MethodHead)
		if err != nil {
			fail(w, err)
			return
		}
		time.Sleep(o.slow) // on purpose not cut short when the caller leaves: then it acts all the same
		if s.refuses(w, o) {
			return
		}
		answer := &held{header: http.Header{}, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		s.net.fate.note(r.Method + " " + strconv.Itoa(answer.status))
		switch {
		case o.failAfter:
			s.net.fate.note("failed_after")
			writeError(w, http.StatusInternalServerError, "failed", "Something went wrong.", nil)
		case o.loses:
			s.net.fate.note("lost")
			panic(http.ErrAbortHandler) // cuts the connection without an answer, and without a line in the log
		default:
			maps.Copy(w.Header(), answer.header)
			w.WriteHeader(answer.status)
			_, _ = w.Write(answer.body.Bytes())
		}
	})
}

// held is an answer that is kept back until it is known whether it may leave.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) WriteHeader(status int)      { h.status = status }
func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }

// refuses answers a request that the moods keep from happening.
func (s *server) refuses(w http.ResponseWriter, o omen) bool {
	no := false
	switch {
	case o.limit:
		s.net.fate.note("limited")
		if o.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(o.retryAfter))
		}
		writeError(w, http.StatusTooManyRequests, "rate_limited", "Too many requests; wait a little.", &no)
	case o.busy:
		s.net.fate.note("busy")
		writeError(w, http.StatusServiceUnavailable, "busy", "The network is busy and did not look at the request.", &no)
	case o.failBefore:
		s.net.fate.note("failed_before")
		writeError(w, http.StatusInternalServerError, "failed", "Something went wrong.", nil)
	default:
		return false
	}
	return true
}

// handler is an endpoint: it returns a status and a body, or an error.
type handler func(r *http.Request) (int, any, error)

// answer turns an endpoint into a handler.
func (s *server) answer(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		status, body, err := h(r)
		if err != nil {
			fail(w, err)
			return
		}
		writeJSON(w, status, body)
	}
}

func fail(w http.ResponseWriter, err error) {
	var no *Refusal
	if !errors.As(err, &no) {
		writeError(w, http.StatusInternalServerError, "failed", err.Error(), nil)
		return
	}
	processed := false
	writeError(w, no.Status, no.Code, no.Message, &processed)
}

func writeError(w http.ResponseWriter, status int, code, message string, processed *bool) {
	body := map[string]any{"error": code, "message": message}
	if processed != nil {
		body["processed"] = *processed
	}
	writeJSON(w, status, body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	if body == nil {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller went away
}

// read decodes a JSON body strictly.
func read(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return refuse(http.StatusBadRequest, "bad_json", "The body is not the JSON that is wanted here: "+err.Error()+".")
	}
	return nil
}

// reader returns the handle of the request's token; "" without a token.
func (s *server) reader(r *http.Request) (string, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return "", nil
	}
	a, ok := s.net.Who(token)
	if !ok {
		return "", refuse(http.StatusUnauthorized, "bad_token", "This token opens no account.")
	}
	return a.Handle, nil
}

// writer is as reader, but a token is needed.
func (s *server) writer(r *http.Request) (string, error) {
	handle, err := s.reader(r)
	if err == nil && handle == "" {
		err = refuse(http.StatusUnauthorized, "no_token", "This needs a token.")
	}
	return handle, err
}
