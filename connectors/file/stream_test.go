package file

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func packed(tb testing.TB, s string) string {
	tb.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, s); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// A line beyond 16 MB is poison that keeps its beginning; the next line is read as if nothing had been.
func TestLongLines(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.csv")
	fits := strings.Repeat("x", longestLine-10)
	content := "id,text\n1," + fits + "\n2," + strings.Repeat("y", longestLine+5) + "\n3,\"" + fits + "\n" + fits + "\"\n4,fine\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var got []string
	drain(t, r, 100, func(c Chunk) {
		for _, m := range c.Mentions {
			got = append(got, fmt.Sprintf("%s %d", m.Remote, len(m.Text)))
		}
		for _, p := range c.Poison {
			got = append(got, fmt.Sprintf("%s (%d)", p.Err, len(p.Raw)))
		}
	})
	want := []string{
		fmt.Sprintf("1 %d", len(fits)), "line 3: the line is longer than 16 MB (65536)",
		"line 4: a quote is opened and never closed (65536)", "line 5: 1 column where the header has 2 (65536)", "4 4",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// BenchmarkMillionRows reads a synthetic file of a million rows and reports the most memory in use on the way.
func BenchmarkMillionRows(b *testing.B) {
	for _, name := range []string{"a.csv", "a.csv.gz", "a.jsonl"} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), name)
			million(b, path)
			rows, most := 0, uint64(0)
			for b.Loop() {
				r, err := Open(path, Options{})
				if err != nil {
					b.Fatal(err)
				}
				drain(b, r, 500, func(c Chunk) {
					if rows += len(c.Mentions); rows%50_000 == 0 {
						var m runtime.MemStats
						runtime.ReadMemStats(&m)
						most = max(most, m.HeapInuse)
					}
				})
				if err := r.Close(); err != nil {
					b.Fatal(err)
				}
			}
			if rows != b.N*1_000_000 {
				b.Fatalf("%d rows in %d runs", rows, b.N)
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(most)/(1<<20), "MB-heap")
		})
	}
}

func million(b *testing.B, path string) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	var w io.WriteCloser = f
	if strings.HasSuffix(path, ".gz") {
		w = gzip.NewWriter(f)
	}
	const words = "The parcel came a week late, the box was wet and nobody answered my two messages"
	if !strings.HasSuffix(path, ".jsonl") {
		_, err = io.WriteString(w, "id,text,author,date,stars\n")
	}
	for i := 0; i < 1_000_000 && err == nil; i++ {
		if strings.HasSuffix(path, ".jsonl") {
			_, err = fmt.Fprintf(w, `{"id":%d,"text":"%s","author":"u%d","date":"2026-03-04 05:06:07","stars":%d}`+"\n", i, words, i%999, i%5+1)
		} else {
			_, err = fmt.Fprintf(w, "%d,\"%s\",u%d,2026-03-04 05:06:07,%d\n", i, words, i%999, i%5+1)
		}
	}
	if err != nil {
		b.Fatal(err)
	}
	if w != io.WriteCloser(f) {
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// FuzzReader wants: no panic, every call moves on, and reading row by row with a fresh reader each time gives what one reader gives.
func FuzzReader(f *testing.F) {
	inputs, err := filepath.Glob(filepath.Join("testdata", "cases", "*", "in.*"))
	if err != nil {
		f.Fatal(err)
	}
	for _, in := range inputs {
		b, err := os.ReadFile(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, strings.TrimPrefix(filepath.Base(in), "in."))
	}
	f.Fuzz(func(t *testing.T, content []byte, kind string) {
		name := "in.csv"
		for _, known := range []string{"csv", "tsv", "jsonl", "txt"} {
			if kind == known {
				name = "in." + known
			}
		}
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		whole, piecemeal := outcome(t, path, Options{}, 1<<30), outcome(t, path, Options{}, 1)
		if whole != piecemeal {
			t.Errorf("whole:\n%s\npiecemeal:\n%s", whole, piecemeal)
		}
	})
}
