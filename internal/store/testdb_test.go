package store

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/realsrv"
)

// engine makes stores of one database engine.
type engine struct {
	name string
	dsn  func(t *testing.T) string // of a new, empty database
}

// open opens a new, empty database that is closed at the end of the test.
func (e engine) open(t *testing.T, change ...func(*Options)) *Store {
	t.Helper()
	return openDSN(t, e.dsn(t), change...)
}

func openDSN(t testing.TB, dsn string, change ...func(*Options)) *Store {
	t.Helper()
	o := Options{DSN: dsn, Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&o)
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// engines runs a test on SQLite and on PostgreSQL.
func engines(t *testing.T, test func(t *testing.T, e engine)) {
	t.Helper()
	t.Parallel()
	engines1(t, test)
}

// engines1 is engines inside a test that is parallel already.
func engines1(t *testing.T, test func(t *testing.T, e engine)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, engine{name: "sqlite", dsn: func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") }})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, engine{name: "postgres", dsn: func(t *testing.T) string { return realsrv.Postgres(t) }})
	})
}

// at1 is the moment at which tests begin, fixed so that they can be repeated.
var at1 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// clock sets the store's time.
func clock(now *time.Time) func(*Options) {
	return func(o *Options) { o.Now = func() time.Time { return *now } }
}
