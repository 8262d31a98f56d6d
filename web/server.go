package web

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/earshotdesk/earshot/internal/desk"
)

//go:embed templates static messages all:vendor
var files embed.FS

// Server serves the pages. It is safe for use by many goroutines.
type Server struct {
	opt      Options
	titles   map[string]string // of kinds
	langs    map[string]*Lang
	pages    map[string]*pageSet // by language
	assets   *assets
	hub      *hub
	doors    *limiter // guards the sign-in
	hashing  chan struct{}
	requests *prometheus.HistogramVec
	registry *prometheus.Registry
}

// visitor is who asks.
type visitor struct {
	user    *desk.User // nil for anybody
	session string     // hash of the session's secret
	lang    *Lang
}

func (v *visitor) may(act Act) bool {
	return act == ActAnybody || v.user != nil && May(v.user.Role, act)
}

// New reads templates, texts and assets, and reports what is wrong with them.
func New(opt Options) (*Server, error) {
	if opt.Store == nil || opt.Work == nil || opt.Log == nil || opt.Now == nil {
		return nil, errors.New("web: Store, Work, Log and Now must be set")
	}
	opt = withDefaults(opt)
	s := &Server{opt: opt, hashing: make(chan struct{}, maxHashing), registry: opt.Registry}
	s.doors, s.titles = newLimiter(opt.Now), titlesOf(opt.Kinds())
	var err error
	if s.langs, err = loadLangs(files, "messages"); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.assets, err = loadAssets(files); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.pages, err = s.parsePages(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if err := s.meter(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.hub = newHub(opt.Store, opt.Wake, opt.Log)
	return s, nil
}

func withDefaults(opt Options) Options {
	if opt.Desk == "" {
		opt.Desk = "Earshot"
	}
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	if opt.Registry == nil {
		opt.Registry = prometheus.NewRegistry()
	}
	if opt.Kinds == nil {
		opt.Kinds = func() []Kind { return nil }
	}
	if opt.Answer == nil {
		opt.Answer = func(*desk.Mention) Answer { return Answer{} }
	}
	if opt.Ready == nil {
		opt.Ready = func(context.Context) error { return nil }
	}
	return opt
}

// Handler returns everything the desk serves over HTTP.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range routes() {
		mux.Handle(rt.method+" "+rt.path, s.serve(rt))
	}
	s.mountAPI(mux)
	mux.Handle(hooks+"{source}", s.takeDeliveries())
	mux.Handle("/", s.serve(route{"", "(none)", ActAnybody, (*Server).nothing}))
	return s.guard(http.NewCrossOriginProtection().Handler(mux))
}

// serve runs one route: who asks, may they, how long did it take, and what became of it.
func (s *Server) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := s.opt.Now()
		rec := &recorder{ResponseWriter: w}
		v, err := s.visit(r, rt.act)
		if err == nil {
			err = s.run(rt, rec, r, v)
		}
		if err != nil {
			s.fail(rec, r, v, err)
		}
		s.requests.WithLabelValues(rt.method+" "+rt.path, strconv.Itoa(rec.code())).Observe(s.opt.Now().Sub(began).Seconds())
	})
}

// run calls the handler and turns a panic into an error, so that one bad page cannot take the desk down.
func (s *Server) run(rt route, w http.ResponseWriter, r *http.Request, v *visitor) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			err = fmt.Errorf("panic in %s %s: %v", rt.method, rt.path, p)
		}
	}()
	return rt.handle(s, w, r, v)
}

// recorder remembers the status for the metrics.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach Flush.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
