package bench

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Feeds serves RSS documents at /feed/0, /feed/1, … that answer 304 to whoever has them. [Feeds.Next] puts new entries in the
// place of all old ones. It is safe for concurrent use.
type Feeds struct {
	count, entries int
	composer       *composer

	mu         sync.Mutex
	edition    int
	docs       [][]byte
	full, same int // documents and 304s served
}

// NewFeeds returns so many feeds of so many entries each, in their first edition.
func NewFeeds(count, entries int) *Feeds {
	f := &Feeds{count: count, entries: entries, composer: newComposer(1, time.Now().Add(-24*time.Hour))}
	f.Next()
	return f
}

// Next brings out the next edition: every entry of every feed is a new one.
func (f *Feeds) Next() {
	docs := make([][]byte, f.count)
	for i := range docs {
		docs[i] = f.document(i)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.docs = docs
	f.edition++
}

func (f *Feeds) document(feed int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Feed %d</title><link>https://feed%d.example/</link><description>Measured</description>\n", feed, feed)
	for i := range f.entries {
		e := f.composer.next(fmt.Sprintf("%d-%d-%d", f.edition, feed, i))
		fmt.Fprintf(&b, "<item><title>%s</title><link>https://feed%d.example/%s</link><guid isPermaLink=\"false\">%s</guid><pubDate>%s</pubDate><dc:creator>%s</dc:creator><description>%s</description></item>\n",
			escaped(e.title), feed, e.id, e.id, e.at.UTC().Format(time.RFC1123Z), e.author, escaped("<p>"+escaped(e.text)+"</p>"))
	}
	b.WriteString("</channel></rss>\n")
	return b.Bytes()
}

// escaped is text as it stands in XML.
func escaped(s string) string {
	var e bytes.Buffer
	_ = xml.EscapeText(&e, []byte(s)) // a buffer takes everything
	return e.String()
}

// ServeHTTP serves one feed.
func (f *Feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/feed/"))
	if err != nil || n < 0 || n >= f.count {
		http.NotFound(w, r)
		return
	}
	tag, doc := f.answer(n, r.Header.Get("If-None-Match"))
	w.Header().Set("ETag", tag)
	if doc == nil {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	_, _ = w.Write(doc) // a reader that went away is the reader's matter
}

// answer returns the tag of the edition, and the document unless the reader has it.
func (f *Feeds) answer(n int, has string) (tag string, doc []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	tag = strconv.Quote(strconv.Itoa(f.edition))
	if has == tag {
		f.same++
		return tag, nil
	}
	f.full++
	return tag, f.docs[n]
}

// served tells how many documents and 304s were served since it was asked last.
func (f *Feeds) served() (full, same int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	full, same, f.full, f.same = f.full, f.same, 0, 0
	return full, same
}
