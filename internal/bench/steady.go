package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// talk is a network at which something is said all the time: half of its lists are feeds, half are searches that answer in JSON. Every
// list has something new each minute.
type talk struct {
	began    time.Time
	composer *composer
	asked    atomic.Int64

	mu    sync.Mutex
	lists map[string][]said
}

// said is one thing on a list.
type said struct {
	item
	n int64
}

const firstOnList = 20 // things that a list has from the start

// list brings a list up to date and returns it, newest first.
func (t *talk) list(name string, now time.Time) []said {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.lists[name]
	for len(list) < firstOnList+int(now.Sub(t.began).Minutes()) {
		at := t.began.Add(time.Duration(len(list)-firstOnList) * time.Minute)
		n := int64(crc32.ChecksumIEEE([]byte(name)))*100_000 + int64(len(list)) // every list has numbers of its own
		one := said{t.composer.next(strconv.FormatInt(n, 10)), n}
		one.at = at
		list = append([]said{one}, list...)
		t.lists[name] = list
	}
	return list[:min(len(list), firstOnList)]
}

// ServeHTTP answers as a feed at /feed/N and as the search of Hacker News below /N/.
func (t *talk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.asked.Add(1)
	name, feed := strings.CutPrefix(r.URL.Path, "/feed/")
	if !feed {
		name = "search" + r.URL.Query().Get("query")
	}
	list := t.list(name, time.Now())
	if !feed {
		t.search(w, list)
		return
	}
	tag := strconv.Quote(list[0].id)
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel><title>Talk</title>`)
	for _, s := range list {
		_, _ = fmt.Fprintf(&b, "<item><guid isPermaLink=\"false\">%s</guid><title>%s</title><pubDate>%s</pubDate><description>%s</description></item>",
			s.id, escaped(s.title), s.at.UTC().Format(time.RFC1123Z), escaped(s.text))
	}
	b.WriteString("</channel></rss>")
	_, _ = w.Write([]byte(b.String())) // a reader that went away is the reader's matter
}

func (t *talk) search(w http.ResponseWriter, list []said) {
	hits := make([]map[string]any, 0, len(list))
	for _, s := range list {
		hits = append(hits, map[string]any{
			"objectID": s.id, "created_at_i": s.at.Unix(), "author": s.author, "comment_text": s.text, "story_id": s.n, "parent_id": s.n,
			"_tags": []string{"comment"},
		})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"hits": hits})
}

// steady measures a desk that polls many sources every minute: its share of a core, and its memory.
func (b *run) steady(ctx context.Context, engine string) error {
	b.say("%d sources polled every minute for %v on %s", b.scale.sources, b.scale.steady, engine)
	t := &talk{began: time.Now(), composer: newComposer(4, time.Now().Add(-24*time.Hour)), lists: map[string][]said{}}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serving a network: %w", err)
	}
	srv := &http.Server{Handler: t, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	defer func() {
		_ = srv.Close()
		<-ended
	}()
	var sources []string
	for i := range b.scale.sources {
		line := fmt.Sprintf("{name: s%03d, kind: feed, brand: acme, every: 1m, url: \"http://%s/feed/%d\"}", i, ln.Addr(), i)
		if i%2 == 1 {
			line = fmt.Sprintf("{name: s%03d, kind: hackernews, brand: acme, every: 1m, queries: [q%d], server: \"http://%s\", items: \"http://%s\", recheck: 0s}", i, i, ln.Addr(), ln.Addr())
		}
		sources = append(sources, line)
	}
	dsn, err := b.database(engine)
	if err != nil {
		return err
	}
	conf, err := b.config(dsn, "", sources)
	if err != nil {
		return err
	}
	return b.watch(ctx, engine, conf, t)
}

// watch lets the first contact pass and then measures.
func (b *run) watch(ctx context.Context, engine, conf string, t *talk) (err error) {
	desk, err := b.serveRoles(ctx, conf, "poll,work,web")
	if err != nil {
		return err
	}
	defer func() {
		if stopped := desk.stop(); err == nil {
			err = stopped
		}
	}()
	if !b.opt.Quick { // what is only tried sees the first contact, or it would see nothing
		if err := rest(ctx, b.scale.steady/2); err != nil {
			return err
		}
	}
	before, asked, began, server := cpuOf(desk.cmd.Process.Pid), t.asked.Load(), time.Now(), b.serverTime()
	if err := rest(ctx, b.scale.steady); err != nil {
		return err
	}
	wall := time.Since(began).Seconds()
	polls := float64(t.asked.Load()-asked) / wall * 60
	if !b.opt.Quick && polls < 0.9*float64(b.scale.sources) {
		return fmt.Errorf("%d sources were polled %.0f times a minute", b.scale.sources, polls)
	}
	what := fmt.Sprintf("%d sources every minute", b.scale.sources)
	share := 100 * (cpuOf(desk.cmd.Process.Pid) - before).Seconds() / wall
	now, most := memory(desk.cmd.Process.Pid)
	b.report.add(single(what+", polls", engine, polls, "1/min", ""))
	b.report.add(single(what+", desk", engine, share, "% of a core", ""))
	if engine == Postgres {
		b.report.add(single(what+", PostgreSQL", engine, 100*(b.serverTime()-server).Seconds()/wall, "% of a core", ""))
	}
	b.report.add(Figure{What: what + ", memory", Engine: engine, Value: mega(now), Low: mega(now), High: mega(most), Unit: "MB", Runs: 1})
	return nil
}

// rest waits, or returns the context's error as soon as it ends.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// cpuOf is the processor time that a process has taken.
func cpuOf(pid int) time.Duration {
	own, _, _, _, _ := processTime(fmt.Sprintf("/proc/%d/stat", pid))
	return own
}
