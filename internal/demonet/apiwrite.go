package demonet

import "net/http"

func (s *server) postAccount(r *http.Request) (int, any, error) {
	var in struct {
		Handle    string `json:"handle"`
		Name      string `json:"name"`
		Followers int64  `json:"followers"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	a, token, err := s.net.SignUp(Account{Handle: in.Handle, Name: in.Name, Followers: in.Followers})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, map[string]any{"account": showAccount(r, a), "token": token}, nil
}

func (s *server) postPost(r *http.Request) (int, any, error) {
	handle, err := s.writer(r)
	if err != nil {
		return 0, nil, err
	}
	var in struct {
		Text     string `json:"text"`
		Parent   string `json:"parent"`
		Language string `json:"language"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	p, replayed, err := s.net.Publish(handle, Draft{
		Text: in.Text, Parent: in.Parent, Language: in.Language, Key: r.Header.Get("Idempotency-Key"), Guest: true,
	})
	switch {
	case err != nil:
		return 0, nil, err
	case replayed:
		s.net.fate.note("replayed")
		return http.StatusOK, s.show(r, p), nil
	}
	return http.StatusCreated, s.show(r, p), nil
}

func (s *server) putPost(r *http.Request) (int, any, error) {
	handle, err := s.writer(r)
	if err != nil {
		return 0, nil, err
	}
	var in struct {
		Text string `json:"text"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	p, err := s.net.Edit(handle, r.PathValue("id"), in.Text)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.show(r, p), nil
}

func (s *server) deletePost(r *http.Request) (int, any, error) {
	handle, err := s.writer(r)
	if err != nil {
		return 0, nil, err
	}
	if err := s.net.Delete(handle, r.PathValue("id")); err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, nil
}
