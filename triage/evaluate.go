package triage

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/labelled"
)

// Evaluation says how labelled files are judged. Its zero value judges all rows by their text alone.
type Evaluation struct {
	Part         string             // PartDev or PartTrain; empty or PartAll for every row
	LanguageHint bool               // hand the file's lang column to triage, as if the site had said it
	Mistakes     int                // how many of the surest mistakes are kept for each file
	Reference    map[string]float64 // macro-F1 to compare with, by the file's bare name; see [ReadReference]
}

// Mistake is a row that triage judged wrongly.
type Mistake struct {
	Line    int           `json:"line"`
	Lang    string        `json:"lang,omitempty"`
	Want    string        `json:"want"`
	Got     string        `json:"got"`
	Sure    float64       `json:"sure"` // the probability that it gave its answer
	Text    string        `json:"text"`
	Reasons []desk.Reason `json:"reasons,omitempty"` // of the tag in question, the weightiest first, three at most
}

// Evaluate judges labelled files as [Evaluation.Files] does, every row by its text alone.
func Evaluate(ctx context.Context, p *Pipeline, files []string) ([]Score, error) {
	return Evaluation{}.Files(ctx, p, files)
}

// Files judges labelled files: TSV, perhaps gzipped, whose header names at least the columns text and label. The task is the
// beginning of a file's name. Stars of 0 to 2 count as negative, 3 as neutral, 4 and 5 as positive; rows with labels that are not
// of the task are left out. A file with two of the labels is decided between those two. The same files give the same figures.
func (e Evaluation) Files(ctx context.Context, p *Pipeline, files []string) ([]Score, error) {
	var out []Score
	for _, f := range files {
		s, err := e.file(ctx, p, f)
		if err != nil {
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (e Evaluation) file(ctx context.Context, p *Pipeline, file string) (Score, error) {
	t, err := taskOf(file)
	if err != nil {
		return Score{}, err
	}
	seen, err := e.survey(ctx, file, t)
	if err != nil {
		return Score{}, err
	}
	a, err := e.judge(ctx, p, file, t, seen.labels)
	if err != nil {
		return Score{}, err
	}
	s := a.score(t)
	s.File, s.LeftOut = filepath.Base(file), seen.leftOut
	s.Mistakes = a.mistakes
	if ref, ok := e.Reference[labelled.Name(file)]; ok && ref > 0 {
		s.Reference, s.Ratio = ref, s.MacroF1/ref
	}
	return s, nil
}

// mostLabels bounds how many labels or languages a file may have: more of them are no labels, but a wrong column.
const mostLabels = 1000

// survey is what must be known of a file before its first row is judged.
type survey struct {
	labels  []string // sorted
	leftOut int
}

// survey reads a file once for its labels, so that the rows need not be kept.
func (e Evaluation) survey(ctx context.Context, file string, t task) (survey, error) {
	var s survey
	labels, langs := map[string]bool{}, map[string]bool{}
	err := ReadLabelled(ctx, file, func(r Labelled) error {
		if !inPart(e.Part, r.Text) {
			return nil
		}
		label := t.label(r.Label)
		if label == "" {
			s.leftOut++
			return nil
		}
		labels[label], langs[r.Lang] = true, true
		if max(len(labels), len(langs)) > mostLabels {
			return desk.Invalidf("%s:%d: there are more than %d different labels or languages so far; are the columns right?", file, r.Line, mostLabels)
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	if len(labels) == 0 {
		part := ""
		if e.Part == PartDev || e.Part == PartTrain {
			part = " in its " + e.Part + " part"
		}
		return s, desk.Invalidf("%s holds no rows%s with labels of the task %s", file, part, t.name)
	}
	s.labels = slices.Sorted(maps.Keys(labels))
	return s, nil
}

// rowsTogether is how many rows travel to a worker at once.
const rowsTogether = 256

// judge judges the rows of a file on all cores and adds their answers up.
func (e Evaluation) judge(ctx context.Context, p *Pipeline, file string, t task, labels []string) (*answers, error) {
	work := make(chan []Labelled)
	parts := make([]*answers, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i := range parts {
		parts[i] = newAnswers(e.Mistakes)
		wg.Go(func() {
			for rows := range work {
				for _, r := range rows {
					parts[i].add(e.one(p, t, r, labels), r.Lang)
				}
			}
		})
	}
	var rows []Labelled
	err := ReadLabelled(ctx, file, func(r Labelled) error {
		if r.Label = t.label(r.Label); r.Label == "" || !inPart(e.Part, r.Text) {
			return nil
		}
		if rows = append(rows, r); len(rows) == rowsTogether {
			work <- rows
			rows = nil
		}
		return nil
	})
	work <- rows
	close(work)
	wg.Wait()
	for _, part := range parts[1:] {
		parts[0].merge(part)
	}
	return parts[0], err
}

// one judges one row.
func (e Evaluation) one(p *Pipeline, t task, r Labelled, labels []string) judged {
	in := desk.TriageInput{Text: r.Text}
	if e.LanguageHint && len(r.Lang) == 2 {
		in.Language = r.Lang
	}
	v := p.Judge(in)
	j := judged{answer: t.answer(&v, r.Label, labels), want: r.Label}
	if j.got != j.want && e.Mistakes > 0 {
		j.mistake = &Mistake{Line: r.Line, Lang: r.Lang, Want: r.Label, Got: j.got, Sure: j.sure, Text: r.Text, Reasons: weightiest(v.Reasons, t.tag)}
	}
	return j
}

// judged is the answer to one row beside the truth.
type judged struct {
	answer
	want    string
	mistake *Mistake
}

// weightiest returns the three reasons that moved a tag most.
func weightiest(reasons []desk.Reason, tag string) []desk.Reason {
	var list []desk.Reason
	for _, r := range reasons {
		if r.Tag == tag {
			list = append(list, r)
		}
	}
	slices.SortStableFunc(list, func(a, b desk.Reason) int { return cmp.Compare(weight(b), weight(a)) })
	return list[:min(len(list), 3)]
}

// weight is how far a reason moves its tag, whichever way.
func weight(r desk.Reason) float64 {
	most := abs(r.Weight)
	for _, m := range r.Moves {
		most = max(most, abs(m.By))
	}
	return most
}
