package demonet

import (
	"slices"
	"strconv"
	"strings"
)

// Query asks for a stretch of posts.
type Query struct {
	Any    []string // "@handle", "#tag", "from:handle", "to:handle": one is enough; none asks for everything
	Parent string
	Author string
	MinID  string // posts after it, oldest first
	MaxID  string // posts before it
	Limit  int    // at least 1
	Viewer string // handle of the reader; empty for the public
}

// List returns the posts of a query and whether there are more. They come newest first, or oldest first when MinID is set.
func (n *Network) List(q Query) ([]Post, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	from, to := 0, len(n.posts)
	if q.MinID != "" {
		from = n.after(q.MinID)
	}
	if q.MaxID != "" {
		to = n.before(q.MaxID)
	}
	stretch := n.posts[min(from, to):to]
	if q.MinID == "" {
		stretch = slices.Clone(stretch)
		slices.Reverse(stretch)
	}
	var found []Post
	for _, p := range stretch {
		if !n.matches(p, q) {
			continue
		}
		if len(found) == q.Limit {
			return found, true
		}
		found = append(found, *p)
	}
	return found, false
}

// after returns the place of the first post behind an id, before that of the first which is not ahead of it. What is no number
// is behind everything or ahead of nothing, so that a wrong id finds nothing.
func (n *Network) after(id string) int {
	v, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return len(n.posts)
	}
	place, exact := slices.BinarySearchFunc(n.posts, v, compareID)
	if exact {
		place++
	}
	return place
}

func (n *Network) before(id string) int {
	v, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return 0
	}
	place, _ := slices.BinarySearchFunc(n.posts, v, compareID)
	return place
}

func compareID(p *Post, v uint64) int {
	id, _ := strconv.ParseUint(p.ID, 10, 64) // ours, always a number
	switch {
	case id < v:
		return -1
	case id > v:
		return 1
	}
	return 0
}

func (n *Network) matches(p *Post, q Query) bool {
	switch {
	case !n.visible(p, q.Viewer),
		q.Parent != "" && p.Parent != q.Parent,
		q.Author != "" && p.Author != cleanHandle(q.Author):
		return false
	}
	return n.answersAny(p, q.Any)
}

// answersAny tells whether one of the terms fits a post, whatever its state.
func (n *Network) answersAny(p *Post, terms []string) bool {
	if len(terms) == 0 {
		return true
	}
	said := addressed(p.Text)
	for _, term := range terms {
		kind, handle, _ := strings.Cut(strings.ToLower(term), ":")
		switch {
		case kind == "from" && p.Author == handle,
			kind == "to" && n.byID[p.Parent] != nil && n.byID[p.Parent].Author == handle,
			slices.Contains(said, kind):
			return true
		}
	}
	return false
}

// visible tells whether a reader may see a post now.
func (n *Network) visible(p *Post, viewer string) bool {
	switch {
	case p.State == StateDeleted || n.now().Before(p.VisibleAt):
		return false
	case p.State == StatePublic:
		return true
	}
	return viewer != "" && viewer == p.Author
}

// find returns a post that the reader may see. The caller holds the lock.
func (n *Network) find(id, viewer string) (*Post, error) {
	p := n.byID[id]
	switch {
	case p == nil:
		return nil, notFound()
	case p.State == StateDeleted:
		return nil, gone()
	case !n.visible(p, viewer):
		return nil, notFound()
	}
	return p, nil
}

// Get returns one post as the reader may see it.
func (n *Network) Get(id, viewer string) (Post, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	p, err := n.find(id, viewer)
	if err != nil {
		return Post{}, err
	}
	return *p, nil
}

// Thread returns the conversation around a post, oldest first.
func (n *Network) Thread(id, viewer string) ([]Post, error) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	p, err := n.find(id, viewer)
	if err != nil {
		return nil, err
	}
	var posts []Post
	for _, in := range n.threads[p.Thread] {
		if n.visible(in, viewer) {
			posts = append(posts, *in)
		}
	}
	return posts, nil
}

// Changes returns up to limit changes after number min that fit the terms, the number to go on from, and whether there are more.
// An edit of what the reader does not see is left out; a deletion is told by id alone.
func (n *Network) Changes(after int64, terms []string, limit int, viewer string) (found []Change, next int64, more bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	next = int64(len(n.changes))
	for _, c := range n.changes[min(max(after, 0), next):] {
		p := n.byID[c.ID]
		if !n.answersAny(p, terms) || (c.What != "deleted" && !n.visible(p, viewer)) {
			continue
		}
		if len(found) == limit {
			return found, found[limit-1].N, true
		}
		found = append(found, c)
	}
	return found, next, false
}

// Head returns the number of the newest change; 0 when there is none.
func (n *Network) Head() int64 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return int64(len(n.changes))
}
