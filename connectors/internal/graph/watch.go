package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	postsAPoll = 10 // whose comments are read before the batch is stored
	pagesAPost = 3  // of comments, likewise

	// LookAnyhow is after how many polls the comments of a post are read although nothing seems to have happened.
	LookAnyhow = 20
)

// Watch reads the comments of posts. The API has no list of all comments, so the newest posts are listed, and comments are read where
// something happened.
type Watch struct {
	Client   *Client
	Owner    func(ctx context.Context) (Owner, error) // asked once; the cursor keeps it
	Posts    func(ctx context.Context, me Owner) ([]Post, error)
	Comments func(ctx context.Context, me Owner, p Post, after string) (connectors.Page, error) // newest first

	Overlap time.Duration // looked at again by every reading of a post's comments
	History time.Duration // what is older when a post is first seen is left alone
	Now     func() time.Time
}

// Owner is whose token it is.
type Owner struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Post is one whose comments are read.
type Post struct {
	ID     string
	Mark   string         // changes when something happens under it
	Latest time.Time      // when something last happened, as far as the network says
	Tell   []desk.Mention // itself
	Poison *desk.Poison   // instead, when it could not be read
	Closed bool           // its comments are not for us
	Link   string         // where a person reads it, for networks whose comments have no address of their own
}

// watchPlace is what a cursor holds.
type watchPlace struct {
	Me    Owner     `json:"me,omitzero"`
	Polls uint32    `json:"polls,omitempty"`
	Posts []watched `json:"posts,omitempty"`
}

// watched is what a cursor holds of a post.
type watched struct {
	ID   string          `json:"i"`
	Mark string          `json:"m,omitempty"` // when its comments were last read to the end
	Said string          `json:"s,omitempty"` // digest of its wording as told
	At   json.RawMessage `json:"c,omitempty"` // cursor of its comments

	post Post
}

// Poll is that of a [connectors.Connector].
func (w Watch) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	var at watchPlace
	if err := since.Resume(&at); err != nil {
		return connectors.Batch{Next: since}, err
	}
	var b connectors.Batch
	err := w.walk(ctx, &at, &b)
	b.Wait = w.Client.Wait()
	return b.At(at, since, err)
}

func (w Watch) walk(ctx context.Context, at *watchPlace, b *connectors.Batch) error {
	if at.Me.ID == "" {
		me, err := w.Owner(ctx)
		if err != nil {
			return err
		}
		at.Me = me
	}
	posts, err := w.Posts(ctx, at.Me)
	if err != nil {
		return err
	}
	w.list(at, posts, b)
	at.Polls++
	read := 0
	for i := range at.Posts {
		p := &at.Posts[i]
		if p.post.Poison != nil || p.post.Closed || p.Mark == p.post.Mark && (w.old(p.post) || !turn(at.Polls, p.ID)) {
			continue
		}
		if read == postsAPoll || w.Client.Wait() > 0 {
			b.More = true
			return nil
		}
		read++
		if err := w.comments(ctx, at.Me, p, b); err != nil {
			return err
		}
	}
	return nil
}

// turn spreads the posts that are read anyhow over the polls.
func turn(polls uint32, id string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return (polls+h.Sum32())%LookAnyhow == 0
}

// list tells posts that are new or read otherwise, and keeps what is known of those that are listed.
func (w Watch) list(at *watchPlace, posts []Post, b *connectors.Batch) {
	var all []watched
	for _, p := range posts {
		same := func(one watched) bool { return one.ID == p.ID }
		if slices.ContainsFunc(all, same) {
			continue // it stands in two lists
		}
		one, known := watched{ID: p.ID}, false
		if i := slices.IndexFunc(at.Posts, same); i >= 0 {
			one, known = at.Posts[i], true
		}
		said := ""
		if len(p.Tell) > 0 {
			said = p.Tell[0].Digest()[:8]
		}
		switch {
		case p.Poison != nil && !known:
			b.Poison = append(b.Poison, *p.Poison)
		case !known && w.old(p):
			one.Mark = p.Mark // only what happens from now on counts
		case said != one.Said:
			b.Mentions = append(b.Mentions, p.Tell...)
		}
		one.Said, one.post = said, p
		all = append(all, one)
	}
	at.Posts = all
}

// old tells a post on which nothing happened for long, as far as the network says.
func (w Watch) old(p Post) bool { return p.Latest.Before(w.Now().Add(-w.History)) }

// comments reads the comments of one post, from the newest down to where the last reading began.
func (w Watch) comments(ctx context.Context, me Owner, p *watched, b *connectors.Batch) error {
	list := connectors.Backward{
		Overlap: w.Overlap, History: w.History, Pages: pagesAPost, Now: w.Now,
		Page: func(ctx context.Context, token string) (connectors.Page, error) {
			return w.Comments(ctx, me, p.post, token)
		},
	}
	found, err := list.Poll(ctx, connectors.Cursor(p.At))
	b.Mentions = append(b.Mentions, found.Mentions...)
	b.Poison = append(b.Poison, found.Poison...)
	b.More = b.More || found.More
	if found.Next != "" {
		p.At = json.RawMessage(found.Next)
	}
	switch {
	case connectors.Missing(err):
		// It was listed a moment ago. When it was removed just now, the next list goes without it.
		return &desk.Transient{Err: fmt.Errorf("reading the comments of a post that was listed: %w", err)}
	case err != nil:
		return err
	}
	if !found.More {
		p.Mark = p.post.Mark
	}
	return nil
}

// Mark stands for the id of what cannot be read.
func Mark(raw []byte) string {
	h := fnv.New32a()
	_, _ = h.Write(raw)
	return "!" + strconv.FormatUint(uint64(h.Sum32()), 36)
}
