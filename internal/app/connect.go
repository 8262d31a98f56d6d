package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/keyring"
)

// Connect connects an account to its network and prints whose it is and what it may do. Where a person must consent it prints the
// address of the network's page and waits for the browser on a port of this machine; 0 takes any that is free.
func Connect(ctx context.Context, opt Options, account string, port int) error {
	a, err := openFor(ctx, opt, account)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if a.keys.How(account) == desk.LoginConsent {
		err = a.browserConsent(ctx, account, port)
	} else {
		err = a.keys.Open(ctx, account)
	}
	if err != nil {
		return err
	}
	a.pollAccount(ctx, account)
	return a.printAccount(ctx, account)
}

// openFor opens the desk for a command about one account, which must be configured.
func openFor(ctx context.Context, opt Options, account string) (*App, error) {
	a, err := Open(ctx, opt)
	if err != nil {
		return nil, err
	}
	if a.accountOf(account) == nil {
		return nil, errors.Join(desk.Invalidf("%s has no account %q; it has %s", opt.Config, account, list(a.cfg.Accounts, accountName)), a.Close())
	}
	if err := a.store.SyncAccounts(ctx, a.accounts()); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// browserConsent sends a person to the network's page and waits until the browser is back.
func (a *App) browserConsent(ctx context.Context, account string, port int) error {
	ln, err := listen(ctx, net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), "Name another with --port.")
	if err != nil {
		return err
	}
	by, redirect := "command "+desk.NewID(), "http://"+ln.Addr().String()+"/callback"
	page, err := a.keys.Begin(ctx, account, by, redirect)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	_, _ = fmt.Fprintf(a.opt.Out, `The network must know this redirect address, if it asks for one (--port keeps it the same):
  %s
Open this address in a browser on this machine and agree:
  %s
Waiting for the browser, for %.0f minutes at most.
`, redirect, page, keyring.ConsentFor.Minutes())
	ctx, cancel := context.WithTimeout(ctx, keyring.ConsentFor)
	defer cancel()
	done := make(chan error, 1)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: a.callback(by, done)}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	select {
	case err = <-done:
	case <-ctx.Done():
		if err = ctx.Err(); errors.Is(err, context.DeadlineExceeded) {
			err = desk.Invalidf("the browser did not come back; begin again")
		}
	}
	end, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	return errors.Join(err, server.Shutdown(end), ignoreClosed(<-served))
}

// callback takes what the browser brings back. What is not about the consent that this command began ends nothing.
func (a *App) callback(by string, done chan<- error) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Referrer-Policy", "no-referrer")
		account, err := a.keys.Finish(r.Context(), by, r.URL.Query())
		switch {
		case err == nil:
			_, _ = fmt.Fprintf(w, "The account %s is connected. You can close this window.\n", account)
		default:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, "%s\n", upper(err.Error()))
		}
		if account != "" {
			select {
			case done <- err:
			default: // the first answer counts
			}
		}
	})
	return mux
}

// upper begins a sentence with a capital.
func upper(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// Disconnect forgets the grant of an account.
func Disconnect(ctx context.Context, opt Options, account string) error {
	a, err := openFor(ctx, opt, account)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := a.keys.Disconnect(ctx, account); err != nil {
		return err
	}
	more := "The network may still list the desk as an app; take it off there too."
	if a.accountOf(account).Token != "" {
		more = "The token in the configuration counts as before."
	}
	_, err = fmt.Fprintf(opt.Out, "What the desk kept for %s is forgotten. %s\n", account, more)
	return err
}
