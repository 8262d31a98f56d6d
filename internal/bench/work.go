package bench

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// imports measures reading a CSV file into an empty desk.
func (b *run) imports(ctx context.Context, engine string) error {
	b.say("importing %d rows on %s", b.scale.rows, engine)
	file := filepath.Join(b.dir, "reviews.csv")
	if err := writeCSV(file, b.scale.rows); err != nil {
		return err
	}
	var rate, cpu, server []float64
	for range b.scale.imports {
		dsn, err := b.database(engine)
		if err != nil {
			return err
		}
		conf, err := b.config(dsn, "", nil)
		if err != nil {
			return err
		}
		u, err := b.earshot(ctx, "import", "--source", "reviews", "--brand", "acme", "--config", conf, file)
		if err != nil {
			return err
		}
		if want := fmt.Sprintf(": %d new,", b.scale.rows); !strings.Contains(u.out, want) {
			return fmt.Errorf("the import said %q, not %q", u.out, want)
		}
		rate, cpu, server = append(rate, float64(b.scale.rows)/u.wall.Seconds()), append(cpu, u.cpu.Seconds()), append(server, u.server.Seconds())
	}
	what := fmt.Sprintf("import of %s rows", short(b.scale.rows))
	b.report.add(median(what, engine, rate, "rows/s", "≥ 5,000"))
	b.report.add(median(what+", desk", engine, cpu, "CPU s", ""))
	if engine == Postgres {
		b.report.add(median(what+", PostgreSQL", engine, server, "CPU s", ""))
	}
	return nil
}

func writeCSV(name string, rows int) (err error) {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("writing a file of reviews: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriter(file)
	out := csv.NewWriter(w)
	c := newComposer(2, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	_ = out.Write([]string{"id", "title", "text", "author", "language", "date", "stars"}) // a csv.Writer keeps its error
	for i := range rows {
		e := c.next(fmt.Sprint(i))
		_ = out.Write([]string{e.id, e.title, e.text, e.author, e.language, e.at.Format(time.RFC3339), fmt.Sprint(1 + i%5)})
	}
	out.Flush()
	return errors.Join(out.Error(), w.Flush())
}

// polled finds how long the polls of `serve --once` took by themselves in its log.
var polled = regexp.MustCompile(`msg="polled every source" took=(\S+)`)

// refreshes measures first contact with many feeds, refreshes that bring new entries, and those that bring nothing.
func (b *run) refreshes(ctx context.Context, engine string) error {
	feeds := NewFeeds(b.scale.feeds, b.scale.entries)
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serving feeds: %w", err)
	}
	srv := &http.Server{Handler: feeds, ReadHeaderTimeout: time.Minute}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	defer func() {
		_ = srv.Close()
		<-ended
	}()
	dsn, err := b.database(engine)
	if err != nil {
		return err
	}
	var sources []string
	for i := range b.scale.feeds {
		sources = append(sources, fmt.Sprintf("{name: feed%02d, kind: feed, brand: acme, url: \"http://%s/feed/%d\"}", i, ln.Addr(), i))
	}
	conf, err := b.config(dsn, "", sources)
	if err != nil {
		return err
	}
	if err := b.fresh(ctx, engine, conf, "first contact", 1, feeds); err != nil {
		return err
	}
	if err := b.fresh(ctx, engine, conf, "refresh", b.scale.refreshes, feeds); err != nil {
		return err
	}
	return b.unchanged(ctx, engine, conf, feeds)
}

// fresh measures polls that find nothing but new entries: the whole command, from its start to its end.
func (b *run) fresh(ctx context.Context, engine, conf, what string, runs int, feeds *Feeds) error {
	what = fmt.Sprintf("%s, %d feeds of %d new", what, b.scale.feeds, b.scale.entries)
	b.say("%s on %s", what, engine)
	entries := float64(b.scale.feeds * b.scale.entries)
	var rate, cpu, server []float64
	for range runs {
		feeds.Next()
		u, err := b.earshot(ctx, "serve", "--once", "--config", conf)
		if err != nil {
			return err
		}
		if full, same := feeds.served(); full != b.scale.feeds || same != 0 {
			return fmt.Errorf("%d feeds were read and %d unchanged, not %d and 0", full, same, b.scale.feeds)
		}
		rate, cpu, server = append(rate, entries/u.wall.Seconds()), append(cpu, u.cpu.Seconds()), append(server, u.server.Seconds())
	}
	b.report.add(median(what, engine, rate, "entries/s", "≥ 5,000"))
	b.report.add(median(what+", desk", engine, cpu, "CPU s", "≤ 4"))
	if engine == Postgres {
		b.report.add(median(what+", PostgreSQL", engine, server, "CPU s", ""))
	}
	return nil
}

// unchanged measures polls where all feeds answer 304.
func (b *run) unchanged(ctx context.Context, engine, conf string, feeds *Feeds) error {
	var polls, whole []float64
	for range b.scale.stale {
		u, err := b.earshot(ctx, "serve", "--once", "--config", conf)
		if err != nil {
			return err
		}
		if full, same := feeds.served(); full != 0 || same != b.scale.feeds {
			return fmt.Errorf("%d feeds were read and %d unchanged, not 0 and %d", full, same, b.scale.feeds)
		}
		m := polled.FindStringSubmatch(u.log)
		if m == nil {
			return errors.New("the desk did not log how long its polls took")
		}
		took, err := time.ParseDuration(m[1])
		if err != nil {
			return fmt.Errorf("reading how long the polls took: %w", err)
		}
		polls, whole = append(polls, took.Seconds()), append(whole, u.wall.Seconds())
	}
	what := fmt.Sprintf("refresh, %d feeds unchanged", b.scale.feeds)
	b.report.add(median(what+", polls", engine, polls, "s", "≤ 0.1"))
	b.report.add(median(what+", whole command", engine, whole, "s", ""))
	return nil
}

// judge measures triage with all tags on one core.
func (b *run) judge(ctx context.Context) error {
	b.say("triage")
	p, err := triage.New(triage.Options{
		Brands: []desk.Brand{{Name: "acme", Title: "Acme", Products: []desk.Product{{Name: "Acme Phone"}, {Name: "Acme Cloud"}}, Competitors: []desk.Product{{Name: "Globex"}}}},
		Topics: []desk.Topic{{Name: "delivery", Words: map[string][]string{"en": {"deliver*", "parcel"}, "hu": {"szállít*", "csomag*"}, "el": {"παράδοσ*", "δέμα"}, "sk": {"doruč*", "balík*"}}}},
	})
	if err != nil {
		return err
	}
	c := newComposer(3, time.Now())
	texts := make([]string, b.scale.texts)
	for i := range texts {
		e := c.next("")
		texts[i] = e.title + "\n\n" + e.text
	}
	var rate []float64
	for range 5 {
		began := time.Now()
		for _, t := range texts {
			p.Judge(desk.TriageInput{Text: t, Kind: desk.KindReview})
		}
		rate = append(rate, float64(len(texts))/time.Since(began).Seconds())
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	b.report.add(median("triage, all tags, one core", "", rate, "texts/s", ""))
	return nil
}
