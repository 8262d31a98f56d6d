package web

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"net/netip"
	"strings"
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

// maxDoors bounds how many addresses and e-mails are remembered at once: some two megabytes.
const maxDoors = 20_000

// door stands for an address or an e-mail. It is a hash, so that a long e-mail takes no more room than a short one.
type door [sha256.Size]byte

func doorOf(kind, name string) door { return sha256.Sum256([]byte(kind + " " + name)) }

// limiter counts tries at the sign-in in this process. The map is emptied when a window is over, and never holds more than
// maxDoors.
type limiter struct {
	now   func() time.Time
	mu    sync.Mutex
	since time.Time
	tries map[door]int
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, since: now(), tries: map[door]int{}}
}

// enter counts a try and refuses when there were too many.
func (l *limiter) enter(client, email string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); now.Sub(l.since) >= triesWindow {
		l.since, l.tries = now, map[door]int{}
	}
	c, e := doorOf("client", client), doorOf("email", email)
	if l.tries[c] >= triesByClient || l.tries[e] >= triesByEmail {
		return errTooMany
	}
	l.count(c)
	l.count(e)
	return nil
}

// count adds a try. When the map is full it forgets the least tried of a few, so that a flood of new names cannot wash away the
// counts that already bite.
func (l *limiter) count(d door) {
	if l.tries[d] == 0 && len(l.tries) >= maxDoors {
		var least door
		looked := 0
		for other, n := range l.tries {
			if looked == 0 || n < l.tries[least] {
				least = other
			}
			if looked++; looked == 16 {
				break
			}
		}
		delete(l.tries, least)
	}
	l.tries[d]++
}

// forget clears the count of an e-mail that got in.
func (l *limiter) forget(email string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.tries, doorOf("email", email))
}

// clientOf returns the address that a request came from. A reverse proxy beside the desk would make all browsers one, so
// X-Forwarded-For is believed when the connection itself comes from this machine or a private network, and only then: anybody can
// write the header. Of its addresses the last public one counts, for that is what the outermost of our proxies saw; when all are
// private, the last. An IPv6 network of 64 bits is one client, since whoever has one address has them all.
func clientOf(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if !near(peer.Addr()) {
		return wholeOf(peer.Addr())
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	client := peer.Addr()
	for i := len(hops) - 1; i >= 0; i-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break // what stands before a damaged part was not written by a proxy of ours
		}
		if !near(addr) {
			return wholeOf(addr)
		}
		if i == len(hops)-1 {
			client = addr
		}
	}
	return wholeOf(client)
}

func near(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

func wholeOf(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}
