package train

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/triage/model"
)

// Card is what is told of trained models: what they were made of, how good they are, and where they end.
type Card struct {
	Recipe *Recipe
	Corpus *Corpus
	Seed   uint64
	Free   bool // read under free licences alone
	Twin   bool // trained without the dev rows

	Model     []byte // the files
	Languages []byte
	Learned   ModelReport
	Told      LanguageReport

	Short, Known, Honest string // tables of figures in Markdown; empty where nothing was judged
	Cost                 *FreeCost
}

// FreeCost is what a build from free licences alone loses: means over the same files of sentiment, of twins with all files and
// with the free ones.
type FreeCost struct {
	Files            int // of sentiment that both were judged by
	Examples         int // that the free twin learned from, of those of the other
	ExamplesOf       int
	MacroF1, FreeF1  float64
	Ratio, FreeRatio float64  // to the specialists; 0 where there is nothing to compare with
	Unlearned        []string // columns that no free file teaches
}

//go:embed tried.md
var tried string

// Markdown is the card as a page. The same training gives the same page.
func (c *Card) Markdown() string {
	var b strings.Builder
	c.files(&b)
	c.data(&b)
	c.figures(&b)
	c.calibration(&b)
	if strings.TrimSpace(tried) != "" {
		fmt.Fprintf(&b, "\n## What was tried and what it gained\n\n%s\n", strings.TrimSpace(tried))
	}
	c.free(&b)
	c.limits(&b)
	return b.String()
}

func digest(blob []byte) string {
	sum := sha256.Sum256(blob)
	return hex.EncodeToString(sum[:])
}

func (c *Card) files(b *strings.Builder) {
	fmt.Fprint(b, `# Model card

Made by `+"`earshot train`"+`; do not edit. Two models judge texts: one tells the language, the other sentiment, complaints, reports of faults,
requests, questions, spam and abuse. Both are linear, read hashed words, runs of letters and neighbours, and hold whole numbers of eight
bits or less; the papers are named in triage/model. They are meant for routing and counting what is said about a company in
public, under the eyes of people who may correct them; not for judging who wrote it.

| file | bytes | SHA-256 |
| --- | ---: | --- |
`)
	fmt.Fprintf(b, "| earshot.model | %d | %s |\n| languages.bin | %d | %s |\n\n", len(c.Model), digest(c.Model), len(c.Languages), digest(c.Languages))
	examples, rows := len(c.Corpus.Data.Examples), len(c.Corpus.Languages)
	part := "all rows; their figures are those of twins that have not seen the dev rows, a fifth of the texts: those whose SHA-256 has a second byte that five divides"
	if c.Twin {
		part = "all rows but the dev ones, a fifth of the texts: these are twins, made to be judged"
	}
	fmt.Fprintf(b, "Trained with seed %d by the recipe with the digest %.12s, which finds %d examples for what is said and %d rows for languages;\non %s.\n",
		c.Seed, digest(c.Recipe.Bytes()), examples, rows, part)
	fmt.Fprintf(b, "Of %d words that were seen twice %d have a row of their own, of %d other features %d have.\n", c.Learned.WordsOf, c.Learned.Words, c.Learned.RunsOf, c.Learned.Runs)
}

func (c *Card) data(b *strings.Builder) {
	fmt.Fprint(b, `
## Data

Only statistics of these files go into the models, no text. Where no licence is stated, the file is read as text and data mining of lawfully
accessible work. Withheld are rows whose text stands in a file for evaluation too. The weight is that of a file's sentiment beside others'.

| file | kind of text | licence | rows | withheld | negative / neutral / positive | yes or no | for languages | weight |
| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
`)
	var left []string
	for _, s := range c.Corpus.Sources {
		if s.Left != "" {
			left = append(left, s.Name)
			continue
		}
		licence, kind := s.Entry.Licence, s.Entry.Kind
		if kind == "any" {
			kind = "no kind of its own"
		}
		if s.Entry.Note != "" {
			licence += " (" + s.Entry.Note + ")"
		}
		if s.Entry.Words {
			kind = "single words"
		}
		weight := "–"
		if s.Sentiment != [3]int{} {
			weight = fmt.Sprintf("%g", s.Entry.weight())
		}
		marked := 0
		for _, n := range s.Marked {
			marked += n[0] + n[1]
		}
		fmt.Fprintf(b, "| %s | %s | %s | %d | %d | %d / %d / %d | %d | %d | %s |\n", s.Name, cmp.Or(kind, "–"), licence, s.Rows, s.Withheld,
			s.Sentiment[0], s.Sentiment[1], s.Sentiment[2], marked, s.LanguageRows, weight)
	}
	if len(left) > 0 {
		fmt.Fprintf(b, "\nLeft out: %s.\n", strings.Join(left, ", "))
	}
}

