package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pemistahl/lingua-go"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage"
	"github.com/earshotdesk/earshot/triage/labelled"
	"github.com/earshotdesk/earshot/triage/langid"
)

// languages are those of triage that lingua is restricted to. Triage itself is not: it also knows languages by their script, and may
// say that a text has none; what it would say under the same restriction has a column of its own.
func languages() []lingua.Language {
	return []lingua.Language{
		lingua.English, lingua.Hungarian, lingua.Greek, lingua.Slovak, lingua.Czech, lingua.German, lingua.Spanish, lingua.French,
		lingua.Italian, lingua.Polish, lingua.Portuguese, lingua.Romanian, lingua.Dutch, lingua.Croatian,
	}
}

// hits counts right answers of both, and how long they took.
type hits struct {
	rows, ours, bound, theirs int // bound: ours, restricted as theirs
	oursTook, theyTook        time.Duration
}

// judges are the two that are set side by side.
type judges struct {
	ours   *triage.Pipeline
	model  *langid.Model // of ours
	theirs lingua.LanguageDetector
	codes  map[string]bool // of the languages that both know
}

// language prints how often triage and lingua-go (high accuracy) name the language that a row has, for the rows in triage's languages.
func language(ctx context.Context, data, twin string, all bool) error {
	m, err := languagesOf(twin)
	if err != nil {
		return err
	}
	p, err := triage.New(triage.Options{Languages: m})
	if err != nil {
		return err
	}
	known := languages()
	j := judges{p, m, lingua.NewLanguageDetectorBuilder().FromLanguages(known...).WithPreloadedLanguageModels().Build(), map[string]bool{}}
	for _, l := range known {
		j.codes[strings.ToLower(l.IsoCode639_1().String())] = true
	}
	times := ""
	fmt.Println("| file | language | rows | triage | triage, restricted | lingua-go, restricted |\n| --- | --- | ---: | ---: | ---: | ---: |")
	for _, name := range []string{"langid.lingua", "langid.social", "langid.sib200"} {
		langs, err := j.judge(ctx, filepath.Join(data, name+".mul.tsv.gz"), all)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("no labelled files: name the folder that holds %s.mul.tsv.gz", name)
		}
		if err != nil {
			return err
		}
		var whole hits
		for _, h := range langs {
			whole = whole.plus(h)
		}
		whole.print(name, "all")
		for _, l := range slices.Sorted(maps.Keys(langs)) {
			langs[l].print("", l)
		}
		times += fmt.Sprintf("%s: %.0f µs a text for all tags of triage, %.0f for lingua-go\n", name, micros(whole.oursTook, whole.rows), micros(whole.theyTook, whole.rows))
	}
	fmt.Print("\n" + times) // not in the table: they are the machine's, and differ each time
	return nil
}

// languagesOf loads a twin's languages, or the shipped ones.
func languagesOf(twin string) (*langid.Model, error) {
	if twin == "" {
		return langid.Shipped()
	}
	blob, err := os.ReadFile(filepath.Join(twin, "languages.bin"))
	if err != nil {
		return nil, fmt.Errorf("reading the twin: %w", err)
	}
	return langid.Load(blob)
}

// judge counts the answers about the rows of a file, by language.
func (j judges) judge(ctx context.Context, file string, all bool) (map[string]hits, error) {
	langs := map[string]hits{}
	err := triage.ReadLabelled(ctx, file, func(l triage.Labelled) error {
		if !j.codes[l.Label] || !all && !labelled.InDev(l.Text) {
			return nil
		}
		h := hits{rows: 1}
		start := time.Now()
		ours := j.ours.Judge(desk.TriageInput{Text: l.Text}).Language.Label
		middle := time.Now()
		found, ok := j.theirs.DetectLanguageOf(l.Text)
		h.oursTook, h.theyTook = middle.Sub(start), time.Since(middle)
		if ours == l.Label {
			h.ours = 1
		}
		if j.bound(l.Text, ours) == l.Label {
			h.bound = 1
		}
		if ok && strings.EqualFold(found.IsoCode639_1().String(), l.Label) {
			h.theirs = 1
		}
		langs[l.Label] = langs[l.Label].plus(h)
		return nil
	})
	return langs, err
}

// bound is what triage's model says when it may only name the languages that both know. Where the script decides there is nothing to
// restrict.
func (j judges) bound(given, said string) string {
	var doc text.Doc
	doc.Read(given)
	group, _, scores := j.model.Scores(&doc)
	latin, _ := j.model.Languages()
	if group != 0 {
		return said
	}
	best, most := said, int32(math.MinInt32)
	for i, label := range latin {
		if code, _, _ := strings.Cut(label, "-"); j.codes[code] && scores[i] > most { // Greek in Latin letters is Greek
			best, most = code, scores[i]
		}
	}
	return best
}

func micros(d time.Duration, rows int) float64 {
	return float64(d.Nanoseconds()) / 1e3 / float64(max(rows, 1))
}

func (h hits) plus(o hits) hits {
	return hits{h.rows + o.rows, h.ours + o.ours, h.bound + o.bound, h.theirs + o.theirs, h.oursTook + o.oursTook, h.theyTook + o.theyTook}
}

func (h hits) print(file, lang string) {
	n := float64(max(h.rows, 1))
	fmt.Printf("| %s | %s | %d | %.2f | %.2f | %.2f |\n", file, lang, h.rows, 100*float64(h.ours)/n, 100*float64(h.bound)/n, 100*float64(h.theirs)/n)
}
