package bench

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// QualityOptions say what triage is judged by and where that is written.
type QualityOptions struct {
	Data      string             // folder of labelled files with TRAIN.txt and EVAL-ONLY.txt, which list them
	Reference map[string]float64 // macro-F1 of the specialists on the dev split, by file
	Language  string             // file with a Markdown table of languages to take over; empty for none
	Report    string             // Markdown file to write
	Readme    string             // file with the marks between which the short table goes; empty for none

	Shipped *triage.Pipeline // judges the files that are never trained on
	Twin    *triage.Pipeline // trained like it but without the dev rows, judges these; nil to take the shipped one, which the report then says

	Out io.Writer // where progress is told

	lenient bool // pass over files that cannot be judged
}

// leastRows is how many rows a file needs for its ratio to count.
const leastRows = 100

// Marks around the short table in the README.
const (
	qualityBegin = "<!-- quality: made by make bench-quality -->\n"
	qualityEnd   = "<!-- /quality -->\n"
)

// quality is what was measured.
type quality struct {
	known  []triage.Score // dev rows of files that training may use
	honest []triage.Score // all rows of the files that it never sees
}

// judge judges every labelled file that triage has an answer for.
func (o *QualityOptions) judge(ctx context.Context) (q quality, err error) {
	if o.Twin == nil {
		o.Twin = o.Shipped
	}
	if q.known, err = o.evaluate(ctx, o.Twin, "TRAIN.txt", triage.PartDev); err != nil {
		return q, err
	}
	q.honest, err = o.evaluate(ctx, o.Shipped, "EVAL-ONLY.txt", triage.PartAll)
	return q, err
}

// Quality judges every labelled file that triage has an answer for, and writes the tables.
func Quality(ctx context.Context, o QualityOptions) error {
	q, err := o.judge(ctx)
	if err != nil {
		return err
	}
	body, err := o.report(q)
	if err != nil {
		return err
	}
	if err := os.WriteFile(o.Report, body, 0o644); err != nil {
		return fmt.Errorf("writing the report of quality: %w", err)
	}
	if o.Readme == "" {
		return nil
	}
	return between(o.Readme, qualityBegin, qualityEnd, q.short())
}

// evaluate judges the files of a list whose task triage has an answer for.
func (o QualityOptions) evaluate(ctx context.Context, p *triage.Pipeline, list, part string) ([]triage.Score, error) {
	names, err := listed(filepath.Join(o.Data, list))
	if err != nil {
		if o.lenient && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, desk.ErrInvalid)) {
			return nil, nil
		}
		return nil, err
	}
	var out []triage.Score
	for _, name := range names {
		_, _ = fmt.Fprintf(o.Out, "%s\n", name)
		scores, err := triage.Evaluation{Part: part, Reference: o.Reference}.Files(ctx, p, []string{filepath.Join(o.Data, name)})
		if o.lenient && errors.Is(err, desk.ErrInvalid) {
			_, _ = fmt.Fprintf(o.Out, "not judged: %v\n", err)
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, scores...)
	}
	return out, nil
}

// judgeable are the tasks whose labels in the folder are triage's. The intents there are those of banks and airlines; the golden set
// and the files of complaints judge ours.
func judgeable() []string {
	return []string{"sentiment", "stars", "complaint", "offensive", "spam", "urgency", "langid"}
}

// listed reads the names of a list, ordered by task and then by name.
func listed(file string) ([]string, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading which files there are: %w", err)
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		task, _, _ := strings.Cut(line, ".")
		if slices.Contains(judgeable(), task) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	if len(out) == 0 {
		return nil, desk.Invalidf("%s lists no file that triage can be judged by", file)
	}
	slices.SortStableFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(rankOf(a), rankOf(b)), cmp.Compare(a, b))
	})
	return out, nil
}

func rankOf(name string) int {
	task, _, _ := strings.Cut(name, ".")
	return slices.Index(judgeable(), task)
}

const preface = `# Quality

Made by ` + "`make bench-quality`" + `; do not edit. Model: %s.

Figures are in per cent but the Brier score and the ratio. In brackets: 95 %% bootstrap intervals. P and R are precision and recall of
the class that matters most. ECE is the expected calibration error of the winning label's probability over 15 bins. The reference is the
macro-F1 of a plain linear model trained on that file alone (softmax regression on hashed words and n-grams, see internal/compare) on the
dev split; the ratio is ours by it. A specialist knows the file's topics and the habits of its annotators; one model for all does not.
The dev split is a fifth of the texts: those whose SHA-256 has a second byte that five divides. Means are over files with 100 rows or more.

%s
## Files that training may use, dev rows

Judged by %s.

`

