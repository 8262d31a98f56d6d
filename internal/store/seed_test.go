package store

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

func TestSeedIsDeterministicAndReadable(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		o := SeedOptions{Mentions: 3000, Cases: 300, Seed: 7, Now: at1}
		a, b := e.open(t), e.open(t)
		for _, s := range []*Store{a, b} {
			if err := s.Seed(t.Context(), o); err != nil {
				t.Fatal(err)
			}
		}
		page := desk.Page{Limit: 100}
		ma, err := a.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{}, page)
		if err != nil {
			t.Fatal(err)
		}
		mb, err := b.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{}, page)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ma, mb); diff != "" || len(ma) != 100 {
			t.Errorf("%d rows, and they differ: %s", len(ma), diff)
		}
		counts, err := a.CountCards(t.Context(), desk.Everything, desk.CaseFilter{}, 999)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, c := range desk.Columns() {
			total += counts[c].N
		}
		if total != o.Cases {
			t.Errorf("the columns hold %d cases, want %d: %v", total, o.Cases, counts)
		}
		n, err := a.CountMentions(t.Context(), desk.Everything, desk.MentionFilter{Query: "delivery late"}, 1000)
		if err != nil || n.N == 0 {
			t.Errorf("search finds %v, %v", n, err)
		}
		if err := a.Seed(t.Context(), o); !errors.Is(err, desk.ErrConflict) {
			t.Errorf("seeding twice: %v", err)
		}
		// What arrives afterwards gets numbers of its own.
		put(t, a, "source00", mention("acme", "later", "one more"))
	})
}

// seeded returns a database with mentions. SQLite's is kept between runs in the folder named by EARSHOT_BENCH_DIR, as a million
// take a while; with EARSHOT_BENCH_ENGINE=postgres it is a throw-away one.
func seeded(b testing.TB, mentions int) *Store {
	b.Helper()
	dir, dsn := os.Getenv("EARSHOT_BENCH_DIR"), ""
	switch {
	case dir == "" && mentions > 10_000:
		b.Skip("set EARSHOT_BENCH_DIR to a folder for the databases to measure a million mentions")
	case os.Getenv("EARSHOT_BENCH_ENGINE") == "postgres":
		dsn = realsrv.Postgres(b)
	case dir == "":
		dir = b.TempDir()
	}
	if dsn == "" {
		dsn = "sqlite:" + filepath.Join(dir, strconv.Itoa(mentions)+".db")
	}
	s := openDSN(b, dsn, func(o *Options) { o.Now = func() time.Time { return at1 } })
	began := time.Now()
	err := s.Seed(b.Context(), SeedOptions{Mentions: mentions, Cases: mentions / 10, Seed: 1, Now: at1})
	if err == nil {
		b.Logf("%d mentions seeded in %v", mentions, time.Since(began).Round(time.Second))
	} else if !errors.Is(err, desk.ErrConflict) {
		b.Fatal(err)
	}
	return s
}
