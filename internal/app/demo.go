package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

// DemoOptions say where the demonstration's public network lives.
type DemoOptions struct {
	Listen string        // of the network
	Data   string        // its log file
	Pace   time.Duration // between two happenings at first; 0 keeps it silent
	Seed   uint64

	// Of the network alone; [Demo] takes these from its configuration.
	Account string      // handle of the company
	Token   desk.Secret // with which it speaks
	Feed    string      // file that is served as the company's blog
	Control bool        // serve /control, by which tests make it misbehave
}

// demoPeople work at the demonstration.
func demoPeople() []desk.User {
	return []desk.User{
		{Email: "admin@example.com", Name: "Ada Admin", Role: desk.RoleAdmin},
		{Email: "agent@example.com", Name: "Andrea Agent", Role: desk.RoleAgent},
	}
}

// Demo runs the desk with the demonstration's configuration beside a small public network in the same process, and prints how to
// log in.
func Demo(ctx context.Context, opt Options, d DemoOptions) error {
	a, err := Open(ctx, opt)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	network, err := a.startNetwork(ctx, d)
	if err != nil {
		return err
	}
	err = a.show(ctx, d)
	cancel()
	return errors.Join(err, <-network)
}

// show runs the desk beside the network until it ends.
func (a *App) show(ctx context.Context, d DemoOptions) error {
	r, err := a.Start(ctx, allRoles())
	if err != nil {
		return err
	}
	if err := a.welcome(ctx, d, r.Addr); err != nil {
		return errors.Join(err, r.Stop())
	}
	return r.Wait()
}

// startNetwork listens, opens the network with our account and lets people live on it. The channel says how it ended.
func (a *App) startNetwork(ctx context.Context, d DemoOptions) (<-chan error, error) {
	ln, err := listen(ctx, d.Listen, "The demonstration's network needs it.")
	if err != nil {
		return nil, err
	}
	n, err := demonet.Open(demonet.Options{Data: d.Data, Seed: d.Seed})
	if err != nil {
		return nil, errors.Join(err, ln.Close())
	}
	a.onClose("demonstration network", n.Close)
	for _, acc := range a.cfg.Accounts {
		if acc.Kind != "demo" {
			continue
		}
		if _, _, err := n.Join(demonet.Account{Handle: acc.Handle, Name: a.cfg.Desk.Name, Followers: 1200}, acc.Token.Reveal()); err != nil {
			return nil, err
		}
	}
	done := make(chan error, 1)
	go func() { done <- runNetwork(ctx, n, ln, d, a.path("feed.xml")) }()
	return done, nil
}

// runNetwork serves the network, with the company's blog beside it, and lets people live on it until the context ends.
func runNetwork(ctx context.Context, n *demonet.Network, ln net.Listener, d DemoOptions, feed string) error {
	mux := http.NewServeMux()
	mux.Handle("/", n.Handler(d.Control))
	mux.HandleFunc("GET /feed.xml", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, feed) })
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	life := make(chan error, 1)
	go func() {
		if d.Pace <= 0 {
			life <- nil
			return
		}
		life <- demonet.Live(ctx, n, d.Seed, d.Pace)
	}()
	err := ignoreClosed(server.Serve(ln))
	return errors.Join(err, <-life)
}

// welcome says where everything is. Each start prints a fresh link: nobody has to remember a password of a demonstration.
func (a *App) welcome(ctx context.Context, d DemoOptions, addr string) error {
	who := operator()
	w := a.opt.Out
	_, _ = fmt.Fprintf(w, "\n  The desk          http://%s\n  The public side   http://%s\n  Data              %s, %s\n\n  Log in with a one-time link:\n",
		addr, d.Listen, a.cfg.Database, filepath.Base(d.Data))
	for _, p := range demoPeople() {
		secret, err := a.inviteDemo(ctx, &who, p)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w, "    %-8s http://%s/invite/%s\n", p.Role, addr, secret.Reveal())
	}
	_, err := fmt.Fprint(w, "\n  New posts arrive every few seconds. Stop with Ctrl-C; start again and everything is still there.\n\n")
	return err
}

func (a *App) inviteDemo(ctx context.Context, who *desk.User, p desk.User) (desk.Secret, error) {
	_, secret, err := a.work.AddUser(ctx, who, p)
	if !errors.Is(err, desk.ErrConflict) {
		return secret, err
	}
	u, err := a.store.UserByEmail(ctx, p.Email)
	if err != nil {
		return "", err
	}
	return a.work.Invite(ctx, who, u.ID)
}

// Network runs the demonstration's public network alone, as a process of its own.
func Network(ctx context.Context, opt Options, d DemoOptions) error {
	n, err := demonet.Open(demonet.Options{Data: d.Data, Seed: d.Seed})
	if err != nil {
		return err
	}
	if _, _, err := n.Join(demonet.Account{Handle: d.Account, Name: d.Account}, d.Token.Reveal()); err != nil {
		return errors.Join(err, n.Close())
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listening: %w", err), n.Close())
	}
	_, _ = fmt.Fprintf(opt.Out, "The network is at http://%s\n", ln.Addr())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return errors.Join(runNetwork(ctx, n, ln, d, d.Feed), n.Close())
}