func (o QualityOptions) report(q quality) ([]byte, error) {
	var b bytes.Buffer
	judge := "the shipped model itself: where a tag was trained on all rows, it has seen these, and its figures flatter"
	if o.Twin != o.Shipped {
		judge = "a twin of the shipped model, trained by the same recipe without these rows"
	}
	fmt.Fprintf(&b, preface, o.Shipped.Model(), q.short(), judge)
	if err := (triage.Report{Markdown: true, MinRows: leastRows}).Write(&b, q.known); err != nil {
		return nil, err
	}
	fmt.Fprint(&b, "\n## Files that are never trained on, all rows\n\nJudged by the shipped model: what to expect of a source that nobody has seen.\n\n")
	if err := (triage.Report{Markdown: true, MinRows: leastRows}).Write(&b, q.honest); err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "\n## Sentiment by language\n\n%s", q.byLanguage())
	if o.Language == "" {
		return b.Bytes(), nil
	}
	table, err := os.ReadFile(o.Language)
	if err != nil {
		return nil, fmt.Errorf("reading the table of languages: %w", err)
	}
	fmt.Fprintf(&b, "\n## Language beside lingua-go\n\nAccuracy on the dev rows in triage's languages. lingua-go v1.4.0 in its high accuracy, restricted\nto these languages; triage as it is, and in the same restriction.\n\n%s", table)
	return b.Bytes(), nil
}

// group is some files that are summed up in one line.
type group struct {
	name   string
	scores []triage.Score
}

func feelings(s triage.Score) bool { return s.Task == "sentiment" || s.Task == "stars" }

// short is the table of means.
func (q quality) short() string {
	groups := []group{{"Sentiment, sources that training may use", pick(q.known, feelings)}, {"Sentiment, sources never trained on", pick(q.honest, feelings)}}
	for _, t := range [][2]string{{"complaint", "Complaint or not"}, {"offensive", "Offensive or not"}, {"spam", "Spam or not"}, {"urgency", "Urgency, invented tickets never trained on"}, {"langid", "Language"}} {
		groups = append(groups, group{t[1], pick(append(slices.Clone(q.known), q.honest...), func(s triage.Score) bool { return s.Task == t[0] })})
	}
	return means(groups)
}

// byLanguage sums the files of sentiment up by the language that ends their names.
func (q quality) byLanguage() string {
	parts := map[string][]triage.Score{}
	for _, s := range append(slices.Clone(q.known), q.honest...) {
		if s.Task == "sentiment" || s.Task == "stars" {
			name := strings.Split(s.File, ".")
			parts[name[min(2, len(name)-1)]] = append(parts[name[min(2, len(name)-1)]], s)
		}
	}
	var groups []group
	for lang, scores := range parts {
		groups = append(groups, group{lang, scores})
	}
	slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(a.name, b.name) })
	return means(groups)
}

// means writes a line for each group that has a file with enough rows.
func means(groups []group) string {
	var b strings.Builder
	b.WriteString("| | files | rows | accuracy | macro-F1 | by the specialists' | ECE |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, g := range groups {
		m := triage.MeanOf(g.scores, leastRows)
		if m.Files == 0 {
			continue
		}
		against := "–"
		if m.Compared > 0 {
			against = fmt.Sprintf("%.3f", m.Ratio)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %.1f | %.1f | %s | %.1f |\n", g.name, m.Files, m.Rows, 100*m.Accuracy, 100*m.MacroF1, against, 100*m.ECE)
	}
	return b.String()
}

func pick(list []triage.Score, want func(triage.Score) bool) (out []triage.Score) {
	for _, s := range list {
		if want(s) {
			out = append(out, s)
		}
	}
	return out
}

// between replaces what stands between two marks of a file.
func between(file, begin, end, body string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("writing the short table: %w", err)
	}
	head, rest, ok := strings.Cut(string(raw), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return desk.Invalidf("%s has no place for the short table: it needs the lines %q and %q", file, strings.TrimSpace(begin), strings.TrimSpace(end))
	}
	if err := os.WriteFile(file, []byte(head+begin+body+end+tail), 0o644); err != nil {
		return fmt.Errorf("writing the short table: %w", err)
	}
	return nil
}
