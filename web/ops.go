package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// readyWithin is how long the desk may take to say that it can work.
const readyWithin = 2 * time.Second

// meter registers the web's own numbers.
func (s *Server) meter() error {
	s.requests = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "earshot_http_request_seconds", Help: "Time to answer, by route and status. The live stream counts for as long as it is open.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
	}, []string{"route", "status"})
	if err := s.registry.Register(s.requests); err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	return nil
}

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request, _ *visitor) error {
	return plainly(w, http.StatusOK, "ok\n")
}

// readyz says whether the desk can work: the store answers.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if err := s.opt.Ready(ctx); err != nil {
		s.opt.Log.Warn("not ready", "err", err)
		return plainly(w, http.StatusServiceUnavailable, "not ready: the log says why\n")
	}
	return plainly(w, http.StatusOK, "ready\n")
}

func plainly(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, err := io.WriteString(w, text)
	return ignoreWrite(err)
}

// metrics serves the registry in Prometheus' format. It holds counts and times, no words and no names of people.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	return nil
}
