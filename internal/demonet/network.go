package demonet

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// keyWindow is how long an Idempotency-Key is remembered, as on Mastodon.
const keyWindow = time.Hour

// Options says where a network keeps its log and how it behaves.
type Options struct {
	Data  string           // the log file; empty keeps nothing beyond the process
	Seed  uint64           // of the faults
	Now   func() time.Time // nil means time.Now
	Moods *Moods           // nil leaves the moods that the log remembers
}

// Network is the whole network in memory, with its log. It is safe for concurrent use.
type Network struct {
	now  func() time.Time
	seed uint64

	mu       sync.RWMutex
	log      *journal
	last     uint64 // the newest id
	entries  uint64
	accounts map[string]*Account // by handle
	tokens   map[string]string   // SHA-256 of the token → handle
	posts    []*Post             // in the order of ids
	byID     map[string]*Post
	threads  map[string][]*Post // by root, in the order of ids
	keys     map[string]*Post   // handle and Idempotency-Key → what came of it
	changes  []Change
	fate     *fate
}

// Open reads the log and returns the network as it was.
func Open(o Options) (*Network, error) {
	n := &Network{
		now: o.Now, seed: o.Seed,
		accounts: map[string]*Account{}, tokens: map[string]string{}, byID: map[string]*Post{},
		threads: map[string][]*Post{}, keys: map[string]*Post{}, fate: newFate(),
	}
	if n.now == nil {
		n.now = time.Now
	}
	var err error
	if n.log, err = openJournal(o.Data, n.apply); err != nil {
		return nil, err
	}
	n.fate.restart(n.seed, n.entries)
	if o.Moods != nil {
		if err := n.SetMoods(*o.Moods); err != nil {
			return nil, errors.Join(err, n.Close())
		}
	}
	return n, nil
}

// Close ends the network; everything accepted is on the disk already.
func (n *Network) Close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.log.close()
}

// commit makes an event durable, then true. The caller holds the lock.
func (n *Network) commit(e entry) error {
	e.At = n.now().UTC()
	if err := n.log.append(e); err != nil {
		return err
	}
	return n.apply(e)
}

// nextID returns a fresh id: milliseconds since 2020 and a number within them, always above the last.
func (n *Network) nextID() string {
	id := uint64(max(0, n.now().UnixMilli()-1577836800000)) << 16
	return strconv.FormatUint(max(id, n.last+1), 10)
}

// apply makes an event true in memory. It is the only place that changes posts, so that replay and life cannot differ.
func (n *Network) apply(e entry) error {
	n.entries++
	switch e.Do {
	case doAccount:
		if e.Account == nil {
			return errors.New("an account entry without an account")
		}
		n.accounts[e.Account.Handle] = e.Account
		n.advance(e.Account.ID)
		return nil
	case doToken:
		n.tokens[e.Token] = e.Handle
		return nil
	case doMoods:
		if e.Moods != nil {
			n.fate.moods = *e.Moods
		}
		return nil
	case doPost:
		return n.applyPost(e.Post)
	}
	p := n.byID[e.ID]
	if p == nil {
		return fmt.Errorf("an entry %q about post %q, which there is not", e.Do, e.ID)
	}
	return n.applyChange(p, e)
}

func (n *Network) applyPost(p *Post) error {
	if p == nil || n.accounts[p.Author] == nil {
		return errors.New("a post entry without a post or an author")
	}
	n.advance(p.ID)
	n.posts = append(n.posts, p)
	n.byID[p.ID] = p
	n.threads[p.Thread] = append(n.threads[p.Thread], p)
	if p.Key != "" {
		n.keys[p.Author+" "+p.Key] = p
	}
	n.count(p, 1)
	return nil
}

func (n *Network) applyChange(p *Post, e entry) error {
	switch e.Do {
	case doEdit:
		p.Text, p.EditedAt, p.Version = e.Text, e.At, p.Version+1
		n.changed("edited", p, e.At)
	case doDelete:
		n.count(p, -1)
		p.State, p.DeletedAt = StateDeleted, e.At
		n.changed("deleted", p, e.At)
	case doState:
		n.count(p, -1)
		p.State = e.State
		n.count(p, 1)
		if p.State == StatePublic {
			n.changed("appeared", p, e.At)
		}
	case doLock:
		p.Locked = e.Locked
	default:
		return fmt.Errorf("an entry of the unknown kind %q", e.Do)
	}
	return nil
}

// count keeps the number of public replies that a parent shows.
func (n *Network) count(p *Post, by int64) {
	if parent := n.byID[p.Parent]; parent != nil && p.State == StatePublic {
		parent.Replies += by
	}
}

func (n *Network) changed(what string, p *Post, at time.Time) {
	n.changes = append(n.changes, Change{N: int64(len(n.changes)) + 1, What: what, ID: p.ID, At: at})
}

func (n *Network) advance(id string) {
	if v, err := strconv.ParseUint(id, 10, 64); err == nil {
		n.last = max(n.last, v)
	}
}

// All returns every post ever accepted, visible or not, in the order of arrival: the word of the witness.
func (n *Network) All() []Post {
	n.mu.RLock()
	defer n.mu.RUnlock()
	posts := make([]Post, len(n.posts))
	for i, p := range n.posts {
		posts[i] = *p
	}
	return posts
}
