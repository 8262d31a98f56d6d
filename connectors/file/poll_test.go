package file

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// folder is a folder with files in it and a source that reads them.
type folder struct {
	t   *testing.T
	dir string
	now time.Time
	opt Options
}

func newFolder(t *testing.T, path string) *folder {
	return &folder{t: t, dir: t.TempDir(), now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), opt: Options{Path: path}}
}

// write replaces a file, last changed an hour ago.
func (f *folder) write(name, content string) {
	f.t.Helper()
	f.put(name, content, os.O_TRUNC, time.Hour)
}

// add appends to a file, last changed the given time ago.
func (f *folder) add(name, content string, ago time.Duration) {
	f.t.Helper()
	f.put(name, content, os.O_APPEND, ago)
}

func (f *folder) put(name, content string, how int, ago time.Duration) {
	f.t.Helper()
	path := filepath.Join(f.dir, name)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|how, 0o600)
	if err == nil {
		_, err = file.WriteString(content)
		err = errors.Join(err, file.Close(), os.Chtimes(path, f.now, f.now.Add(-ago)))
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *folder) source() connectors.Connector {
	f.t.Helper()
	env := connectors.Env{Source: desk.Source{Name: "exports"}, Dir: f.dir, Now: func() time.Time { return f.now }}
	c, err := Spec().New(env, func(o any) error { *o.(*Options) = f.opt; return nil })
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

// walk polls with a new connector each time, as after a crash, until there is no more.
func (f *folder) walk(since connectors.Cursor) ([]string, connectors.Cursor, error) {
	f.t.Helper()
	var got []string
	for range 10_000 {
		b, err := f.source().Poll(f.t.Context(), since)
		got, since = append(got, said(b)...), b.Next
		if !b.More {
			return got, since, err
		}
		if err != nil {
			f.t.Fatalf("an error holds up the walk: %v", err)
		}
	}
	f.t.Fatal("there is always more")
	return nil, "", nil
}

// said lists what a batch holds in short.
func said(b connectors.Batch) []string {
	var out []string
	for _, m := range b.Mentions {
		out = append(out, string(m.Remote)+" "+m.Text)
	}
	for _, p := range b.Poison {
		out = append(out, "poison "+p.Err)
	}
	return out
}

func (f *folder) expect(since connectors.Cursor, want ...string) connectors.Cursor {
	f.t.Helper()
	got, next, err := f.walk(since)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		f.t.Errorf("err %v (-want +got):\n%s", err, diff)
	}
	return next
}

func TestPollReadsWhatIsAppended(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "a.csv")
	f.write("a.csv", "id,text\n1,one\n2,two\n")
	at := f.expect("", "1 one", "2 two")
	at = f.expect(at)
	f.add("a.csv", "3,three\n4,fo", time.Second) // somebody is writing
	at = f.expect(at, "3 three")
	at = f.expect(at)
	f.add("a.csv", "ur\n5,\"fi\n", time.Second)
	at = f.expect(at, "4 four")
	f.add("a.csv", "ve\"\n6,six", time.Minute) // and has not written for a while
	at = f.expect(at, "5 fi\nve", "6 six")
	at = f.expect(at)
	f.add("a.csv", "\n7,seven\n", time.Minute)
	f.expect(at, "6 six", "7 seven") // the row that had no line end comes again: it might have grown
}

func TestPollNoticesAReplacedFile(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "a.csv")
	f.write("a.csv", "id,text\n1,one\n2,two\n")
	at := f.expect("", "1 one", "2 two")
	f.write("a.csv", "id,text\n8,eight\n9,nine\n10,ten\n")
	at = f.expect(at, "8 eight", "9 nine", "10 ten")
	f.write("a.csv", "id,text\n8,eight\n")
	at = f.expect(at, "8 eight")
	f.put("a.csv", "id,text\n8,ninth\n", os.O_TRUNC, time.Minute) // of the same length
	at = f.expect(at, "8 ninth")
	f.write("a.csv", "id;text;more\n8;eight;x\n")
	f.expect(at, "8 eight")
}

// Batches are of 500 rows; a poll that goes on in the same process and one after a crash read the same rows, once.
func TestPollWalksInBatches(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	var want []string
	b.WriteString("id,text\n")
	for i := range 1703 {
		fmt.Fprintf(&b, "%d,row\n", i)
		want = append(want, fmt.Sprintf("%d row", i))
	}
	for _, name := range []string{"a.csv", "a.csv.gz"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t, name)
			if content := b.String(); strings.HasSuffix(name, ".gz") {
				f.write(name, packed(t, content))
			} else {
				f.write(name, content)
			}
			at := f.expect("", want...)
			f.expect(at)

			c, since, sizes := f.source(), connectors.Cursor(""), []int{}
			var got []string
			for more := true; more; {
				batch, err := c.Poll(t.Context(), since)
				if err != nil {
					t.Fatal(err)
				}
				got, sizes = append(got, said(batch)...), append(sizes, len(batch.Mentions))
				since, more = batch.Next, batch.More
			}
			if !slices.Equal(got, want) || !slices.Equal(sizes, []int{500, 500, 500, 203}) || since != at {
				t.Errorf("in one process: %d rows in batches of %v; the cursors %s and %s", len(got), sizes, since, at)
			}
		})
	}
}

