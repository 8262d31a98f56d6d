package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Accounts connects accounts to their networks. Errors that wrap ErrInvalid or ErrDenied, and those that pass by themselves, carry a
// sentence.
type Accounts interface {
	// Connect returns the address of the network's page where a person consents, or "" when the account needed nobody's consent and is
	// connected now. by is who must come back to redirect.
	Connect(ctx context.Context, actor *desk.User, by, account, redirect string) (string, error)
	// Finish takes what the browser brought back to the redirect address, and names the account.
	Finish(ctx context.Context, actor *desk.User, by string, back url.Values) (string, error)
	// Disconnect forgets what the desk keeps for an account.
	Disconnect(ctx context.Context, actor *desk.User, account string) error
}

// accountsPage says whose the accounts are, what they may do and which need a person.
type accountsPage struct {
	base
	Accounts []accountRow
	Care     []accountRow // said at the top
	Redirect string       // to be copied into the form of a network
	NoURL    bool         // desk.url is not set
	Manage   bool
	Problem  string // what went wrong just now
}

// accountRow is one account as people need it.
type accountRow struct {
	desk.AccountState
	Net   network
	State string // message key: ok, token, missing, week, day, over, refused
	Left  time.Duration
	Act   string // message key of what connects it; empty when there is nothing to connect
	Drops bool   // there is something to forget
}

func (s *Server) accountRow(a *desk.AccountState) accountRow {
	now := s.opt.Now()
	row := accountRow{AccountState: *a, Net: s.networkOf(a.Site), State: string(a.Stage(now)), Left: a.ExpiresAt.Sub(now)}
	connected := !a.Connected.IsZero()
	switch {
	case row.State != "":
	case a.Missing():
		row.State = "missing"
	case connected:
		row.State = "ok"
	default:
		row.State = "token"
	}
	switch {
	case a.Login == desk.LoginConsent && (connected || a.NeedsHuman != ""):
		row.Act = "reconnect"
	case a.Login == desk.LoginConsent:
		row.Act = "connect"
	case a.Login == desk.LoginOpen:
		row.Act = "open"
	case a.NeedsHuman != "":
		row.Act = "retry" // the fixed token was refused; the network may have changed its mind
	}
	row.Drops = connected || a.HasToken
	return row
}

// callbackPath is where networks send the browser back to.
const callbackPath = "/accounts/callback"

func (s *Server) accounts(w http.ResponseWriter, r *http.Request, v *visitor) error {
	return s.showAccounts(w, r, v, http.StatusOK, "")
}

func (s *Server) showAccounts(w http.ResponseWriter, r *http.Request, v *visitor, status int, problem string) error {
	b, err := s.base(r, v, "accounts", v.lang.T("accounts.title"))
	if err != nil {
		return err
	}
	p := accountsPage{base: b, Problem: problem, Manage: s.opt.Accounts != nil && v.may(ActAccounts)}
	p.Redirect, p.NoURL = s.baseURL(r)+callbackPath, s.opt.BaseURL == ""
	list, err := s.opt.Store.ListAccounts(r.Context())
	if err != nil {
		return fmt.Errorf("listing accounts: %w", err)
	}
	for i := range list {
		row := s.accountRow(&list[i])
		p.Accounts = append(p.Accounts, row)
		if ill(row) {
			p.Care = append(p.Care, row)
		}
	}
	slices.SortStableFunc(p.Care, func(a, b accountRow) int { return cmp.Compare(rank(a), rank(b)) })
	return s.render(w, r, v, status, "accounts", "frame", &p)
}

// rank orders the states by how much they ask for a person; -1 is for those that ask for nobody.
func rank(row accountRow) int {
	return slices.Index([]string{"refused", "over", "day", "missing", "week"}, row.State)
}

// accountPage is one account with all that is known of it.
type accountPage struct {
	base
	Account accountRow
	Ill     bool
	Manage  bool
}

