package demonet

import (
	"net/http"
	"strconv"
	"strings"
)

// pageLimit is the largest page and batch.
const pageLimit = 100

func (s *server) routeAPI(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v1/accounts", s.answer(s.postAccount))
	mux.HandleFunc("GET /api/v1/me", s.answer(s.getMe))
	mux.HandleFunc("GET /api/v1/posts", s.answer(s.getPosts))
	mux.HandleFunc("POST /api/v1/posts", s.answer(s.postPost))
	mux.HandleFunc("GET /api/v1/posts/{id}", s.answer(s.getPost))
	mux.HandleFunc("PUT /api/v1/posts/{id}", s.answer(s.putPost))
	mux.HandleFunc("DELETE /api/v1/posts/{id}", s.answer(s.deletePost))
	mux.HandleFunc("GET /api/v1/posts/{id}/thread", s.answer(s.getThread))
	mux.HandleFunc("GET /api/v1/changes", s.answer(s.getChanges))
	mux.HandleFunc("/api/", s.answer(func(*http.Request) (int, any, error) {
		return 0, nil, refuse(http.StatusNotFound, "no_endpoint", "There is nothing here; see the documentation of the API.")
	}))
}

func (s *server) getMe(r *http.Request) (int, any, error) {
	handle, err := s.writer(r)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, showAccount(r, s.net.account(handle)), nil
}

func (s *server) getPosts(r *http.Request) (int, any, error) {
	viewer, err := s.reader(r)
	if err != nil {
		return 0, nil, err
	}
	form := r.URL.Query()
	if form.Has("ids") {
		return s.getBatch(r, strings.Split(form.Get("ids"), ","), viewer)
	}
	limit, err := number(form.Get("limit"), "limit", 20, 1, pageLimit)
	if err != nil {
		return 0, nil, err
	}
	head := s.net.Head() // before the posts: a change between the two is told again rather than lost
	posts, more := s.net.List(Query{
		Any: form["q"], Parent: form.Get("parent"), Author: form.Get("author"),
		MinID: form.Get("min_id"), MaxID: form.Get("max_id"), Limit: limit, Viewer: viewer,
	})
	return http.StatusOK, map[string]any{"posts": s.showAll(r, posts), "more": more, "changes": head, "now": s.net.now().UTC()}, nil
}

func (s *server) getBatch(r *http.Request, ids []string, viewer string) (int, any, error) {
	if len(ids) > pageLimit {
		return 0, nil, refuse(http.StatusBadRequest, "too_many", "At most 100 ids at a time.")
	}
	posts, gone := []view{}, []string{}
	for _, id := range ids {
		p, err := s.net.Get(id, viewer)
		switch {
		case err == nil:
			posts = append(posts, s.show(r, p))
		case status(err) == http.StatusGone:
			gone = append(gone, id)
		}
	}
	return http.StatusOK, map[string]any{"posts": posts, "gone": gone}, nil
}

func (s *server) getPost(r *http.Request) (int, any, error) {
	viewer, err := s.reader(r)
	if err != nil {
		return 0, nil, err
	}
	p, err := s.net.Get(r.PathValue("id"), viewer)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.show(r, p), nil
}

func (s *server) getThread(r *http.Request) (int, any, error) {
	viewer, err := s.reader(r)
	if err != nil {
		return 0, nil, err
	}
	posts, err := s.net.Thread(r.PathValue("id"), viewer)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, map[string]any{"posts": s.showAll(r, posts)}, nil
}

func (s *server) getChanges(r *http.Request) (int, any, error) {
	viewer, err := s.reader(r)
	if err != nil {
		return 0, nil, err
	}
	form := r.URL.Query()
	limit, err := number(form.Get("limit"), "limit", 20, 1, pageLimit)
	if err != nil {
		return 0, nil, err
	}
	after, err := number(form.Get("min"), "min", 0, 0, 1<<40)
	if err != nil {
		return 0, nil, err
	}
	changes, next, more := s.net.Changes(int64(after), form["q"], limit, viewer)
	shown := make([]changeView, 0, len(changes))
	for _, c := range changes {
		v := changeView{N: c.N, What: c.What, ID: c.ID, At: c.At}
		if p, err := s.net.Get(c.ID, viewer); c.What != "deleted" && err == nil {
			post := s.show(r, p)
			v.Post = &post
		}
		shown = append(shown, v)
	}
	return http.StatusOK, map[string]any{"changes": shown, "more": more, "next": next}, nil
}

// number reads a parameter within its bounds.
func number(s, name string, absent, low, high int) (int, error) {
	if s == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < low || n > high {
		return 0, refuse(http.StatusBadRequest, "bad_parameter",
			name+" must be a number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high)+".")
	}
	return n, nil
}
