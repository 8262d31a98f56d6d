package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// sharedFile is a file of the data folder, or the test is skipped.
func sharedFile(tb testing.TB, name string) string {
	tb.Helper()
	dir := os.Getenv("EARSHOT_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	path := filepath.Join(dir, "data", name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		tb.Skip("no data folder; set EARSHOT_SHARED")
	}
	return path
}

// drain reads a whole file and hands each chunk to see.
func drain(tb testing.TB, r *Reader, limit int, see func(Chunk)) {
	tb.Helper()
	for more := true; more; {
		c, err := r.Next(limit)
		if err != nil {
			tb.Fatal(err)
		}
		see(c)
		more = c.More
	}
}

// The tweets of a real data set: every row is a mention, none is poison, what is not mapped is kept as extras.
func TestRealTweets(t *testing.T) {
	t.Parallel()
	path := sharedFile(t, "sentiment.airline.en.tsv.gz")
	r, err := Open(path, Options{Map: map[string]string{"text": "text", "id": "id"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	rows, ids := 0, map[string]bool{}
	drain(t, r, 500, func(c Chunk) {
		rows += len(c.Mentions)
		for _, m := range c.Mentions {
			ids[string(m.Remote)] = true
			if m.Text == "" || m.Extra["label"] == "" || m.Extra["lang"] != "en" || m.Extra["source"] == "" {
				t.Fatalf("an incomplete mention: %+v", m)
			}
		}
		for _, p := range c.Poison {
			t.Errorf("poison: %s", p.Err)
		}
		if c.Read > c.Total || c.Total == 0 {
			t.Errorf("progress: %d of %d", c.Read, c.Total)
		}
	})
	if rows != 11401 || len(ids) != 11401 {
		t.Errorf("%d mentions with %d identifiers, want 11401", rows, len(ids))
	}
}

func BenchmarkRealTweets(b *testing.B) {
	path := sharedFile(b, "sentiment.airline.en.tsv.gz")
	rows := 0
	for b.Loop() {
		r, err := Open(path, Options{Map: map[string]string{"text": "text", "id": "id"}})
		if err != nil {
			b.Fatal(err)
		}
		drain(b, r, 500, func(c Chunk) { rows += len(c.Mentions) })
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
