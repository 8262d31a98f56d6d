package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// How often the newest event number is read while somebody listens, and how often a silent stream says that it lives.
const (
	hubInterval = 300 * time.Millisecond
	heartbeat   = 25 * time.Second
	liveBatch   = 200
)

// hub tells every open stream that something happened. It reads one number a few times a second, and only while somebody
// listens; what happened each stream reads for itself, under the scope of its own viewer.
type hub struct {
	store EventStore
	wake  <-chan struct{}
	log   *slog.Logger

	mu      sync.Mutex
	last    int64
	changed chan struct{} // closed and replaced when last grows
	viewers int
	stop    context.CancelFunc
	done    chan struct{}
	closed  chan struct{}
	once    sync.Once
}

func newHub(store EventStore, wake <-chan struct{}, log *slog.Logger) *hub {
	return &hub{store: store, wake: wake, log: log, changed: make(chan struct{}), closed: make(chan struct{})}
}

// Close ends every open live stream, so that an http.Server can shut down: hand it to RegisterOnShutdown. Browsers connect again
// by themselves and miss nothing. Closing twice is fine.
func (s *Server) Close() { s.hub.once.Do(func() { close(s.hub.closed) }) }

// join begins to listen; the watcher runs while anybody does. leave waits for it when the last one goes.
func (h *hub) join() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.viewers++
	if h.viewers > 1 {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	h.stop, h.done = stop, make(chan struct{})
	go h.watch(ctx, h.done)
}

func (h *hub) leave() {
	h.mu.Lock()
	h.viewers--
	if h.viewers > 0 {
		h.mu.Unlock()
		return
	}
	stop, done := h.stop, h.done
	h.mu.Unlock()
	stop()
	<-done
}

func (h *hub) watch(ctx context.Context, done chan<- struct{}) {
	defer close(done)
	tick := time.NewTicker(hubInterval)
	defer tick.Stop()
	failing := false
	for {
		n, err := h.store.LastEvent(ctx)
		if err != nil && ctx.Err() == nil && !failing {
			h.log.Error("live updates stand still", slog.Any("err", err))
		}
		failing = err != nil
		if err == nil {
			h.set(n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.wake:
		}
	}
}

func (h *hub) set(n int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n != h.last {
		h.last = n
		close(h.changed)
		h.changed = make(chan struct{})
	}
}

// next returns the newest number and a channel that closes when there is a newer one.
func (h *hub) next() (int64, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last, h.changed
}

// liveEvent is what a stream carries: identifiers and kinds, never words.
type liveEvent struct {
	What    string         `json:"what"`
	Case    desk.CaseID    `json:"case,omitempty"`
	Mention desk.MentionID `json:"mention,omitempty"`
	Reply   desk.ReplyID   `json:"reply,omitempty"`
	Actor   string         `json:"actor,omitempty"`
	To      string         `json:"to,omitempty"`
}

// live streams events to one browser, beginning exactly after the last one that it had.
func (s *Server) live(w http.ResponseWriter, r *http.Request, v *visitor) error {
	after, err := s.liveFrom(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := &eventWriter{w: w, ctl: http.NewResponseController(w)}
	out.line("retry: 3000\n\n")
	s.hub.join()
	defer s.hub.leave()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		last, changed := s.hub.next()
		if last > after {
			if after, err = s.catchUp(r.Context(), v, out, after); err != nil {
				return err
			}
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-s.hub.closed:
			return nil
		case <-changed:
		case <-beat.C:
			if gone, err := s.signedOut(r, v); gone || err != nil {
				return err
			}
			out.line(": here\n\n")
		}
		if out.err != nil {
			return nil
		}
	}
}

// signedOut ends the stream of somebody whose session ended or whose account was closed.
func (s *Server) signedOut(r *http.Request, v *visitor) (bool, error) {
	_, user, err := s.opt.Store.Session(r.Context(), v.session, s.opt.Now())
	if err != nil {
		return true, nil
	}
	*v.user = user
	return false, nil
}

// liveFrom finds where to begin: what the browser saw last, else what the page says it showed, else now.
func (s *Server) liveFrom(r *http.Request) (int64, error) {
	for _, value := range []string{r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")} {
		if value != "" {
			return readNumber("after", value)
		}
	}
	n, err := s.opt.Store.LastEvent(r.Context())
	if err != nil {
		return 0, fmt.Errorf("reading the newest event: %w", err)
	}
	return n, nil
}

// catchUp writes what happened after a number and returns the newest that was written. The number also moves over events that
// the viewer may not see, by an id without data, so that a reconnect does not read them again.
func (s *Server) catchUp(ctx context.Context, v *visitor, out *eventWriter, after int64) (int64, error) {
	for {
		newest, _ := s.hub.next()
		events, err := s.opt.Store.ListEvents(ctx, v.user.Scope(), after, liveBatch)
		if err != nil {
			return after, fmt.Errorf("reading events: %w", err)
		}
		for i := range events {
			e := &events[i]
			out.event(e.N, liveEvent{e.What, e.Case, e.Mention, e.Reply, e.Actor, e.To})
			after = e.N
		}
		if len(events) == liveBatch {
			continue
		}
		if newest > after {
			after = newest
			out.line("id: " + strconv.FormatInt(after, 10) + "\n\n")
		}
		out.flush()
		return after, nil
	}
}

// eventWriter writes the event stream format and remembers the first error.
type eventWriter struct {
	w   http.ResponseWriter
	ctl *http.ResponseController
	err error
}

func (e *eventWriter) event(n int64, data liveEvent) {
	b, err := json.Marshal(data)
	if err != nil {
		e.err = err
		return
	}
	e.write("id: " + strconv.FormatInt(n, 10) + "\ndata: " + string(b) + "\n\n")
}

func (e *eventWriter) line(s string) {
	e.write(s)
	e.flush()
}

func (e *eventWriter) write(s string) {
	if e.err == nil {
		_, e.err = e.w.Write([]byte(s))
	}
}

func (e *eventWriter) flush() {
	if e.err == nil {
		e.err = e.ctl.Flush()
	}
}
