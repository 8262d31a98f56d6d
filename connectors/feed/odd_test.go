package feed

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/markup"
)

var testNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// testFeed is a connector without a network: documents are given to it.
func testFeed(t testing.TB) *Feed {
	t.Helper()
	f, err := New(connectors.Env{Source: desk.Source{Name: "odd"}, Now: func() time.Time { return testNow }}, Options{URL: "https://odd.example/feed.xml"})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// digest reads a document as a poll does.
func digest(f *Feed, s *state, body []byte, contentType string) (connectors.Batch, error) {
	body, err := unzip(body, maxBody)
	if err != nil {
		return connectors.Batch{}, f.unreadable(err)
	}
	known := remember(s.Seen)
	doc, err := parse(context.Background(), toUTF8(body, contentType, ""), known, f.o.MaxItems)
	if err != nil {
		return connectors.Batch{}, f.unreadable(err)
	}
	b, err := f.batch(context.Background(), s, &doc, known, f.at, testNow)
	if err == nil && doc.broken != nil {
		err = f.unreadable(doc.broken)
	}
	return b, err
}

// sane fails unless a document gave sound mentions or one clear sentence.
func sane(t testing.TB, name string, b connectors.Batch, err error) {
	t.Helper()
	if err != nil && (strings.ContainsAny(err.Error(), "\n\x00") || len(err.Error()) > 500) {
		t.Errorf("%s: the error is no sentence: %.600q", name, err)
	}
	seen := map[desk.RemoteID]bool{}
	for _, m := range b.Mentions {
		switch {
		case m.Remote == "" || len(m.Remote) > 400 || seen[m.Remote]:
			t.Errorf("%s: bad or repeated identity %.100q", name, m.Remote)
		case m.Words() == "":
			t.Errorf("%s: %s says nothing", name, m.Remote)
		case len(m.Text) > markup.MaxText || !utf8.ValidString(m.Title+m.Text+string(m.Remote)+m.Author.Name+m.URL) || strings.ContainsRune(m.Title+m.Text+string(m.Remote)+m.URL, 0):
			t.Errorf("%s: %s cannot be stored", name, m.Remote)
		case m.PostedAt.After(testNow) || m.EditedAt.After(testNow):
			t.Errorf("%s: %s is in the future", name, m.Remote)
		}
		if u, err := url.Parse(m.URL); m.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https") {
			t.Errorf("%s: %s has the link %q", name, m.Remote, m.URL)
		}
		seen[m.Remote] = true
	}
	for _, p := range b.Poison {
		if p.Err == "" || len(p.Err) > 200 {
			t.Errorf("%s: a poison item without a sentence: %q", name, p.Err)
		}
	}
}

// gofeedFiles lists the test documents of the feed parser, from the module cache.
func gofeedFiles(t testing.TB) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/mmcdole/gofeed").Output()
	dir := filepath.Join(strings.TrimSpace(string(out)), "testdata")
	if err != nil {
		t.Skip("the feed parser's module is not in the cache: go mod download github.com/mmcdole/gofeed")
	}
	var files []string
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return nil
	})
	if len(files) == 0 {
		t.Skip("the feed parser's module comes without its test data")
	}
	return files
}

func TestEveryFileOfTheParsersOwnTests(t *testing.T) {
	t.Parallel()
	files := gofeedFiles(t)
	mentions, errors, again := 0, 0, 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, s := testFeed(t), state{}
		b, err := digest(f, &s, body, "")
		sane(t, file, b, err)
		if err != nil {
			errors++
		}
		mentions += len(b.Mentions)
		second, _ := digest(f, &s, body, "")
		again += len(second.Mentions) + len(second.Poison)
	}
	t.Logf("%d files: %d mentions, %d documents with an error in a sentence", len(files), mentions, errors)
	if again != 0 {
		t.Errorf("%d entries came again though nothing changed", again)
	}
	if mentions < 150 { // most of the files are about something else than the entries' words
		t.Errorf("only %d mentions came out of %d files", mentions, len(files))
	}
}