func (s *Server) account(w http.ResponseWriter, r *http.Request, v *visitor) error {
	name := r.PathValue("account")
	list, err := s.opt.Store.ListAccounts(r.Context())
	if err != nil {
		return fmt.Errorf("listing accounts: %w", err)
	}
	i := slices.IndexFunc(list, func(a desk.AccountState) bool { return a.Name == name })
	if i < 0 {
		return fmt.Errorf("account %q: %w", name, desk.ErrNotFound)
	}
	b, err := s.base(r, v, "accounts", name)
	if err != nil {
		return err
	}
	row := s.accountRow(&list[i])
	return s.page(w, r, v, "account", &accountPage{base: b, Account: row, Ill: ill(row), Manage: s.opt.Accounts != nil && v.may(ActAccounts)})
}

// ill tells whether an account is to be spoken of at the top of a page.
func ill(row accountRow) bool { return rank(row) >= 0 }

// illAccounts is what the page of sources says of accounts.
type illAccounts struct {
	Names  []string
	Urgent bool // something stands still because of one, or will tomorrow
}

func (s *Server) illAccounts(ctx context.Context) (*illAccounts, error) {
	list, err := s.opt.Store.ListAccounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	var out illAccounts
	for i := range list {
		if row := s.accountRow(&list[i]); ill(row) {
			out.Names, out.Urgent = append(out.Names, row.Name), out.Urgent || rank(row) < rank(accountRow{State: "missing"})
		}
	}
	if out.Names == nil {
		return nil, nil
	}
	return &out, nil
}

// consentPage sends the browser on by a link: the policy lets no form lead to another site, not by a redirect either.
type consentPage struct {
	base
	Account string
	Address string
	Host    string
}

func (s *Server) connectAccount(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if s.opt.Accounts == nil {
		return desk.ErrNotFound
	}
	name := r.PathValue("account")
	address, err := s.opt.Accounts.Connect(r.Context(), v.user, v.session, name, s.baseURL(r)+callbackPath)
	if err != nil {
		return s.accountProblem(w, r, v, err)
	}
	if address == "" {
		http.Redirect(w, r, "/accounts?did=connected", http.StatusSeeOther)
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("connecting %s: its network's page has no address that a browser opens", name)
	}
	b, err := s.base(r, v, "accounts", v.lang.T("consent.title", "account", name))
	if err != nil {
		return err
	}
	return s.page(w, r, v, "consent", &consentPage{base: b, Account: name, Address: address, Host: u.Host})
}

// accountCallback changes something by GET, as the standard has it; the state, which works once and for whoever began, guards it.
func (s *Server) accountCallback(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if s.opt.Accounts == nil {
		return desk.ErrNotFound
	}
	if _, err := s.opt.Accounts.Finish(r.Context(), v.user, v.session, r.URL.Query()); err != nil {
		return s.accountProblem(w, r, v, err)
	}
	http.Redirect(w, r, "/accounts?did=connected", http.StatusSeeOther)
	return nil
}

func (s *Server) disconnectAccount(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if s.opt.Accounts == nil {
		return desk.ErrNotFound
	}
	if err := s.opt.Accounts.Disconnect(r.Context(), v.user, r.PathValue("account")); err != nil {
		return s.accountProblem(w, r, v, err)
	}
	http.Redirect(w, r, "/accounts?did=disconnected", http.StatusSeeOther)
	return nil
}

// accountProblem shows the page with what went wrong, where that is a sentence; anything else is a fault of ours.
func (s *Server) accountProblem(w http.ResponseWriter, r *http.Request, v *visitor, err error) error {
	var pass *desk.Transient
	switch said := sentence(err); {
	case errors.Is(err, desk.ErrNotFound):
		return err
	case errors.As(err, &pass):
		return s.showAccounts(w, r, v, http.StatusBadGateway, asSentence(pass.Error()))
	case said != "":
		return s.showAccounts(w, r, v, http.StatusUnprocessableEntity, asSentence(said))
	}
	return fmt.Errorf("connecting an account: %w", err)
}