// The open reader is only a shortcut: a poll that is repeated from an older cursor reads the same again.
func TestPollFromAnOlderCursor(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "a.csv")
	f.write("a.csv", "id,text\n"+strings.Repeat("1,x\n", 1200))
	c := f.source()
	first, err := c.Poll(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b, err := c.Poll(t.Context(), first.Next)
		if err != nil || len(b.Mentions) != 500 || !b.More {
			t.Errorf("%d rows, more %v, %v", len(b.Mentions), b.More, err)
		}
	}
}

func TestPollGlob(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "*.csv")
	at := f.expect("")
	f.write("b.csv", "id,text\n1,one\nbad\n")
	f.write("a.csv", "id,text\n2,two\n")
	f.write("ignored.txt", "id,text\n3,three\n")
	at = f.expect(at, "2 two", "1 one", "poison b.csv: line 3: 1 column where the header has 2")
	f.add("a.csv", "4,four\n", time.Hour)
	f.write("c.csv", "id,text\n5,five\n")
	f.expect(at, "4 four", "5 five")
}

// One file that cannot be understood is an error of the source and holds up no other, however much there is to read.
func TestPollGlobWithABadFile(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "*.csv")
	f.write("a.csv", "foo,bar\n1,2\n")
	f.write("b.csv", "id,text\n"+strings.Repeat("1,x\n", 1200))
	got, at, err := f.walk("")
	if len(got) != 1200 || err == nil || !strings.HasPrefix(err.Error(), "a.csv: no column looks like the text") {
		t.Errorf("%d rows, %v", len(got), err)
	}
	f.write("a.csv", "id,text\n7,mended\n")
	f.expect(at, "7 mended")
}

func TestPollErrors(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "a.csv")
	if _, err := f.source().Poll(t.Context(), ""); err == nil || err.Error() != "there is no file a.csv" {
		t.Errorf("of a missing file: %v", err)
	}
	f.write("a.csv", "id,text\n1,one\n")
	f.expect("this is no cursor", "1 one")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.source().Poll(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("when cancelled: %v", err)
	}
	whole := packed(t, "id,text\n"+strings.Repeat("1,some words\n", 5000))
	f.write("b.csv.gz", whole[:len(whole)-60])
	f.opt.Path = "b.csv.gz"
	if _, _, err := f.walk(""); err == nil || !strings.Contains(err.Error(), "b.csv.gz is damaged after line ") {
		t.Errorf("of a cut gzip: %v", err)
	}
	f.opt.Path = "*.csv"
	if err := f.source().(connectors.Checker).Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
	f.opt.Path = "*.tsv"
	if err := f.source().(connectors.Checker).Check(t.Context()); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("check of a glob that matches nothing: %v", err)
	}
}

func TestSiteIsTheSourceUnlessGiven(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "a.csv")
	f.write("a.csv", "id,text\n1,one\n")
	for given, want := range map[string]desk.Site{"": "file:exports", "shop:acme": "shop:acme"} {
		f.opt.Site = given
		b, err := f.source().Poll(t.Context(), "")
		if err != nil || len(b.Mentions) != 1 || b.Mentions[0].Site != want {
			t.Errorf("%q: %+v, %v", given, b.Mentions, err)
		}
	}
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]Options{
		"a file source needs path":                   {},
		"path: \"[\" is not a glob":                  {Path: "["},
		"format: \"xml\" is none of csv, tsv, jsonl": {Path: "a", Format: "xml"},
		"as: \"tweet\" is none of":                   {Path: "a", As: "tweet"},
		"encoding: \"latin\" is none of":             {Path: "a", Encoding: "latin"},
		"delimiter: \"ab\" is not one plain":         {Path: "a", Delimiter: "ab"},
		"timezone: \"Mars/Base\" is no time zone":    {Path: "a", Timezone: "Mars/Base"},
		"rating_best: -1 stars make no sense":        {Path: "a", RatingBest: -1},
		"map: \"words\" is none of ours":             {Path: "a", Map: map[string]string{"words": "x"}},
		"map: text names no column":                  {Path: "a", Map: map[string]string{"text": ""}},
		"map: text and title name the same column":   {Path: "a", Map: map[string]string{"text": "x", "title": "x"}},
	} {
		_, err := Spec().New(connectors.Env{}, func(into any) error { *into.(*Options) = o; return nil })
		if !errors.Is(err, desk.ErrInvalid) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestParseMap(t *testing.T) {
	t.Parallel()
	got, err := ParseMap("text=body, id = review id")
	if diff := cmp.Diff(map[string]string{"text": "body", "id": "review id"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, bad := range []string{"", "text", "=x", "text=", "text=a,text=b", "foo=bar"} {
		if _, err := ParseMap(bad); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestCursorIsSmallAndPlain(t *testing.T) {
	t.Parallel()
	f := newFolder(t, "a.csv")
	f.write("a.csv", "id,text\n1,one\n")
	var c map[string]map[string]map[string]any
	at := f.expect("", "1 one")
	if err := json.Unmarshal([]byte(at), &c); err != nil || c["files"]["a.csv"]["offset"] != 14.0 || c["files"]["a.csv"]["line"] != 2.0 {
		t.Errorf("%s: %v", at, err)
	}
}
