package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

// errSignIn sends somebody to the sign-in and back.
var errSignIn = errors.New("sign in first")

// errorPage says what happened, what is safe, and one next step.
type errorPage struct {
	base
	Status int
	Icon   string
	Head   string
	Text   string
	Said   string // the sentence that came with the error
	Code   string
	Back   string
	Login  bool
	Kept   string // what the person wrote and the desk did not store
}

// unsaved is an error about words that are nowhere but in the form: the page gives them back.
type unsaved struct {
	error
	words string
}

func (u *unsaved) Unwrap() error { return u.error }

// statusOf maps what callers may act on to what browsers understand.
func statusOf(err error) int {
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, errTooMany):
		return http.StatusTooManyRequests
	case errors.Is(err, desk.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, desk.ErrDenied):
		return http.StatusForbidden
	case errors.Is(err, desk.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, desk.ErrInvalid):
		return http.StatusUnprocessableEntity
	case errors.Is(err, context.Canceled):
		return 499 // the browser went away
	}
	return http.StatusInternalServerError
}

// fail is the one place that turns an error into a page. Only a fault of ours is logged, under a code that the page shows.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, v *visitor, err error) {
	if rec, ok := w.(*recorder); ok && rec.status != 0 {
		return // the answer has begun; there is nothing left to say
	}
	if v == nil {
		v = s.stranger(r)
	}
	if errors.Is(err, errSignIn) {
		s.toLogin(w, r)
		return
	}
	p := errorPage{Status: statusOf(err), Back: "/board"}
	p.Code = codeOf(p.Status)
	if p.Status == http.StatusInternalServerError {
		p.Code = newCode()
		s.opt.Log.Error("page failed", slog.String("code", p.Code), slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("err", err))
	} else {
		p.Said = sentence(err)
	}
	if u, ok := errors.AsType[*unsaved](err); ok {
		p.Kept = u.words
	}
	p.fill(s, r, v)
	if wantsPiece(r) {
		http.Error(w, strings.TrimSpace(p.Head+" "+p.Said), p.Status)
		return
	}
	if err := s.render(w, r, v, p.Status, "error", "frame", &p); err != nil {
		s.opt.Log.Error("error page failed", slog.Any("err", err))
		http.Error(w, "The desk could not show this page. Code: "+p.Code, http.StatusInternalServerError)
	}
}

func (p *errorPage) fill(s *Server, r *http.Request, v *visitor) {
	p.base = s.solo(v, v.lang.T("error."+p.key()+".head"))
	p.Head, p.Text = p.Title, v.lang.T("error."+p.key()+".text")
	p.Icon = map[string]string{"404": "search", "403": "lock", "409": "merge", "429": "clock"}[p.key()]
	if p.Icon == "" {
		p.Icon = "alert"
	}
	p.Login = v.user == nil
	if back, err := url.Parse(r.Referer()); err == nil && back.Host == r.Host && strings.HasPrefix(back.Path, "/") && !strings.HasPrefix(back.Path, "//") {
		p.Back = back.RequestURI()
	}
}

func (p *errorPage) key() string {
	switch p.Status {
	case 403, 404, 409, 413, 422, 429:
		return codeOf(p.Status)
	}
	return "500"
}

func codeOf(status int) string {
	return string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)})
}

// sentence returns what an error of the domain says for people: the innermost message that carries one.
func sentence(err error) string {
	for e := err; e != nil; e = errors.Unwrap(e) {
		next := errors.Unwrap(e)
		for _, kind := range []error{desk.ErrConflict, desk.ErrInvalid, desk.ErrDenied} {
			if next == kind {
				return e.Error()
			}
		}
	}
	return ""
}

func newCode() string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	return strings.ToUpper(hex.EncodeToString(b[:]))
}

// toLogin sends the browser to the sign-in. A page comes back afterwards; a form does not, its words would be lost on the way.
func (s *Server) toLogin(w http.ResponseWriter, r *http.Request) {
	if wantsPiece(r) || r.Header.Get("Accept") == "text/event-stream" {
		http.Error(w, "sign in first", http.StatusUnauthorized)
		return
	}
	to := "/login"
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// nothing is every path that is not in the table.
func (s *Server) nothing(http.ResponseWriter, *http.Request, *visitor) error { return desk.ErrNotFound }

// asSentence lets an error of a source stand beside others of ours: it begins with a capital and ends with a mark.
func asSentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	s = string(unicode.ToUpper(first)) + s[size:]
	if strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
