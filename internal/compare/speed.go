package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/jdkato/prose/v2"
	"github.com/jonreiter/govader"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

const (
	textsWanted = 2000            // distinct ones, so that no branch predictor learns them by heart
	textLength  = 140             // characters
	rounds      = 5               // of each contender, in turns, so that whatever else the machine does falls on all
	roundTime   = 2 * time.Second // of each contender in each round
)

// contender is one way of judging a text.
type contender struct {
	name  string
	texts []string
	judge func(text string) error
}

// speed prints texts per second of one core's time, the median of the rounds.
func speed(ctx context.Context, data string) error {
	english, err := textsOf(ctx, data, "sentiment.airline.en", "sentiment.semeval2017.en", "sentiment.brands-products.en")
	if err != nil {
		return err
	}
	four, err := textsOf(ctx, data, "sentiment.airline.en", "sentiment.hts.hu", "sentiment.skroutz-shops.el", "stars.csfd.sk")
	if err != nil {
		return err
	}
	list, err := contenders(english, four)
	if err != nil {
		return err
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	figures := make([][]pace, len(list))
	for range rounds {
		for i, c := range list {
			p, err := c.measure(ctx)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			figures[i] = append(figures[i], p)
		}
	}
	tw := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintf(tw, "one core, %d distinct texts of %d characters\ttexts/s\tallocations\tbytes\n", textsWanted, textLength)
	for i, c := range list {
		p := median(figures[i])
		fmt.Fprintf(tw, "%s\t%.0f\t%.1f\t%.0f\n", c.name, p.texts, p.allocations, p.bytes)
	}
	return tw.Flush()
}

func contenders(english, four []string) ([]contender, error) {
	p, err := triage.New(triage.Options{
		Brands: []desk.Brand{{Name: "acme", Aliases: []string{"@AcmeHelp"}, Products: []desk.Product{{Name: "Acme Phone", Aliases: []string{"telefon"}}}}},
		Topics: []desk.Topic{{Name: "delivery", Words: map[string][]string{"en": {"parcel", "deliver*"}, "hu": {"csomag*"}}}},
	})
	if err != nil {
		return nil, err
	}
	doc, err := prose.NewDocument("x", prose.WithSegmentation(false))
	if err != nil {
		return nil, err
	}
	vader := govader.NewSentimentIntensityAnalyzer()
	judge := func(s string) error { p.Judge(desk.TriageInput{Text: s}); return nil }
	return []contender{
		{"triage, all tags with their reasons, English", english, judge},
		{"triage, all tags with their reasons, English, Hungarian, Greek, Slovak", four, judge},
		{"govader, sentiment alone, English", english, func(s string) error { vader.PolarityScores(s); return nil }},
		{"prose, parts of speech alone, English", english, func(s string) error {
			_, err := prose.NewDocument(s, prose.UsingModel(doc.Model), prose.WithSegmentation(false), prose.WithExtraction(false))
			return err
		}},
	}, nil
}

// pace is how fast a contender was, and what it asked of memory, for each text.
type pace struct{ texts, allocations, bytes float64 }

func (c contender) measure(ctx context.Context) (pace, error) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, begun, n := time.Now(), busy(), 0
	for time.Since(start) < roundTime {
		for range 20 {
			if err := c.judge(c.texts[n%len(c.texts)]); err != nil {
				return pace{}, err
			}
			n++
		}
		if ctx.Err() != nil {
			return pace{}, ctx.Err()
		}
	}
	took := busy() - begun
	runtime.ReadMemStats(&after)
	f := float64(n)
	return pace{f / took.Seconds(), float64(after.Mallocs-before.Mallocs) / f, float64(after.TotalAlloc-before.TotalAlloc) / f}, nil
}

// busy is how long this process has held a core: other work on the machine does not count.
func busy() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// textsOf collects texts of equal length, as many of each file; where the labelled files are absent they are strung together from the
// project's own sentences in as many languages.
func textsOf(ctx context.Context, data string, files ...string) ([]string, error) {
	var out []string
	for i, name := range files {
		have := map[string]bool{}
		limit := textsWanted * (i + 1) / len(files)
		err := triage.ReadLabelled(ctx, filepath.Join(data, name+".tsv.gz"), func(l triage.Labelled) error {
			if r := []rune(l.Text); len(r) >= textLength && !have[l.Text] {
				have[l.Text] = true
				out = append(out, string(r[:textLength]))
			}
			if len(out) == limit {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, fs.ErrNotExist) {
			return golden(len(files) > 3)
		}
		if err != nil && !errors.Is(err, errEnough) {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no text in %s is long enough", data)
	}
	return out, nil
}

var errEnough = errors.New("enough")

// golden strings the sentences of triage's golden set together, each time in another order, until there are enough texts.
func golden(everyLanguage bool) ([]string, error) {
	raw, err := os.ReadFile("../../triage/testdata/golden.tsv")
	if err != nil {
		return nil, err
	}
	var sentences []string
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if line[0] == '#' || len(f) < 5 || !everyLanguage && f[0] != "en" {
			continue
		}
		sentences = append(sentences, f[len(f)-1])
	}
	if len(sentences) < 20 {
		return nil, errors.New("the golden set has too few sentences to make texts of")
	}
	var out []string
	for i := 0; len(out) < textsWanted; i++ {
		text := ""
		for step := 1 + i/len(sentences); len([]rune(text)) < textLength; step++ {
			text += sentences[(i*step+step)%len(sentences)] + " "
		}
		out = append(out, string([]rune(text)[:textLength]))
	}
	return out, nil
}

func median(list []pace) pace {
	slices.SortFunc(list, func(a, b pace) int { return cmp.Compare(a.texts, b.texts) })
	return list[len(list)/2]
}
