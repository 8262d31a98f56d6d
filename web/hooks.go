package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	hooks       = "/hooks/"
	maxDelivery = 4 << 20 // bytes of one delivery
	deliveries  = 8       // taken at the same time; more are asked to come again
)

// Delivery is what a network sent to a source's own address.
type Delivery struct {
	Method string
	Header http.Header
	Query  url.Values
	Body   []byte
}

// Answered is what the network is told.
type Answered struct {
	Status int // 204 when 0
	Type   string
	Body   []byte
}

// takeDeliveries serves /hooks/SOURCE. Whoever calls proves by a signature who it is; the source's connector checks that. The answer
// says that all is stored, so a network that gets another one sends again. Refusals give no reasons: they are in the log.
func (s *Server) takeDeliveries() http.Handler {
	slots := make(chan struct{}, deliveries)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.opt.Now()
		rec := &recorder{ResponseWriter: w}
		select {
		case slots <- struct{}{}:
			s.takeDelivery(rec, r)
			<-slots
		default:
			rec.Header().Set("Retry-After", "5")
			rec.WriteHeader(http.StatusServiceUnavailable)
		}
		s.requests.WithLabelValues("POST "+hooks+"{source}", strconv.Itoa(rec.code())).Observe(s.opt.Now().Sub(began).Seconds())
	})
}

func (s *Server) takeDelivery(w http.ResponseWriter, r *http.Request) {
	if s.opt.Deliver == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(r.Body)
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	a, err := s.opt.Deliver(r.Context(), r.PathValue("source"), Delivery{Method: r.Method, Header: r.Header, Query: r.URL.Query(), Body: body})
	if err != nil {
		a = Answered{Status: hookStatus(err)}
	}
	if a.Type != "" {
		w.Header().Set("Content-Type", a.Type)
	}
	if a.Status == 0 {
		a.Status = http.StatusNoContent
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // whoever hung up sends again
}

// hookStatus is the status of a delivery that was not taken.
func hookStatus(err error) int {
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, desk.ErrDenied):
		return http.StatusForbidden
	case errors.Is(err, desk.ErrInvalid):
		return http.StatusBadRequest
	}
	return http.StatusServiceUnavailable
}
