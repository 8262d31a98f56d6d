package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/earshotdesk/earshot/internal/desk"
)

// maxHashing is how many passwords are hashed at once: each takes 19 MiB and a core for some 20 ms.
const maxHashing = 2

// minPassword is the shortest password, in characters (NIST SP 800-63B asks for 8 at least; a desk speaks for a company).
const minPassword = 10

// decoy is compared with when there is no such user; nobody has its password.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$TXAfbR7LyyVRelwT6avZCw$RzX1EcMJBlU50OGmzDMhgKZM1tE9+fbAagMzWOY2Utc"

// params of argon2id as OWASP recommends them: 19 MiB, 2 passes, 1 lane.
func params() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// HashPassword returns the hash under which a password is stored.
func HashPassword(password string) (string, error) { return argon2id.CreateHash(password, params()) }

// hash waits for its turn, so that a crowd at the door cannot take the machine's memory.
func (s *Server) hash(ctx context.Context, password string) (string, error) {
	if err := s.turn(ctx); err != nil {
		return "", err
	}
	defer func() { <-s.hashing }()
	return HashPassword(password)
}

func (s *Server) compare(ctx context.Context, password, hash string) (bool, error) {
	if err := s.turn(ctx); err != nil {
		return false, err
	}
	defer func() { <-s.hashing }()
	runtime.Gosched()
	return argon2id.ComparePasswordAndHash(password, hash)
}

func (s *Server) turn(ctx context.Context) error {
	select {
	case s.hashing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting to check a password: %w", ctx.Err())
	}
}

// loginPage is the sign-in.
type loginPage struct {
	base
	Email string
	Next  string
	Out   bool
	Err   string
}

func (s *Server) loginForm(w http.ResponseWriter, r *http.Request, v *visitor) error {
	q := r.URL.Query()
	if v.user != nil {
		http.Redirect(w, r, localPath(q.Get("next")), http.StatusSeeOther)
		return nil
	}
	p := loginPage{base: s.solo(v, v.lang.T("login.title")), Next: q.Get("next"), Out: q.Get("out") != ""}
	return s.page(w, r, v, "login", &p)
}

func (s *Server) login(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	email := strings.ToLower(strings.TrimSpace(r.PostForm.Get("email")))
	if err := s.doors.enter(clientOf(r), email); err != nil {
		w.Header().Set("Retry-After", "60")
		return err
	}
	user, ok, err := s.check(r.Context(), email, r.PostForm.Get("password"))
	if err != nil {
		return err
	}
	if !ok {
		p := loginPage{base: s.solo(v, v.lang.T("login.title")), Email: email, Next: r.PostForm.Get("next"), Err: v.lang.T("login.wrong")}
		return s.render(w, r, v, http.StatusUnauthorized, "login", "frame", &p)
	}
	s.doors.forget(email)
	if err := s.begin(w, r, user.ID, r.PostForm.Get("keep") != ""); err != nil {
		return err
	}
	http.Redirect(w, r, localPath(r.PostForm.Get("next")), http.StatusSeeOther)
	return nil
}

// check compares a password in the same time whether or not there is such a user, so that the door does not tell who works here.
func (s *Server) check(ctx context.Context, email, password string) (desk.User, bool, error) {
	user, err := s.opt.Store.UserByEmail(ctx, email)
	known := err == nil && user.Hash != "" && !user.Disabled
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return user, false, fmt.Errorf("looking up a user: %w", err)
	}
	hash := decoy
	if known {
		hash = user.Hash
	}
	match, err := s.compare(ctx, password, hash)
	if err != nil {
		return user, false, fmt.Errorf("checking a password: %w", err)
	}
	return user, match && known, nil
}

// localPath keeps redirects inside the desk.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/board"
	}
	return next
}

// invitePage sets a first password.
type invitePage struct {
	base
	Secret, Email, Name string
	Min                 int
	Err                 string
}

func (s *Server) inviteForm(w http.ResponseWriter, r *http.Request, v *visitor) error {
	p, err := s.invitation(r, v)
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer") // the secret is in the address
	return s.page(w, r, v, "invite", p)
}

func (s *Server) invitation(r *http.Request, v *visitor) (*invitePage, error) {
	secret := r.PathValue("secret")
	_, user, err := s.opt.Store.PeekToken(r.Context(), desk.TokenInvite, hashOf(secret), s.opt.Now())
	if err != nil {
		return nil, fmt.Errorf("reading an invitation: %w", err)
	}
	return &invitePage{base: s.solo(v, v.lang.T("invite.title")), Secret: secret, Email: user.Email, Name: user.Name, Min: minPassword}, nil
}

func (s *Server) acceptInvite(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	p, err := s.invitation(r, v)
	if err != nil {
		return err
	}
	password, again := r.PostForm.Get("password"), r.PostForm.Get("again")
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		p.Err = v.lang.T("invite.short", "n", minPassword)
	case len(password) > 1024:
		p.Err = v.lang.T("invite.long")
	case password != again:
		p.Err = v.lang.T("invite.differ")
	}
	if p.Err != "" {
		return s.render(w, r, v, http.StatusUnprocessableEntity, "invite", "frame", p)
	}
	hash, err := s.hash(r.Context(), password)
	if err != nil {
		return fmt.Errorf("hashing a password: %w", err)
	}
	user, err := s.opt.Store.AcceptInvite(r.Context(), hashOf(p.Secret), hash, s.opt.Now())
	if err != nil {
		return fmt.Errorf("accepting an invitation: %w", err)
	}
	if err := s.begin(w, r, user.ID, false); err != nil {
		return err
	}
	http.Redirect(w, r, "/board", http.StatusSeeOther)
	return nil
}

// badForm says that a form could not be read; one that is too long keeps its own meaning.
func badForm(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return err
	}
	return desk.Invalidf("The form could not be read. Nothing was changed.")
}
