package demonet

import (
	"errors"
	"net/http"
	"time"
)

// author and view are accounts and posts as the API shows them.
type author struct {
	ID        string `json:"id"`
	Handle    string `json:"handle"`
	Name      string `json:"name"`
	Followers int64  `json:"followers"`
	URL       string `json:"url"`
}

type view struct {
	ID        string    `json:"id"`
	Parent    string    `json:"parent,omitempty"`
	Thread    string    `json:"thread"`
	Author    author    `json:"author"`
	Text      string    `json:"text"`
	Language  string    `json:"language,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	EditedAt  time.Time `json:"edited_at,omitzero"`
	Version   int       `json:"version"`
	State     State     `json:"state"`
	Locked    bool      `json:"locked"`
	Likes     int64     `json:"likes"`
	Shares    int64     `json:"shares"`
	Replies   int64     `json:"replies"`
	URL       string    `json:"url"`
}

type changeView struct {
	N    int64     `json:"n"`
	What string    `json:"what"`
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
	Post *view     `json:"post,omitempty"`
}

// showAccount gives an account the addresses under which the request reached the network.
func showAccount(r *http.Request, a Account) author {
	return author{ID: a.ID, Handle: a.Handle, Name: a.Name, Followers: a.Followers, URL: origin(r) + "/@" + a.Handle}
}

func (s *server) showAll(r *http.Request, posts []Post) []view {
	views := make([]view, 0, len(posts))
	for _, p := range posts {
		views = append(views, s.show(r, p))
	}
	return views
}

func (s *server) show(r *http.Request, p Post) view {
	return view{
		ID: p.ID, Parent: p.Parent, Thread: p.Thread, Author: showAccount(r, s.net.account(p.Author)), Text: p.Text,
		Language: p.Language, CreatedAt: p.CreatedAt, EditedAt: p.EditedAt, Version: p.Version, State: p.State,
		Locked: s.net.locked(p.Thread), Likes: p.Likes, Shares: p.Shares, Replies: p.Replies,
		URL: origin(r) + "/@" + p.Author + "/" + p.ID,
	}
}

// origin is how the caller calls the network; the network itself does not know its name.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// status returns the HTTP status of a refusal, 500 for every other error.
func status(err error) int {
	var no *Refusal
	if errors.As(err, &no) {
		return no.Status
	}
	return http.StatusInternalServerError
}

func (n *Network) locked(thread string) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	root := n.byID[thread]
	return root != nil && root.Locked
}
