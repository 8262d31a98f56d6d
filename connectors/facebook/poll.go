package facebook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/graph"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	overlap     = time.Hour // comments that appear late, when a filter let them go
	postsAPoll  = 10        // whose comments are read before the batch is stored
	pagesAPost  = 3         // of comments, likewise
	lookAnyhow  = 20        // every so many polls the comments of a post are read although nothing seems to have happened
	postsOfPage = "published_posts"
)

// place is what a cursor holds.
type place struct {
	Page  string    `json:"page,omitempty"` // its id
	Polls uint32    `json:"polls,omitempty"`
	Posts []watched `json:"posts,omitempty"` // newest first
}

// watched is a post whose comments are read.
type watched struct {
	ID   string          `json:"i"`
	Mark string          `json:"m,omitempty"` // of the post, when its comments were last read to the end
	Said string          `json:"s,omitempty"` // digest of its wording as told
	At   json.RawMessage `json:"c,omitempty"` // cursor of its comments

	post     post
	comments bool // may be read: not those of somebody else's wall
}

// walk is one poll.
type walk struct {
	c     *Connector
	at    place
	batch connectors.Batch
}

// Poll lists the newest posts and reads the comments of those under which something happened.
func (c *Connector) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	w := &walk{c: c}
	if since != "" {
		if err := json.Unmarshal([]byte(since), &w.at); err != nil {
			return connectors.Batch{Next: since}, errors.New("the cursor of this source cannot be read")
		}
	}
	err := w.run(ctx)
	next, bad := json.Marshal(w.at)
	if bad != nil {
		return connectors.Batch{Next: since}, fmt.Errorf("writing the cursor: %w", bad)
	}
	w.batch.Next, w.batch.Wait = connectors.Cursor(next), c.graph.Wait()
	return w.batch, err
}

func (w *walk) run(ctx context.Context) error {
	if w.at.Page == "" {
		p, err := w.c.owner(ctx)
		if err != nil {
			return err
		}
		w.at.Page = p.ID
	}
	if err := w.list(ctx); err != nil {
		return err
	}
	w.at.Polls++
	read := 0
	for i := range w.at.Posts {
		p := &w.at.Posts[i]
		if !p.comments || p.Mark == p.post.mark() && !w.turn(p.ID) {
			continue
		}
		if read == postsAPoll || w.c.graph.Wait() > 0 {
			w.batch.More = true
			return nil
		}
		read++
		if err := w.comments(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// turn spreads the posts that are read anyhow over the polls. While a batch is only one part of a walk they wait.
func (w *walk) turn(id string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return (w.at.Polls+h.Sum32())%lookAnyhow == 0
}

// list takes the newest posts and tells those that are new or read otherwise.
func (w *walk) list(ctx context.Context) error {
	edges := []string{postsOfPage}
	if w.c.opt.Visitors {
		edges = append(edges, "visitor_posts")
	}
	if w.c.opt.Tagged {
		edges = append(edges, "tagged")
	}
	var all []watched
	for _, edge := range edges {
		q := url.Values{"fields": {listFields}, "limit": {strconv.Itoa(w.c.opt.Posts)}}
		list, err := w.c.graph.List(ctx, graph.Path(w.at.Page, edge), q, "")
		if err != nil {
			return err
		}
		for _, raw := range list.Data {
			w.watch(&all, raw, edge)
		}
	}
	w.at.Posts = all
	return nil
}

// watch tells a post and puts it into the list of those that are watched. A post is in several lists when a visitor tags the Page.
func (w *walk) watch(all *[]watched, raw json.RawMessage, edge string) {
	p := post{raw: raw}
	if json.Unmarshal(raw, &p) != nil || !isPost(desk.RemoteID(p.ID)) || p.Created.IsZero() {
		mark := poisonMark(raw)
		if !slices.ContainsFunc(w.at.Posts, func(one watched) bool { return one.ID == mark }) {
			w.batch.Poison = append(w.batch.Poison, desk.Poison{Raw: raw, Err: "this post is not in the form that Facebook documents"})
		}
		*all = append(*all, watched{ID: mark})
		return
	}
	same := func(one watched) bool { return one.ID == p.ID }
	if slices.ContainsFunc(*all, same) {
		return
	}
	one := watched{ID: p.ID}
	if i := slices.IndexFunc(w.at.Posts, same); i >= 0 {
		one = w.at.Posts[i]
	} else if old := w.c.now().Add(-w.c.opt.History.Std()); p.Created.Before(old) && p.Updated.Before(old) {
		return
	}
	m := p.mention(w.at.Page, w.c.now())
	if digest := m.Digest()[:8]; digest != one.Said {
		one.Said = digest
		w.batch.Mentions = append(w.batch.Mentions, m)
	}
	one.post, one.comments = p, edge != "tagged"
	*all = append(*all, one)
}

// comments reads the comments of one post, from the newest down to where the last reading began.
func (w *walk) comments(ctx context.Context, p *watched) error {
	list := connectors.Backward{
		Overlap: overlap, History: w.c.opt.History.Std(), Pages: pagesAPost, Now: w.c.now,
		Page: func(ctx context.Context, token string) (connectors.Page, error) {
			list, err := w.c.graph.List(ctx, graph.Path(p.ID, "comments"), commentQuery("stream"), token)
			if err != nil {
				return connectors.Page{}, err
			}
			out := connectors.Page{Next: list.After}
			for _, raw := range list.Data {
				out.Items = append(out.Items, commentItem(raw, p.ID, w.at.Page, w.c.now()))
			}
			return out, nil
		},
	}
	b, err := list.Poll(ctx, connectors.Cursor(p.At))
	w.batch.Mentions = append(w.batch.Mentions, b.Mentions...)
	w.batch.Poison = append(w.batch.Poison, b.Poison...)
	w.batch.More = w.batch.More || b.More
	if b.Next != "" {
		p.At = json.RawMessage(b.Next)
	}
	switch {
	case errors.Is(err, desk.ErrGone), errors.Is(err, desk.ErrNotFound):
		// It was listed a moment ago. When it was removed just now, the next list goes without it.
		return &desk.Transient{Err: fmt.Errorf("reading the comments of a post that was listed: %w", err)}
	case err != nil:
		return err
	}
	if !b.More {
		p.Mark = p.post.mark()
	}
	return nil
}
