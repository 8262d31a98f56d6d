package web

import (
	"fmt"
	"net/http"
	"net/mail"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// usersPage lists who works here, and shows a fresh invitation once.
type usersPage struct {
	base
	Users  []userView
	Roles  []option
	Invite string // address to hand over; shown only in the answer that made it
	For    string
}

type userView struct {
	desk.User
	Initials string
	Avatar   int
	Self     bool
	Pending  bool // no password yet
}

func (s *Server) users(w http.ResponseWriter, r *http.Request, v *visitor) error {
	p, err := s.usersPage(r, v)
	if err != nil {
		return err
	}
	return s.page(w, r, v, "users", p)
}

func (s *Server) usersPage(r *http.Request, v *visitor) (*usersPage, error) {
	b, err := s.base(r, v, "users", v.lang.T("users.title"))
	if err != nil {
		return nil, err
	}
	p := &usersPage{base: b}
	list, err := s.opt.Store.ListUsers(r.Context())
	if err != nil {
		return nil, fmt.Errorf("listing users: %w", err)
	}
	for _, u := range list {
		m := meOf(&u)
		p.Users = append(p.Users, userView{User: u, Initials: m.Initials, Avatar: m.Avatar, Self: u.ID == v.user.ID, Pending: u.Hash == ""})
	}
	for _, role := range desk.Roles() {
		p.Roles = append(p.Roles, option{string(role), v.lang.T("role." + string(role))})
	}
	return p, nil
}

func (s *Server) addUser(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	u := desk.User{Name: strings.TrimSpace(r.PostForm.Get("name")), Email: strings.ToLower(strings.TrimSpace(r.PostForm.Get("email")))}
	if a, err := mail.ParseAddress(u.Email); err != nil || a.Address != u.Email {
		return desk.Invalidf("%s", v.lang.T("users.badEmail", "email", u.Email))
	}
	if err := readRights(r, v, &u); err != nil {
		return err
	}
	u, secret, err := s.opt.Work.AddUser(r.Context(), v.user, u)
	if err != nil {
		return fmt.Errorf("adding a user: %w", err)
	}
	return s.showInvite(w, r, v, u.Email, secret)
}

func (s *Server) reinvite(w http.ResponseWriter, r *http.Request, v *visitor) error {
	u, err := s.opt.Store.User(r.Context(), desk.UserID(r.PathValue("user")))
	if err != nil {
		return fmt.Errorf("reading a user: %w", err)
	}
	secret, err := s.opt.Work.Invite(r.Context(), v.user, u.ID)
	if err != nil {
		return fmt.Errorf("inviting: %w", err)
	}
	return s.showInvite(w, r, v, u.Email, secret)
}

// showInvite answers the POST itself instead of redirecting: the secret must stand in no address and is stored nowhere.
func (s *Server) showInvite(w http.ResponseWriter, r *http.Request, v *visitor, email string, secret desk.Secret) error {
	p, err := s.usersPage(r, v)
	if err != nil {
		return err
	}
	p.Invite, p.For = s.baseURL(r)+"/invite/"+secret.Reveal(), email
	return s.page(w, r, v, "users", p)
}

func (s *Server) baseURL(r *http.Request) string {
	if s.opt.BaseURL != "" {
		return strings.TrimSuffix(s.opt.BaseURL, "/")
	}
	scheme := "http"
	if s.opt.Secure || r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func (s *Server) changeUser(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	u, err := s.opt.Store.User(r.Context(), desk.UserID(r.PathValue("user")))
	if err != nil {
		return fmt.Errorf("reading a user: %w", err)
	}
	if name := strings.TrimSpace(r.PostForm.Get("name")); name != "" {
		u.Name = name
	}
	if err := readRights(r, v, &u); err != nil {
		return err
	}
	u.Disabled = r.PostForm.Get("disabled") != ""
	if err := s.opt.Work.ChangeUser(r.Context(), v.user, u); err != nil {
		return fmt.Errorf("changing a user: %w", err)
	}
	http.Redirect(w, r, "/users?did=saved", http.StatusSeeOther)
	return nil
}

// readRights reads role and brands of a form.
func readRights(r *http.Request, v *visitor, u *desk.User) error {
	u.Role = desk.Role(r.PostForm.Get("role"))
	if !slices.Contains(desk.Roles(), u.Role) {
		return desk.Invalidf("%s", v.lang.T("users.badRole", "role", string(u.Role)))
	}
	u.Brands = nil
	for b := range strings.FieldsFuncSeq(r.PostForm.Get("brands"), func(c rune) bool { return c == ',' || c == ' ' }) {
		u.Brands = append(u.Brands, b)
	}
	return nil
}

// settingsPage is a person's own choices.
type settingsPage struct {
	base
	Locale  string
	Locales []option
	Email   string
}

func (s *Server) settings(w http.ResponseWriter, r *http.Request, v *visitor) error {
	b, err := s.base(r, v, "settings", v.lang.T("settings.title"))
	if err != nil {
		return err
	}
	p := settingsPage{base: b, Locale: v.user.Locale, Email: v.user.Email}
	for _, code := range sortedKeys(s.langs) {
		p.Locales = append(p.Locales, option{code, s.langs[code].T("language.own")})
	}
	return s.page(w, r, v, "settings", &p)
}

func (s *Server) saveSettings(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	locale, theme, density := r.PostForm.Get("locale"), r.PostForm.Get("theme"), r.PostForm.Get("density")
	if locale != "" && s.langs[locale] == nil || !slices.Contains([]string{"", "light", "dark"}, theme) || !slices.Contains([]string{"", "comfortable"}, density) {
		return desk.Invalidf("%s", v.lang.T("settings.bad"))
	}
	if err := s.opt.Store.SavePreferences(r.Context(), v.user.ID, locale, theme, density); err != nil {
		return fmt.Errorf("saving preferences: %w", err)
	}
	http.Redirect(w, r, "/settings?did=saved", http.StatusSeeOther)
	return nil
}
