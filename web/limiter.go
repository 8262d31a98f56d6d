package web

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"time"
)

// errTooMany says that somebody knocked too often.
var errTooMany = errors.New("too many tries")

// At most this many tries at the sign-in within a window, by address of the browser and by e-mail.
const (
	triesByClient = 30
	triesByEmail  = 8
	triesWindow   = 10 * time.Minute
)

// limiter counts tries at the sign-in in this process. The map is emptied when a window is over, so it stays small.
type limiter struct {
	now   func() time.Time
	mu    sync.Mutex
	since time.Time
	tries map[string]int
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, since: now(), tries: map[string]int{}}
}

// enter counts a try and refuses when there were too many.
func (l *limiter) enter(client, email string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); now.Sub(l.since) >= triesWindow {
		l.since, l.tries = now, map[string]int{}
	}
	c, e := "c "+client, "e "+email
	if l.tries[c] >= triesByClient || l.tries[e] >= triesByEmail {
		return errTooMany
	}
	l.tries[c]++
	l.tries[e]++
	return nil
}

// forget clears the count of an address that got in.
func (l *limiter) forget(email string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tries, "e "+email)
}

// clientOf returns the address that the connection came from. A proxy's headers are not trusted: anybody can write them.
func clientOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