// oddFeeds makes n deterministic variants of the seeds.
func oddFeeds(seeds [][]byte, n int) func(i int) []byte {
	return func(i int) []byte {
		r := rand.New(rand.NewPCG(uint64(i), 7))
		doc := bytes.Clone(seeds[i%len(seeds)])
		for range 1 + r.IntN(3) {
			doc = mutate(r, doc, seeds)
		}
		return doc
	}
}

func mutate(r *rand.Rand, doc []byte, seeds [][]byte) []byte {
	if len(doc) == 0 {
		return []byte{byte(r.IntN(256))}
	}
	at := r.IntN(len(doc))
	switch r.IntN(12) {
	case 0:
		return doc[:at]
	case 1:
		return doc[at:]
	case 2:
		for range 1 + r.IntN(20) {
			doc[r.IntN(len(doc))] ^= 1 << r.IntN(8)
		}
		return doc
	case 3:
		out, _ := charmap.Windows1250.NewEncoder().Bytes(doc)
		return out
	case 4:
		out, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(doc)
		return out
	case 5:
		return bytes.Replace(doc, []byte("encoding=\"utf-8\""), []byte("encoding=\"utf-16\""), 1)
	case 6: // nesting
		return bytes.Join([][]byte{doc[:at], bytes.Repeat([]byte("<div>"), r.IntN(3000)), doc[at:]}, nil)
	case 7: // text nesting, as escaped HTML
		return bytes.Join([][]byte{doc[:at], bytes.Repeat([]byte("&lt;b&gt;&lt;table&gt;"), r.IntN(2000)), doc[at:]}, nil)
	case 8:
		other := seeds[r.IntN(len(seeds))]
		return bytes.Join([][]byte{doc[:at], other, doc[at:]}, nil)
	case 9:
		to := min(len(doc), at+1+r.IntN(200))
		return bytes.Join([][]byte{doc[:at], bytes.Repeat(doc[at:to], r.IntN(50)), doc[to:]}, nil)
	case 10:
		return bytes.Join([][]byte{doc[:at], {0, 0xff, 0xfe, '<', '&', ';', 0x0b, ']', ']', '>'}, doc[at:]}, nil)
	}
	return bytes.ReplaceAll(doc, []byte("</"), []byte("<"))
}

// seeds are the documents that have entries: the cases' and the parser's.
func seeds(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	cases, _ := filepath.Glob("testdata/cases/*/*")
	for _, file := range append(cases, gofeedFiles(t)...) {
		body, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if b, _ := digest(testFeed(t), &state{}, body, ""); len(b.Mentions) > 0 {
			all = append(all, body)
		}
	}
	return all
}

func TestOddFeedsGiveMentionsOrOneSentence(t *testing.T) {
	t.Parallel()
	const variants = 500 // FuzzDocument looks further
	variant := oddFeeds(seeds(t), variants)
	var mu sync.Mutex
	mentions, failed, slowest := 0, 0, time.Duration(0)
	var wait sync.WaitGroup
	for w := range 2 {
		wait.Go(func() {
			for i := w; i < variants; i += 2 {
				doc := variant(i)
				began := time.Now()
				b, err := digest(testFeed(t), &state{}, doc, "text/xml")
				took := time.Since(began)
				sane(t, fmt.Sprintf("variant %d", i), b, err)
				mu.Lock()
				mentions, slowest = mentions+len(b.Mentions), max(slowest, took)
				if err != nil {
					failed++
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	t.Logf("%d variants: %d mentions, %d errors in a sentence, slowest %v", variants, mentions, failed, slowest)
	if slowest > 10*time.Second {
		t.Errorf("one document took %v", slowest)
	}
	if mentions == 0 || failed == 0 {
		t.Errorf("the variants are no test: %d mentions, %d errors", mentions, failed)
	}
}

func FuzzDocument(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s, "text/xml")
	}
	f.Fuzz(func(t *testing.T, doc []byte, contentType string) {
		b, err := digest(testFeed(t), &state{}, doc, contentType)
		sane(t, "document", b, err)
	})
}
