package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pemistahl/lingua-go"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// languages are those of triage that lingua is restricted to. Triage itself is not restricted: it also knows languages by their
// script, and may say that a text has none.
func languages() []lingua.Language {
	return []lingua.Language{
		lingua.English, lingua.Hungarian, lingua.Greek, lingua.Slovak, lingua.Czech, lingua.German, lingua.Spanish, lingua.French,
		lingua.Italian, lingua.Polish, lingua.Portuguese, lingua.Romanian, lingua.Dutch, lingua.Croatian,
	}
}

// hits counts right answers of both.
type hits struct{ rows, ours, theirs int }

// language prints how often triage and lingua-go (high accuracy) name the language that a row has, for the rows in triage's languages.
func language(ctx context.Context, data string, all bool) error {
	p, err := triage.New(triage.Options{})
	if err != nil {
		return err
	}
	known := languages()
	detector := lingua.NewLanguageDetectorBuilder().FromLanguages(known...).WithPreloadedLanguageModels().Build()
	codes := map[string]bool{}
	for _, l := range known {
		codes[strings.ToLower(l.IsoCode639_1().String())] = true
	}
	fmt.Println("| file | language | rows | triage | lingua-go | triage µs | lingua-go µs |\n| --- | --- | ---: | ---: | ---: | ---: | ---: |")
	for _, name := range []string{"langid.lingua", "langid.social", "langid.sib200"} {
		var took, took2 time.Duration
		whole, langs := hits{}, map[string]hits{}
		err := triage.ReadLabelled(ctx, filepath.Join(data, name+".mul.tsv.gz"), func(l triage.Labelled) error {
			if !codes[l.Label] || !all && !triage.InDev(l.Text) {
				return nil
			}
			start := time.Now()
			ours := p.Judge(desk.TriageInput{Text: l.Text}).Language.Label
			middle := time.Now()
			found, ok := detector.DetectLanguageOf(l.Text)
			took, took2 = took+middle.Sub(start), took2+time.Since(middle)
			h := hits{rows: 1}
			if ours == l.Label {
				h.ours = 1
			}
			if ok && strings.EqualFold(found.IsoCode639_1().String(), l.Label) {
				h.theirs = 1
			}
			whole, langs[l.Label] = whole.plus(h), langs[l.Label].plus(h)
			return nil
		})
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("no labelled files: name the folder that holds %s.mul.tsv.gz", name)
		}
		if err != nil {
			return err
		}
		whole.print(name, "all", fmt.Sprintf("%.0f | %.0f", micros(took, whole.rows), micros(took2, whole.rows)))
		for _, l := range sorted(langs) {
			langs[l].print("", l, " | ")
		}
	}
	return nil
}

func micros(d time.Duration, rows int) float64 {
	return float64(d.Nanoseconds()) / 1e3 / float64(max(rows, 1))
}

func (h hits) plus(o hits) hits { return hits{h.rows + o.rows, h.ours + o.ours, h.theirs + o.theirs} }

func (h hits) print(file, lang, times string) {
	n := float64(max(h.rows, 1))
	fmt.Printf("| %s | %s | %d | %.2f | %.2f | %s |\n", file, lang, h.rows, 100*float64(h.ours)/n, 100*float64(h.theirs)/n, times)
}

func sorted(m map[string]hits) []string {
	var out []string
	for l := range m {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

func median(list []pace) pace {
	slices.SortFunc(list, func(a, b pace) int { return cmp.Compare(a.texts, b.texts) })
	return list[len(list)/2]
}
