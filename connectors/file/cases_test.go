package file

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Each folder of testdata/cases is a case: a file named in.*, perhaps options.json, and want.txt with what must come of it.
// EARSHOT_UPDATE=1 writes want.txt anew.
func TestCases(t *testing.T) {
	t.Parallel()
	inputs, err := filepath.Glob(filepath.Join("testdata", "cases", "*", "in.*"))
	if err != nil || len(inputs) < 20 {
		t.Fatalf("%d cases, %v", len(inputs), err)
	}
	for _, in := range inputs {
		dir := filepath.Dir(in)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			o := options(t, dir)
			got := outcome(t, in, o, 1000)
			wantFile := filepath.Join(dir, "want.txt")
			if os.Getenv("EARSHOT_UPDATE") == "1" {
				if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wantFile)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if piecemeal := outcome(t, in, o, 1); piecemeal != got {
				t.Errorf("row by row, resumed after each (-whole +piecemeal):\n%s", cmp.Diff(got, piecemeal))
			}
		})
	}
}

func options(t *testing.T, dir string) Options {
	t.Helper()
	var o Options
	b, err := os.ReadFile(filepath.Join(dir, "options.json"))
	if os.IsNotExist(err) {
		return o
	}
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		err = d.Decode(&o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// outcome reads a file and renders what came of it. With a limit of 1 every row is read by a reader of its own that resumes.
func outcome(t *testing.T, path string, o Options, limit int) string {
	t.Helper()
	var b, poison strings.Builder
	at := ""
	for more := true; more; {
		r, err := Open(path, o)
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		if resumed, err := r.Resume(t.Context(), at); err != nil || at != "" && !resumed && r.Cursor() != at {
			t.Fatalf("resuming at %s: %v, %v", at, resumed, err)
		}
		before := r.Cursor()
		c, err := r.Next(limit)
		render(&b, &poison, c)
		if err != nil {
			b.WriteString("error: " + err.Error() + "\n")
		}
		at, more = r.Cursor(), c.More && err == nil
		if at == before && more {
			more = false // the last row has no line end: it is read again, which adds nothing
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String() + poison.String()
}

func render(b, poison *strings.Builder, c Chunk) {
	for _, m := range c.Mentions {
		fmt.Fprintf(b, "%s %s %q", m.Kind, m.Remote, m.Text)
		for _, f := range []struct{ name, value string }{
			{"title", m.Title}, {"by", m.Author.Name}, {"handle", m.Author.Handle}, {"authorID", string(m.Author.ID)},
			{"url", m.URL}, {"language", m.Language}, {"parent", string(m.Parent)}, {"thread", string(m.Thread)},
			{"visibility", string(m.Visibility)},
		} {
			if f.value != "" {
				fmt.Fprintf(b, " %s=%q", f.name, f.value)
			}
		}
		if m.Rating.Known() {
			fmt.Fprintf(b, " rating=%v/%v", m.Rating.Value, m.Rating.Best)
		}
		if !m.PostedAt.IsZero() {
			fmt.Fprintf(b, " at=%s", m.PostedAt.Format(time.RFC3339Nano))
		}
		if !m.Counts.Zero() || m.Author.Followers != 0 {
			fmt.Fprintf(b, " counts=%v followers=%d", m.Counts, m.Author.Followers)
		}
		if m.Extra != nil {
			extra, _ := json.Marshal(m.Extra)
			fmt.Fprintf(b, " extra=%s", extra)
		}
		b.WriteByte('\n')
	}
	for _, p := range c.Poison {
		fmt.Fprintf(poison, "poison %s | %q\n", p.Err, p.Raw)
	}
}

// A mention of a row keeps the row as it stood, for the day on which it has to be read again.
func TestRawIsTheRow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.csv")
	content := "id,text\n1,\"two\nlines\"\n"
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path, Options{Site: "file:a"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	drain(t, r, 10, func(c Chunk) {
		want := []desk.Mention{{Site: "file:a", Remote: "1", Kind: desk.KindPost, Text: "two\nlines", Anonymous: true, Raw: []byte("1,\"two\nlines\"")}}
		if diff := cmp.Diff(want, c.Mentions); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
