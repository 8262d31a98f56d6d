// Package store keeps everything the desk knows, in SQLite or PostgreSQL, and owns all SQL.
//
// One text per query serves both engines; what differs stands in dialect.go. A write goes through [Store.Update]: one
// transaction, and the events it emitted are numbered by its last statements from one counter row, so that their numbers follow
// the order of commits on both engines. Every read takes a [desk.Scope].
//
// Identifiers are ours and text; times are microseconds UTC, 0 for "never"; JSON is text; n is the order of arrival. The tables
// and what each column means stand in migrations/.
//
// The package promises: nothing half written, lists by keyset on an index, no answer that needs clocks to agree, and
// desk.ErrNotFound and desk.ErrConflict as the only errors that callers act on.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Options of a store.
type Options struct {
	DSN string           // sqlite:FILE or postgres://…
	Now func() time.Time // time.Now when nil
	Log *slog.Logger     // slog.Default when nil
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	write  *sql.DB // SQLite: one connection, so that writers queue here and not in the database
	read   *sql.DB
	d      dialect
	now    func() time.Time
	log    *slog.Logger
	dsn    string
	growth growth
}

// Open connects, migrates the schema and returns the store. A schema newer than this build is refused.
func Open(ctx context.Context, o Options) (*Store, error) {
	s, err := openOnce(ctx, o)
	for range openLooks {
		if !inTheMaking(err) {
			break
		}
		time.Sleep(openPause)
		s, err = openOnce(ctx, o)
	}
	if err != nil {
		return nil, fmt.Errorf("opening database %s: %w", RedactDSN(o.DSN), redact(err, o.DSN))
	}
	return s, nil
}

// How often and how long one process waits for another that lays out the same new SQLite file.
const (
	openLooks = 30
	openPause = 100 * time.Millisecond
)

// inTheMaking tells whether an error says that another process is laying out the same SQLite file at this moment: SQLite has no
// lock that spans the switch to write-ahead logging and all migrations.
func inTheMaking(err error) bool {
	e, ok := errors.AsType[sqlite3.Error](err)
	return ok && (e.Code == sqlite3.ErrBusy || e.Code == sqlite3.ErrLocked || strings.Contains(e.Error(), "already exists"))
}

func openOnce(ctx context.Context, o Options) (*Store, error) {
	s, err := connect(o)
	if err == nil {
		err = s.migrate(ctx)
	}
	if err != nil {
		if s != nil {
			err = errors.Join(err, s.Close())
		}
		return nil, err
	}
	return s, nil
}

// connect makes a store of a database as it is.
func connect(o Options) (*Store, error) {
	s := &Store{now: o.Now, log: o.Log, dsn: o.DSN}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	kind, rest, _ := strings.Cut(o.DSN, ":")
	switch {
	case kind == "sqlite":
		err = s.openSQLite(rest)
	case (kind == "postgres" || kind == "postgresql") && strings.HasPrefix(rest, "//"):
		err = s.openPostgres(o.DSN)
	default:
		err = desk.Invalidf("it is neither sqlite:FILE nor postgres://…")
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// kept is how many prepared statements an SQLite connection keeps for the next time their text comes: preparing one costs more
// than running it.
const kept = "&_stmt_cache_size=64"

func (s *Store) openSQLite(file string) (err error) {
	if file == "" {
		return desk.Invalidf("sqlite: names no file")
	}
	s.d = sqlite
	path := (&url.URL{Path: file}).EscapedPath()
	// Immediate transactions: a reader that turns writer in a deferred one fails at once, whatever the busy timeout.
	s.write, err = sql.Open("sqlite3", "file:"+path+"?_journal_mode=WAL&_busy_timeout=10000&_foreign_keys=1&_txlock=immediate&_synchronous=NORMAL"+kept)
	if err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := s.write.Ping(); err != nil { // makes the file, so that the read-only pool finds it
		return err
	}
	// The pages that every mention touches go from the log into the file a quarter as often as by default; it may have 16 MB.
	if _, err := s.write.Exec("PRAGMA wal_autocheckpoint = 4000"); err != nil {
		return err
	}
	s.read, err = sql.Open("sqlite3", "file:"+path+"?mode=ro&_query_only=1&_busy_timeout=10000"+kept)
	if err != nil {
		return err
	}
	s.read.SetMaxOpenConns(4)
	return nil
}

func (s *Store) openPostgres(dsn string) (err error) {
	s.d = postgres
	s.write, err = openPgx(dsn)
	if err != nil {
		return err
	}
	s.write.SetMaxOpenConns(16)
	s.write.SetMaxIdleConns(16)
	s.read = s.write
	return nil
}

// Close ends all connections.
func (s *Store) Close() error {
	var errs []error
	if s.read != nil && s.read != s.write {
		errs = append(errs, s.read.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	return errors.Join(errs...)
}

// Ping asks the database whether it is there.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("asking the database: %w", redact(err, s.dsn))
	}
	return nil
}

// Engine names the database engine: sqlite or postgres.
func (s *Store) Engine() string { return s.d.name }

// RedactDSN hides the password of a DSN; what it cannot take apart it hides whole.
func RedactDSN(dsn string) string {
	kind, rest, _ := strings.Cut(dsn, ":")
	if kind == "sqlite" {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(rest, "//") {
		return desk.Redacted
	}
	if u.User != nil {
		if _, has := u.User.Password(); has {
			u.User = url.UserPassword(u.User.Username(), "xxxxx")
		}
	}
	if q := u.Query(); q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// redact makes sure that a driver's error does not carry the password of the DSN it was given.
func redact(err error, dsn string) error {
	u, perr := url.Parse(dsn)
	if perr != nil || err == nil {
		return err
	}
	secrets := []string{u.Query().Get("password")}
	if u.User != nil {
		p, _ := u.User.Password()
		secrets = append(secrets, p)
	}
	text := err.Error()
	for _, p := range secrets {
		if p != "" {
			text = strings.ReplaceAll(text, p, "xxxxx")
		}
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// us writes a time as the store keeps it.
func us(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// at reads a time as the store keeps it.
func at(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
