package store

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestOpenTwice(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		dsn := e.dsn(t)
		a, b := openDSN(t, dsn), openDSN(t, dsn)
		va, err := a.SchemaVersion(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		vb, err := b.SchemaVersion(t.Context())
		if err != nil || va != vb || va < 1 {
			t.Fatalf("schema %d and %d, %v", va, vb, err)
		}
		if a.Engine() != e.name {
			t.Errorf("engine %q, want %q", a.Engine(), e.name)
		}
		if err := a.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNewerSchemaIsRefused(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		dsn := e.dsn(t)
		s := openDSN(t, dsn)
		if _, err := s.write.ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), Options{DSN: dsn})
		if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "999") {
			t.Errorf("opening a newer schema: %v", err)
		}
	})
}

func TestPasswordsStayOut(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"postgres://desk:hunter2@127.0.0.1:1/desk?connect_timeout=1",
		"postgres://127.0.0.1:1/desk?user=desk&password=hunter2&connect_timeout=1",
		"postgres://desk:hunter2@127.0.0.1:nonsense/desk",
		"postgres://desk:hunter2%zz@127.0.0.1/desk",
		"mysql://desk:hunter2@127.0.0.1/desk",
		"sqlite:",
		"host=localhost password=hunter2",
		"postgres:host=127.0.0.1 port=1 password=hunter2",
	} {
		_, err := Open(t.Context(), Options{DSN: dsn})
		if err == nil {
			t.Errorf("%s opened", dsn)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error tells the password: %v", dsn, err)
		}
	}
}

// Whoever reads events 1…n has seen all that will ever have those numbers.
func TestEventNumbersFollowCommits(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		const writers, each = 8, 12
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for i := range each {
					err := s.Update(context.Background(), func(tx *Tx) error {
						for range i%3 + 1 {
							tx.Emit(desk.Event{What: desk.EventMentionNew, Brand: "acme"})
						}
						if i%5 == 4 {
							return errors.New("changed my mind")
						}
						return nil
					})
					if err != nil && i%5 != 4 {
						t.Error(err)
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		var seen int64
		for more := true; more; {
			select {
			case <-done:
				more = false
			default:
			}
			events, err := s.ListEvents(t.Context(), desk.Everything, seen, 5)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if e.N != seen+1 {
					t.Fatalf("event %d came after %d", e.N, seen)
				}
				seen = e.N
			}
			more = more || len(events) > 0
		}
		last, err := s.LastEvent(t.Context())
		if err != nil || last != seen || seen == 0 {
			t.Errorf("read %d events, the last is %d, %v", seen, last, err)
		}
	})
}

func TestPanicLeavesNothing(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		func() {
			defer func() { _ = recover() }()
			_ = s.Update(t.Context(), func(tx *Tx) error {
				tx.Emit(desk.Event{What: desk.EventMentionNew})
				panic("in the middle")
			})
		}()
		if n, err := s.LastEvent(t.Context()); err != nil || n != 0 {
			t.Errorf("event %d after a panic, %v", n, err)
		}
	})
}

func TestNothingIsCalledByStrayBytes(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		for _, id := range []string{"\x00", "\xff", "a\x00b"} {
			_, errCase := s.CaseView(t.Context(), desk.Everything, desk.CaseID(id))
			_, errMention := s.Mention(t.Context(), desk.Everything, desk.MentionID(id))
			_, errUser := s.User(t.Context(), desk.UserID(id))
			for what, err := range map[string]error{"case": errCase, "mention": errMention, "user": errUser} {
				if !errors.Is(err, desk.ErrNotFound) {
					t.Errorf("%s %q: %v, want not found", what, id, err)
				}
			}
		}
	})
}

func TestProcessesMayOpenANewFileAtOnce(t *testing.T) {
	t.Parallel()
	dsn := "sqlite:" + filepath.Join(t.TempDir(), "desk.db")
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			s, err := Open(t.Context(), Options{DSN: dsn, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}
