package file

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

// The suite's traps are those of networks; what they mean for files stands in the tests of this package.
func TestConnector(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, connectortest.Suite{Spec: Spec()})
}

func TestResume(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.csv", "a.csv.gz"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFolder(t, name)
			content := func(first string, more int) string {
				s := "id,text\n" + first + strings.Repeat("2,row\n", more)
				if strings.HasSuffix(name, ".gz") {
					return packed(t, s)
				}
				return s
			}
			f.write(name, content("1,one\n", 20_000))
			path := f.source().(*poller).path(name)
			r, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			drain(t, r, 100_000, func(Chunk) {})
			at := r.Cursor()
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			resume := func(ctx context.Context) (bool, string, error) {
				r, err := Open(path, Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = r.Close() }()
				there, err := r.Resume(ctx, at)
				return there, r.Cursor(), err
			}
			if there, _, err := resume(t.Context()); !there || err != nil {
				t.Errorf("at the end of the same file: %v, %v", there, err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, _, err := resume(ctx); strings.HasSuffix(name, ".gz") && !errors.Is(err, context.Canceled) {
				t.Errorf("when cancelled on a long way: %v", err)
			}
			f.write(name, content("1,won\n", 20_000))
			if there, now, err := resume(t.Context()); there || err != nil || strings.Contains(now, `"line":20002`) {
				t.Errorf("of a file with another beginning: %v, at %s, %v", there, now, err)
			}
			f.write(name, content("1,one\n", 1000))
			if there, _, err := resume(t.Context()); there || err != nil {
				t.Errorf("of a shorter file: %v, %v", there, err)
			}
		})
	}
}

// Rows that failed to be read leave no trace in the rows after them.
func TestTortureKeepsTheGoodRows(t *testing.T) {
	t.Parallel()
	bad := []string{"x,\"open", "x,\"a\"b,c", "x", "x,y,z", "x,\xff\xfe", "\"", "\"\"\"", ",,,,", "x,\"\"\"\"\"", "\x00", "\"x\",\"y\",\"z"}
	var b strings.Builder
	b.WriteString("id,text\n")
	good := 0
	for i := range 3000 {
		if i%3 == 0 {
			b.WriteString(bad[i/3%len(bad)] + "\r\n")
			continue
		}
		good++
		b.WriteString("7,\"a \"\"good\"\" row, with all that may be in it\"\n")
	}
	f := newFolder(t, "a.csv")
	f.write("a.csv", b.String())
	got, _, err := f.walk("")
	if err != nil {
		t.Fatal(err)
	}
	fine := 0
	for _, row := range got {
		if row == `7 a "good" row, with all that may be in it` {
			fine++
		}
	}
	if fine != good || len(got) != 3000 {
		t.Errorf("%d of %d good rows, %d rows in all, want 3000", fine, good, len(got))
	}
}