func (c *Card) figures(b *strings.Builder) {
	if c.Short == "" {
		return
	}
	fmt.Fprintf(b, `
## Figures

In per cent; brackets are 95 %% bootstrap intervals. Files that are trained on are judged by twins of the models and by their dev rows alone;
files that are never trained on by all their rows. The reference is the macro-F1 of a plain linear model trained on that file alone.

%s
### Files that are trained on, dev rows

%s
### Files that are never trained on, all rows

%s`, c.Short, c.Known, c.Honest)
}

func (c *Card) calibration(b *strings.Builder) {
	fmt.Fprint(b, `
## Calibration

Scores are multiplied with one factor for each column, fitted on the dev rows that the twin has not seen, so that their softmax or sigmoid
is a probability (temperature scaling, Guo et al. 2017; columns of yes and no are shifted, too, Platt 1999). The tables above give the
expected calibration error of every file. Languages have a factor for each length of text.

| column | factor |
| --- | ---: |
`)
	for _, col := range slices.Sorted(maps.Keys(c.Learned.Heat)) {
		fmt.Fprintf(b, "| %s | %.3f |\n", col, c.Learned.Heat[col])
	}
	fmt.Fprint(b, "\n| dev rows for languages | rows | accuracy | ECE |\n| --- | ---: | ---: | ---: |\n")
	for _, f := range slices.Sorted(maps.Keys(c.Told.Files)) {
		if s := c.Told.Files[f]; strings.HasPrefix(f, "langid.") {
			fmt.Fprintf(b, "| %s | %d | %.1f | %.1f |\n", f, s.Rows, 100*s.Accuracy, 100*s.ECE)
		}
	}
}

func (c *Card) free(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Stated free licences alone\n\n`earshot train --free` reads only files under %s.\n", strings.Join(c.Recipe.Free, ", "))
	switch {
	case c.Free:
		fmt.Fprint(b, "These models were made so.\n")
	case c.Cost != nil:
		f := c.Cost
		fmt.Fprintf(b, "Measured with twins, over %d files of sentiment: %d of %d examples are left, and macro-F1 falls from %.1f to %.1f per cent", f.Files, f.Examples, f.ExamplesOf, 100*f.MacroF1, 100*f.FreeF1)
		if f.Ratio > 0 {
			fmt.Fprintf(b, ", its mean ratio to the specialists from %.3f to %.3f", f.Ratio, f.FreeRatio)
		}
		fmt.Fprint(b, ".")
		if len(f.Unlearned) > 0 {
			fmt.Fprintf(b, " Nothing is left to learn from for: %s; there the rules and lexicons judge alone.", strings.Join(f.Unlearned, ", "))
		}
		fmt.Fprint(b, "\n")
	default:
		fmt.Fprint(b, "What that costs was not measured in this training: `earshot train --cost-of-free` does.\n")
	}
}

// languagesOf lists the languages of files, told by the end of their names, for which want holds.
func (c *Card) languagesOf(want func(s Source) bool) []string {
	var out []string
	for _, s := range c.Corpus.Sources {
		lang := s.Name[strings.LastIndexByte(s.Name, '.')+1:]
		if s.Left == "" && len(lang) == 2 && want(s) {
			out = append(out, lang)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *Card) limits(b *strings.Builder) {
	feelings := c.languagesOf(func(s Source) bool { return !s.Entry.Words && s.Sentiment != [3]int{} && s.Entry.weight() > 0 })
	fmt.Fprintf(b, "\n## Limits\n\nLabelled texts of sentiment are there for %s. Of the other columns they are few, and in few languages:\n\n", strings.Join(feelings, ", "))
	fmt.Fprint(b, "| column | yes | no | languages with yes | languages without |\n| --- | ---: | ---: | --- | --- |\n")
	for col := model.Complaint; col < model.Columns; col++ {
		n := c.Corpus.marked(col)
		with := c.languagesOf(func(s Source) bool { return s.Marked[col-model.Complaint][1] > 0 })
		without := slices.DeleteFunc(slices.Clone(feelings), func(l string) bool { return slices.Contains(with, l) })
		fmt.Fprintf(b, "| %v | %d | %d | %s | %s |\n", col, n[1], n[0], cmp.Or(strings.Join(with, ", "), "–"), cmp.Or(strings.Join(without, ", "), "–"))
	}
	fmt.Fprint(b, `
Urgency is not learned at all: no file of a real desk is labelled with it, so rules and lexicons judge it in every language. In languages
without texts of a column, the rules and lexicons of triage carry it; the golden set of our own texts is the only judge of them there.

- Texts are reviews, posts, film subtitles and what is asked of banks and assistants. Telephone transcripts, long letters, dialects and the
  jargon of a trade are not among them.
- The texts of M-ABSA in languages other than English are machine-translated; the labels of film subtitles are carried over from English.
- Irony is mostly taken at its word. What is said against a competitor counts as negative, though it may praise you.
- What offends was labelled in English, German and Greek, with the groups that its annotators had in mind; names of groups alone may move it.
`)
}
