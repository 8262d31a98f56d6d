package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// rowsOf reads every table of a store, for comparisons.
func rowsOf(t *testing.T, s *Store) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	tables, err := s.tables(t.Context(), s.read)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		var b bytes.Buffer
		w := &dumper{out: jsonTo(&b)}
		if err := w.table(t.Context(), s.read, name); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		out[name] = sorted(lines[1:])
	}
	return out
}

func TestBackupOfEitherEngineFillsEither(t *testing.T) {
	engines(t, func(t *testing.T, from engine) {
		s := from.open(t)
		if err := s.Seed(t.Context(), SeedOptions{Mentions: 600, Cases: 60, Seed: 3, Now: at1}); err != nil {
			t.Fatal(err)
		}
		put(t, s, "source00", mention("acme", "raw", "with raw \"bytes\" <b> ő", func(a *desk.Arrival) {
			a.Mention.Raw, a.Mention.Rating = []byte{0, 255, 10, 34}, desk.Rating{Value: 3.5, Best: 5}
		}))
		file := filepath.Join(t.TempDir(), "desk.backup")
		var last int
		if err := s.Backup(t.Context(), file, func(done, total int) { last = total - done }); err != nil || last != 0 {
			t.Fatalf("%d rows were left, %v", last, err)
		}
		if err := s.Backup(t.Context(), file, nil); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("overwriting: %v", err)
		}
		want := rowsOf(t, s)
		engines1(t, func(t *testing.T, to engine) {
			dsn := to.dsn(t)
			if err := Restore(t.Context(), Options{DSN: dsn}, file); err != nil {
				t.Fatal(err)
			}
			got := openDSN(t, dsn)
			if diff := cmp.Diff(want, rowsOf(t, got)); diff != "" {
				t.Errorf("restored rows differ (-want +got):\n%s", diff)
			}
			n, err := got.CountMentions(t.Context(), desk.Everything, desk.MentionFilter{Query: "bytes with"}, 9)
			if err != nil || n.N != 1 {
				t.Errorf("search in the restored database finds %v, %v", n, err)
			}
			put(t, got, "source00", mention("acme", "after", "numbers go on"))
			if err := Restore(t.Context(), Options{DSN: dsn}, file); !errors.Is(err, desk.ErrConflict) {
				t.Errorf("restoring over data: %v", err)
			}
		})
	})
}

// A backup is one moment: of each transaction it has all or nothing.
func TestBackupWhileWriting(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		s := e.open(t)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		started := make(chan struct{})
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				err := s.Update(context.Background(), func(tx *Tx) error {
					for j := range 3 {
						tx.Emit(desk.Event{What: desk.EventMentionNew, Subject: fmt.Sprint(i)})
						if _, err := tx.SetStop(ctx, desk.Stop{Kind: "brand", Name: fmt.Sprint(i, j)}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil && ctx.Err() == nil {
					t.Error(err)
				}
				if i == 20 {
					close(started)
				}
			}
		})
		<-started
		file := filepath.Join(t.TempDir(), "desk.backup")
		err := s.Backup(t.Context(), file, nil)
		stop()
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		dsn := e.dsn(t)
		if err := Restore(t.Context(), Options{DSN: dsn}, file); err != nil {
			t.Fatal(err)
		}
		rows := rowsOf(t, openDSN(t, dsn))
		if n := len(rows["event"]); n < 60 || n%3 != 0 || n != len(rows["stop"]) {
			t.Errorf("%d events and %d stops, want equal numbers of whole transactions", n, len(rows["stop"]))
		}
	})
}

func TestDamagedBackupsChangeNothing(t *testing.T) {
	t.Parallel()
	s := openDSN(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	if err := s.Seed(t.Context(), SeedOptions{Mentions: 300, Cases: 30, Seed: 3, Now: at1}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole")
	if err := s.Backup(t.Context(), whole, nil); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 64
	newer := filepath.Join(dir, "newer")
	write(t, newer, pressed(t, `{"earshot_backup":1,"schema":999,"rows":0}`+"\n"+`{"end":0}`+"\n"))
	for name, content := range map[string][]byte{
		"empty": {}, "text": []byte("hello"), "cut": good[:len(good)/2], "cut at the end": good[:len(good)-4], "flipped": flipped,
		"other gzip": pressed(t, "hello\n"), "no end": pressed(t, `{"earshot_backup":1,"schema":1,"rows":0}`+"\n"),
		"rows missing": pressed(t, `{"earshot_backup":1,"schema":1,"rows":1}`+"\n"+`{"end":1}`+"\n"),
		"newer format": pressed(t, `{"earshot_backup":9,"schema":1,"rows":0}`+"\n"+`{"end":0}`+"\n"),
		"names":        pressed(t, `{"earshot_backup":1,"schema":1,"rows":0}`+"\n"+`{"table":"x; DROP","columns":["n"]}`+"\n"+`{"end":0}`+"\n"),
	} {
		file, db := filepath.Join(dir, name), filepath.Join(dir, name+".db")
		write(t, file, content)
		err := Restore(t.Context(), Options{DSN: "sqlite:" + db}, file)
		if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "nothing was changed") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(db); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: a database appeared", name)
		}
	}
	if err := Restore(t.Context(), Options{DSN: "sqlite:" + filepath.Join(dir, "n.db")}, newer); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("a newer schema: %v", err)
	}
	if err := Restore(t.Context(), Options{DSN: "sqlite:" + filepath.Join(dir, "n.db")}, filepath.Join(dir, "nothing")); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("a missing file: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.part"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A backup that fails on the way leaves no row behind.
func TestRestoreIsOneTransaction(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		file := filepath.Join(t.TempDir(), "bad")
		write(t, file, pressed(t, `{"earshot_backup":1,"schema":1,"rows":2}`+"\n"+`{"table":"watcher","columns":["name","n"]}`+"\n"+`["left",1]`+"\n"+
			`{"table":"stop","columns":["kind","nonsense"]}`+"\n"+`["a",1]`+"\n"+`{"end":2}`+"\n"))
		dsn := e.dsn(t)
		if err := Restore(t.Context(), Options{DSN: dsn}, file); err == nil {
			t.Fatal("an unknown column was restored")
		}
		if rows := rowsOf(t, openDSN(t, dsn)); slices.Contains(rows["watcher"], `["left",1]`) {
			t.Errorf("left behind: %v", rows["watcher"])
		}
	})
}
