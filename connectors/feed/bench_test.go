package feed

import (
	"fmt"
	"strings"
	"testing"
)

// bigFeed is an Atom feed of n entries of some 150 letters each, those from first on.
func bigFeed(feed, first, n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Feed %d</title><id>urn:f:%d</id><link href="https://odd.example/site/%d"/>`, feed, feed, feed)
	text := "the kettle arrived broken and support never answered my email about a refund which is disappointing, árvíztűrő tükörfúrógép "
	for i := first; i < first+n; i++ {
		fmt.Fprintf(&b, `<entry><id>urn:f:%d:%d</id><title>Review %d %s</title><link href="https://odd.example/site/%d/%d"/><updated>2026-11-%02dT%02d:00:00Z</updated><author><name>u%d</name></author><content type="html">&lt;p&gt;%s%s&lt;/p&gt;</content></entry>`,
			feed, i, i, text[:40], feed, i, 1+i%19, i%24, i%97, text, text[i%40:])
	}
	b.WriteString("</feed>")
	return []byte(b.String())
}

// BenchmarkRefresh reads 50 feeds of 400 entries: all new, and all known but for one that makes each document another.
func BenchmarkRefresh(b *testing.B) {
	const feeds, entries = 50, 400
	first, second := make([][]byte, feeds), make([][]byte, feeds)
	states := make([]state, feeds)
	f := testFeed(b)
	for i := range feeds {
		first[i], second[i] = bigFeed(i, 0, entries), bigFeed(i, 1, entries)
		if _, err := digest(f, &states[i], first[i], ""); err != nil {
			b.Fatal(err)
		}
	}
	run := func(name string, docs [][]byte, from func(i int) state, want int) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				found := 0
				for i, doc := range docs {
					s := from(i)
					batch, err := digest(f, &s, doc, "application/atom+xml")
					if err != nil {
						b.Fatal(err)
					}
					found += len(batch.Mentions)
				}
				if found != want {
					b.Fatalf("found %d, want %d", found, want)
				}
			}
			b.ReportMetric(float64(feeds*entries*b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
	run("new", first, func(int) state { return state{} }, feeds*entries)
	run("known", second, func(i int) state { return states[i] }, feeds)
}
