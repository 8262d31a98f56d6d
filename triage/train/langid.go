package train

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/earshotdesk/earshot/triage/labelled"
	"github.com/earshotdesk/earshot/triage/langid"
)

// LanguageRow is a text in a known language.
type LanguageRow struct {
	File  string // where it comes from: every file takes part, however small
	Text  string
	Label string // the code of its language
}

// LanguageOptions say how languages are learned. [LanguageDefaults] are the tried ones.
type LanguageOptions struct {
	Seed          uint64
	WithoutDev    bool                          // leave the dev part out of what ships: a twin for honest figures
	Longest       int                           // the longest run of letters, in characters
	Bits          int                           // the table of runs has 1 << Bits rows
	Words         int                           // how many words get a row of their own
	PerLanguage   int                           // examples of each language in a round
	Epochs        int                           // rounds
	Dropout       float64                       // share of known words that are judged by their letters alone
	Rate          float64                       // of learning, for letters
	WordRate      float64                       // and for words
	Short         float64                       // share of texts of which one to three words are read
	Plain         float64                       // share of texts that are read without accents
	WordlistShare float64                       // share of the files of single words, word pairs and sentences
	Sisters       float64                       // how much rarer Bosnian and Serbian are than the others
	Floor         float64                       // below this probability a text has no language
	Tell          func(format string, a ...any) // hears of the progress; may be nil
}

// LanguageDefaults are the options of the shipped model.
func LanguageDefaults() LanguageOptions {
	return LanguageOptions{
		Seed: 1, Longest: 5, Bits: 17, Words: 53_000, PerLanguage: 6000, Epochs: 24, Dropout: 0.3, Rate: 0.2, WordRate: 0.4,
		Short: 0.85, Plain: 0.15, WordlistShare: 0.45, Sisters: 0.05, Floor: 0.15,
	}
}

func (o *LanguageOptions) tell(format string, a ...any) {
	if o.Tell != nil {
		o.Tell(format, a...)
	}
}

// foreign is a file whose texts are said to be English and are of many languages.
const foreign = "sentiment.sanders.en"

// TrainLanguage trains the shipped model on all rows. Its figures are those of a twin that has not seen the dev part, which also
// tells how far the probabilities must be tempered.
func TrainLanguage(ctx context.Context, rows []LanguageRow, opt LanguageOptions) (*langid.Model, LanguageReport, error) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r LanguageRow) bool { return r.File == foreign })
	heat, report, err := trainTwin(ctx, rows, &opt)
	if err != nil || opt.WithoutDev {
		return report.Twin, report, err
	}
	full, err := trainLanguageNet(ctx, rows, &opt)
	if err != nil {
		return nil, report, err
	}
	parts := full.pack()
	parts.Heat = heat
	m, err := langid.Load(parts.Encode())
	if err != nil {
		return nil, report, fmt.Errorf("reading the trained model: %w", err)
	}
	return m, report, nil
}

// trainTwin trains without the dev part, and finds the heats and figures by it.
func trainTwin(ctx context.Context, rows []LanguageRow, opt *LanguageOptions) (heat [langid.Lengths]float64, report LanguageReport, err error) {
	var seen, dev []LanguageRow
	for _, r := range rows {
		if labelled.InDev(r.Text) {
			dev = append(dev, r)
		} else {
			seen = append(seen, r)
		}
	}
	if len(seen) == 0 || len(dev) == 0 {
		return heat, report, errors.New("training languages: no rows, or none in the dev part")
	}
	twin, err := trainLanguageNet(ctx, seen, opt)
	if err != nil {
		return heat, report, err
	}
	parts := twin.pack()
	if heat, err = fitLanguageHeat(parts, dev); err != nil {
		return heat, report, fmt.Errorf("tempering languages: %w", err)
	}
	parts.Heat = heat
	m, err := langid.Load(parts.Encode())
	if err != nil {
		return heat, report, fmt.Errorf("reading the trained twin: %w", err)
	}
	report = reportLanguages(m, dev)
	report.Twin = m
	report.Rows, report.Dev = len(rows), len(dev)
	return heat, report, nil
}
