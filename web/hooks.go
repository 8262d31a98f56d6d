package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	hooks       = "/hooks/"
	maxDelivery = 4 << 20 // bytes of one delivery
	deliveries  = 8       // stored at the same time; more are asked to come again
	arriving    = 32      // read at the same time; likewise

	// arrivalTime is how long a delivery may take to arrive. Nobody has proved who they are by then, and whoever dawdles takes a place
	// from others.
	arrivalTime = 10 * time.Second
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
	storing, reading := make(chan struct{}, deliveries), make(chan struct{}, arriving)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.opt.Now()
		rec := &recorder{ResponseWriter: w}
		var body []byte
		read := false
		free := inSlot(reading, func() { body, read = s.readDelivery(rec, r) })
		if free && read {
			free = inSlot(storing, func() { s.takeDelivery(rec, r, body) })
		}
		if !free {
			rec.Header().Set("Retry-After", "5")
			rec.WriteHeader(http.StatusServiceUnavailable)
		}
		s.requests.WithLabelValues("POST "+hooks+"{source}", strconv.Itoa(rec.code())).Observe(s.opt.Now().Sub(began).Seconds())
	})
}

// inSlot does something unless all slots are taken, and tells whether it did.
func inSlot(slots chan struct{}, do func()) bool {
	select {
	case slots <- struct{}{}:
	default:
		return false
	}
	defer func() { <-slots }()
	do()
	return true
}

// readDelivery reads what was sent, or answers why not.
func (s *Server) readDelivery(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	switch {
	case s.opt.Deliver == nil:
		w.WriteHeader(http.StatusNotFound)
		return nil, false
	case r.Method != http.MethodPost && r.Method != http.MethodGet:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return nil, false
	}
	conn := http.NewResponseController(w)
	_ = conn.SetReadDeadline(time.Now().Add(arrivalTime)) // where it cannot be set nobody waits either
	body, err := io.ReadAll(r.Body)
	if err == nil {
		_ = conn.SetReadDeadline(time.Time{}) // what is being stored must not be cut off by it
		return body, true
	}
	status := http.StatusBadRequest
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		status = http.StatusRequestEntityTooLarge
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		status = http.StatusRequestTimeout
	}
	w.WriteHeader(status)
	return nil, false
}

func (s *Server) takeDelivery(w http.ResponseWriter, r *http.Request, body []byte) {
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
