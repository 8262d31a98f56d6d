package app

import (
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/bench"
)

// BenchmarkRefresh is one refresh of 50 feeds with 400 new entries each, and one where all answer 304, for a profile:
// go test ./internal/app -run '^$' -bench Refresh -benchtime 3x -cpuprofile FILE. `earshot bench all` measures the whole process.
func BenchmarkRefresh(b *testing.B) {
	const count, entries = 50, 400
	feeds := bench.NewFeeds(count, entries)
	srv := httptest.NewServer(feeds)
	defer srv.Close()
	dir := b.TempDir()
	var conf strings.Builder
	fmt.Fprintf(&conf, "desk: {name: Bench, private_networks: [127.0.0.0/8], log: {level: error}}\ndatabase: sqlite:%s\nbrands: [{name: acme, title: Acme}]\nsources:\n", filepath.Join(dir, "a.db"))
	for i := range count {
		fmt.Fprintf(&conf, "  - {name: feed%02d, kind: feed, brand: acme, url: %s/feed/%d}\n", i, srv.URL, i)
	}
	file := filepath.Join(dir, "earshot.yaml")
	if err := os.WriteFile(file, []byte(conf.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	refresh := func() {
		if err := Serve(b.Context(), Options{Config: file, Out: io.Discard, Err: os.Stderr}, allRoles(), true); err != nil {
			b.Fatal(err)
		}
	}
	refresh()
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			feeds.Next()
			b.StartTimer()
			refresh()
		}
		b.ReportMetric(float64(count*entries*b.N)/b.Elapsed().Seconds(), "entries/s")
	})
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			refresh()
		}
	})
}
