package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv/pg"
)

// The engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Options say what is measured.
type Options struct {
	Binary   string   // the desk; this program when empty
	Dir      string   // where databases and files go; a folder of the system's when empty. What is made in it goes at the end
	Mentions int      // of the large desk; the small one has a hundredth
	Cases    int      // of the large desk
	Engines  []string // that import and refresh are measured on
	Pages    []string // engines that pages are measured on
	Quick    bool     // tiny sizes, one run: shows that the measurement works, its figures say nothing
	JSON     bool
	Out, Err io.Writer
}

// scale is how much of everything is measured.
type scale struct {
	mentions, cases  int
	requests, starts int // for each page; of each desk
	rows, imports    int
	feeds, entries   int
	refreshes, stale int // with new entries; where all answer 304
	texts            int
	sources          int           // polled every minute
	steady           time.Duration // for so long
}

func (o Options) scale() scale {
	if o.Quick {
		return scale{mentions: 3000, cases: 300, requests: 3, starts: 1, rows: 500, imports: 1, feeds: 3, entries: 20, refreshes: 1, stale: 1, texts: 500, sources: 6, steady: 2 * time.Second}
	}
	return scale{
		mentions: o.Mentions, cases: o.Cases, requests: 200, starts: 5, rows: 100_000, imports: 3,
		feeds: 50, entries: 400, refreshes: 3, stale: 7, texts: 40_000,
		sources: 200, steady: 2 * time.Minute,
	}
}

// run is one measurement under way.
type run struct {
	opt    Options
	scale  scale
	dir    string
	pg     *pg.Server // nil until it is needed
	files  int        // configurations written and databases made
	report Report
}

// Run measures and prints the report.
func Run(ctx context.Context, opt Options) (err error) {
	if err := opt.check(); err != nil {
		return err
	}
	if opt.Binary == "" {
		if opt.Binary, err = os.Executable(); err != nil {
			return fmt.Errorf("finding this program: %w", err)
		}
	}
	dir, err := os.MkdirTemp(opt.Dir, "earshot-bench-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	b := &run{opt: opt, scale: opt.scale(), dir: dir, report: Report{Machine: machine(), Quick: opt.Quick}}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.all(ctx); err != nil {
		return err
	}
	return b.report.write(opt.Out, opt.JSON)
}

func (o Options) check() error {
	if o.Mentions < 1000 || o.Cases < 100 || o.Cases > o.Mentions/3 {
		return desk.Invalidf("%d mentions and %d cases: there must be a thousand mentions and a hundred cases at least, and three mentions for each case", o.Mentions, o.Cases)
	}
	for _, e := range append(append([]string{}, o.Engines...), o.Pages...) {
		if e != SQLite && e != Postgres {
			return desk.Invalidf("%q is no engine; the engines are %s and %s", e, SQLite, Postgres)
		}
	}
	return nil
}

func (b *run) all(ctx context.Context) error {
	if err := b.judge(ctx); err != nil {
		return fmt.Errorf("measuring triage: %w", err)
	}
	for _, e := range b.opt.Engines {
		if !b.can(e) {
			continue
		}
		if err := b.imports(ctx, e); err != nil {
			return fmt.Errorf("measuring imports on %s: %w", e, err)
		}
		if err := b.refreshes(ctx, e); err != nil {
			return fmt.Errorf("measuring refreshes on %s: %w", e, err)
		}
		if err := b.steady(ctx, e); err != nil {
			return fmt.Errorf("measuring many sources on %s: %w", e, err)
		}
	}
	for _, e := range b.opt.Pages {
		if !b.can(e) {
			continue
		}
		if err := b.pages(ctx, e); err != nil {
			return fmt.Errorf("measuring pages on %s: %w", e, err)
		}
	}
	return nil
}

// can tells whether an engine can be measured here; one that cannot is named in the report.
func (b *run) can(engine string) bool {
	if engine == SQLite || pg.Installed() {
		return true
	}
	note := "PostgreSQL was not measured: it is not installed; install it with: " + pg.Install
	if n := len(b.report.Notes); n == 0 || b.report.Notes[n-1] != note {
		b.report.Notes = append(b.report.Notes, note)
	}
	return false
}

// say tells whoever waits what is being measured.
func (b *run) say(format string, args ...any) {
	_, _ = fmt.Fprintf(b.opt.Err, "%s  %s\n", time.Now().Format("15:04:05"), fmt.Sprintf(format, args...))
}

func (b *run) close() error {
	var err error
	if b.pg != nil {
		err = b.pg.Close()
	}
	return errors.Join(err, os.RemoveAll(b.dir))
}

// database makes an empty database and returns its DSN.
func (b *run) database(engine string) (string, error) {
	b.files++
	if engine == SQLite {
		return "sqlite:" + filepath.Join(b.dir, fmt.Sprintf("desk%d.db", b.files)), nil
	}
	if b.pg == nil {
		srv, err := pg.Start() // as it is installed: durable
		if err != nil {
			return "", fmt.Errorf("starting PostgreSQL: %w", err)
		}
		b.pg = srv
	}
	return b.pg.Create(fmt.Sprintf("desk%d", b.files))
}

// config writes a configuration and returns its file. Sources are lines of YAML.
func (b *run) config(dsn, listen string, sources []string) (string, error) {
	b.files++
	file := filepath.Join(b.dir, fmt.Sprintf("desk%d.yaml", b.files))
	var s strings.Builder
	fmt.Fprintf(&s, "desk:\n  listen: %s\n  private_networks: [127.0.0.0/8]\n  key_file: %q\n  log: {level: debug}\n", cmp.Or(listen, "127.0.0.1:0"), filepath.Join(b.dir, "key"))
	fmt.Fprintf(&s, "database: %q\nbrands:\n  - name: acme\n    title: Acme\n    products: [{name: Acme Phone}, {name: Acme Cloud}]\n    competitors: [{name: Globex}]\n", dsn)
	s.WriteString("  - {name: birch, title: Birch}\n  - {name: cedar, title: Cedar}\n")
	if len(sources) > 0 {
		s.WriteString("sources:\n  - " + strings.Join(sources, "\n  - ") + "\n")
	}
	if err := os.WriteFile(file, []byte(s.String()), 0o600); err != nil {
		return "", fmt.Errorf("writing a configuration: %w", err)
	}
	return file, nil
}
