package demonet

import (
	"net/http"
	"time"
)

func (s *server) routeControl(mux *http.ServeMux) {
	mux.HandleFunc("GET /control/posts", s.answer(func(*http.Request) (int, any, error) {
		return http.StatusOK, map[string]any{"posts": s.net.All()}, nil
	}))
	mux.HandleFunc("GET /control/counters", s.answer(func(*http.Request) (int, any, error) {
		return http.StatusOK, s.net.Counters(), nil
	}))
	mux.HandleFunc("GET /control/moods", s.answer(func(*http.Request) (int, any, error) {
		return http.StatusOK, s.net.Moods(), nil
	}))
	mux.HandleFunc("PUT /control/moods", s.answer(s.putMoods))
	mux.HandleFunc("POST /control/accounts", s.answer(s.controlAccount))
	mux.HandleFunc("POST /control/posts", s.answer(s.controlPost))
	mux.HandleFunc("POST /control/edit", s.answer(s.order(func(o order) error {
		_, err := s.net.Edit(s.net.authorOf(o.ID), o.ID, o.Text)
		return err
	})))
	mux.HandleFunc("POST /control/remove", s.answer(s.order(func(o order) error {
		return s.net.Delete(s.net.authorOf(o.ID), o.ID)
	})))
	mux.HandleFunc("POST /control/lock", s.answer(s.order(func(o order) error { return s.net.Lock(o.ID, o.Locked) })))
	mux.HandleFunc("POST /control/approve", s.answer(s.order(func(o order) error { return s.net.Moderate(o.ID, true) })))
	mux.HandleFunc("POST /control/reject", s.answer(s.order(func(o order) error { return s.net.Moderate(o.ID, false) })))
}

// order is what the control API is told to do with a post.
type order struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Locked bool   `json:"locked"`
}

func (s *server) order(do func(order) error) handler {
	return func(r *http.Request) (int, any, error) {
		var o order
		if err := read(r, &o); err != nil {
			return 0, nil, err
		}
		if err := do(o); err != nil {
			return 0, nil, err
		}
		return http.StatusNoContent, nil, nil
	}
}

func (s *server) putMoods(r *http.Request) (int, any, error) {
	var m Moods
	if err := read(r, &m); err != nil {
		return 0, nil, err
	}
	if err := m.Check(); err != nil {
		return 0, nil, refuse(http.StatusUnprocessableEntity, "bad_moods", err.Error())
	}
	if err := s.net.SetMoods(m); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.net.Moods(), nil
}

func (s *server) controlAccount(r *http.Request) (int, any, error) {
	var in struct {
		Handle    string `json:"handle"`
		Name      string `json:"name"`
		Followers int64  `json:"followers"`
		Token     string `json:"token"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	a, token, err := s.net.Join(Account{Handle: in.Handle, Name: in.Name, Followers: in.Followers}, in.Token)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"account": showAccount(r, a), "token": token}, nil
}

func (s *server) controlPost(r *http.Request) (int, any, error) {
	var in struct {
		Handle    string    `json:"handle"`
		Text      string    `json:"text"`
		Parent    string    `json:"parent"`
		Language  string    `json:"language"`
		CreatedAt time.Time `json:"created_at"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	p, _, err := s.net.Publish(in.Handle, Draft{
		Text: in.Text, Parent: in.Parent, Language: in.Language, CreatedAt: in.CreatedAt,
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, s.show(r, p), nil
}

// authorOf returns who wrote a post; "" when there is none.
func (n *Network) authorOf(id string) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if p := n.byID[id]; p != nil {
		return p.Author
	}
	return ""
}
