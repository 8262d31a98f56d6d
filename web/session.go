package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// A session lasts half a day after the last use, or 30 days when the person asked to stay signed in on this computer.
const (
	sessionShort = 12 * time.Hour
	sessionLong  = 30 * 24 * time.Hour
)

func (s *Server) cookieName() string {
	if s.opt.Secure {
		return "__Host-earshot"
	}
	return "earshot"
}

// newSecret returns 256 random bits as text and the hash under which the store keeps them.
func newSecret() (secret, hash string) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // documented never to fail
	secret = base64.RawURLEncoding.EncodeToString(b[:])
	return secret, hashOf(secret)
}

// hashOf is how secrets of ours are kept. They are random and long, so a fast hash is enough.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// visit finds out who asks and whether they may do the act.
func (s *Server) visit(r *http.Request, act Act) (*visitor, error) {
	v := s.stranger(r)
	c, err := r.Cookie(s.cookieName())
	if err != nil || strings.HasPrefix(r.URL.Path, "/assets/") {
		return v, need(v, act)
	}
	v.session = hashOf(c.Value)
	now := s.opt.Now()
	sess, user, err := s.opt.Store.Session(r.Context(), v.session, now)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return v, need(v, act)
	case err != nil:
		return v, fmt.Errorf("reading the session: %w", err)
	}
	v.user = &user
	v.lang = s.langOf(user.Locale, r)
	if err := s.prolong(r, sess, now); err != nil {
		return v, err
	}
	return v, need(v, act)
}

// prolong moves the end of a short session while it is used, at most every half hour.
func (s *Server) prolong(r *http.Request, sess desk.Session, now time.Time) error {
	left := sess.Expires.Sub(now)
	if left > sessionShort-30*time.Minute {
		return nil
	}
	sess.Expires = now.Add(sessionShort)
	if err := s.opt.Store.SaveSession(r.Context(), sess); err != nil {
		return fmt.Errorf("keeping the session: %w", err)
	}
	return nil
}

func need(v *visitor, act Act) error {
	switch {
	case v.may(act):
		return nil
	case v.user == nil:
		return errSignIn
	}
	return desk.Deniedf("%s", v.lang.T("error.act."+string(act)))
}

// stranger is somebody not signed in, in the language of the browser.
func (s *Server) stranger(r *http.Request) *visitor { return &visitor{lang: s.langOf("", r)} }

// langOf picks the person's language, else the first the browser asks for that there is a catalogue of.
func (s *Server) langOf(own string, r *http.Request) *Lang {
	if l := s.langs[own]; l != nil {
		return l
	}
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		code, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if l := s.langs[code]; l != nil {
			return l
		}
	}
	return s.langs["en"]
}

// begin signs somebody in on this browser.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, user desk.UserID, keep bool) error {
	secret, hash := newSecret()
	now := s.opt.Now()
	sess := desk.Session{Hash: hash, User: user, Created: now, Expires: now.Add(sessionShort)}
	c := &http.Cookie{Name: s.cookieName(), Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.opt.Secure}
	if keep {
		sess.Expires = now.Add(sessionLong)
		c.MaxAge = int(sessionLong / time.Second)
	}
	if err := s.opt.Store.SaveSession(r.Context(), sess); err != nil {
		return fmt.Errorf("beginning a session: %w", err)
	}
	http.SetCookie(w, c)
	return nil
}

// logout ends the session on this browser.
func (s *Server) logout(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if v.session != "" {
		if err := s.opt.Store.DeleteSession(r.Context(), v.session); err != nil {
			return fmt.Errorf("ending the session: %w", err)
		}
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.opt.Secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/login?out=1", http.StatusSeeOther)
	return nil
}
