package train

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/labelled"
	"github.com/earshotdesk/earshot/triage/model"
)

// ReadOptions say what of a folder is read.
type ReadOptions struct {
	Free bool // only files under licences that the recipe calls free
	Tell func(format string, a ...any)
}

// Source is one file of a folder, and what became of it.
type Source struct {
	Name         string // bare
	Entry        *Entry // nil when the recipe does not name it
	Left         string // why it was not read; empty when it was
	Rows         int
	Examples     int // that teach sentiment, intents, spam or abuse
	LanguageRows int
	Withheld     int // rows that stand in a file for evaluation only, or come from one
	Sentiment    [3]int
	Marked       [model.Columns - model.Complaint][2]int // rows that say no and yes, by column
}

// Corpus is what a recipe makes of a folder.
type Corpus struct {
	Data      Data
	Languages []LanguageRow
	Sources   []Source // in order of their names
}

// Read reads the files that TRAIN.txt of the folder lists as the recipe says. Nothing is read from files that EVAL-ONLY.txt lists
// but their texts, which are left out wherever they stand.
func (r *Recipe) Read(ctx context.Context, dir string, opt ReadOptions) (*Corpus, error) {
	names, err := listed(dir, trainList)
	if err != nil {
		return nil, err
	}
	out, err := withhold(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := r.permitted(dir, names, out); err != nil {
		return nil, err
	}
	g := &gatherer{recipe: r, dir: dir, opt: opt, withheld: out, names: map[string]bool{}}
	for _, name := range names {
		g.names[labelled.Name(name)] = true
	}
	for _, name := range names {
		s, err := g.file(ctx, name)
		if err != nil {
			return nil, err
		}
		g.corpus.Sources = append(g.corpus.Sources, s)
		if opt.Tell != nil {
			opt.Tell("%s", s)
		}
	}
	g.corpus.forgetOneSided()
	if len(g.corpus.Data.Examples) == 0 && len(g.corpus.Languages) == 0 {
		return nil, desk.Invalidf("%s: the recipe finds nothing to learn from in the files that %s lists", dir, trainList)
	}
	return &g.corpus, nil
}

// String is a line of progress.
func (s Source) String() string {
	if s.Left != "" {
		return fmt.Sprintf("%s: left out, %s", s.Name, s.Left)
	}
	line := fmt.Sprintf("%s: %d rows, %d examples, %d for languages", s.Name, s.Rows, s.Examples, s.LanguageRows)
	if s.Withheld > 0 {
		line += fmt.Sprintf(", %d withheld", s.Withheld)
	}
	return line
}

// permitted refuses a recipe or a list that would have files for evaluation learned from.
func (r *Recipe) permitted(dir string, names []string, out *withheld) error {
	for _, n := range names {
		if out.files[labelled.Name(n)] {
			return desk.Invalidf("%s lists %s, and so does %s: a file is either learned from or for evaluation only", filepath.Join(dir, trainList), n, evalList)
		}
	}
	for i := range r.Files {
		for _, n := range r.Files[i].Names {
			if out.files[n] {
				return r.wrong(r.Files[i].line, "%s is for evaluation only, says %s: nothing may be learned from it", n, filepath.Join(dir, evalList))
			}
		}
	}
	return nil
}

// gatherer puts a corpus together.
type gatherer struct {
	recipe   *Recipe
	dir      string
	opt      ReadOptions
	withheld *withheld
	names    map[string]bool // of the files that are listed
	corpus   Corpus
}

func (g *gatherer) file(ctx context.Context, name string) (Source, error) {
	s := Source{Name: labelled.Name(name)}
	s.Entry = g.recipe.entryOf(s.Name)
	if s.Left = g.left(s.Name); s.Left != "" {
		return s, nil
	}
	e := s.Entry
	first := len(g.corpus.Data.Examples)
	err := readRows(ctx, filepath.Join(g.dir, name), func(r row) error {
		s.Rows++
		if from := r.field("from"); g.withheld.has(r.text, e.Beside) || from != "" && g.names[from] && g.left(from) != "" || g.withheld.files[from] {
			s.Withheld++
			return nil
		}
		g.language(&s, &r)
		ex := Example{File: len(g.corpus.Data.Files), Text: r.text}
		label := r.label
		if v := r.field(e.Field); v != "" {
			label = v
		}
		if g.recipe.Labels[e.Labels].read(label, &ex) {
			g.corpus.Data.Examples = append(g.corpus.Data.Examples, ex)
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	mine := g.corpus.Data.Examples[first:]
	e.against(mine)
	s.count(mine)
	if len(mine) > 0 {
		g.corpus.Data.Files = append(g.corpus.Data.Files, File{Name: s.Name, Kind: e.kind(), Weight: e.weight(), Words: e.Words})
	}
	return s, nil
}

// left says why a file is not read.
func (g *gatherer) left(name string) string {
	e := g.recipe.entryOf(name)
	switch {
	case e == nil:
		return "the recipe does not name it"
	case g.opt.Free && !g.recipe.isFree(e):
		return "its licence is not among the free ones: " + e.Licence
	}
	return ""
}

// language adds the row to those of languages, if its language is known.
func (g *gatherer) language(s *Source, r *row) {
	e := s.Entry
	l := LanguageRow{File: s.Name, Text: r.text, Label: r.lang}
	switch e.Languages {
	case "nowhere":
		return
	case "label":
		l.Label = r.label
	}
	if e.Apart != "" {
		l.File += ":" + r.field(e.Apart)
	}
	if !slices.Contains([]string{"", "mul", "und"}, l.Label) {
		s.LanguageRows++
		g.corpus.Languages = append(g.corpus.Languages, l)
	}
}

// against makes some examples, spread evenly, into ones against what the entry names.
func (e *Entry) against(examples []Example) {
	n, want := len(examples), min(e.Examples, len(examples))
	for i := range examples {
		if (i+1)*want/max(n, 1) == i*want/max(n, 1) {
			continue
		}
		for _, name := range e.Not {
			if m := &examples[i].Marks[markOf(name)]; *m < 0 {
				*m = 0
			}
		}
	}
}

func (s *Source) count(examples []Example) {
	s.Examples = len(examples)
	for i := range examples {
		if f := examples[i].Sentiment; f >= 0 {
			s.Sentiment[f]++
		}
		for m, v := range examples[i].Marks {
			if v >= 0 {
				s.Marked[m][v]++
			}
		}
	}
}

// Unlearned names the columns that no file teaches.
func (c *Corpus) Unlearned() (out []string) {
	for col := model.Complaint; col < model.Columns; col++ {
		if n := c.marked(col); n[0] == 0 || n[1] == 0 {
			out = append(out, col.String())
		}
	}
	return out
}

// marked counts the examples that say no and yes.
func (c *Corpus) marked(col model.Column) (n [2]int) {
	for _, s := range c.Sources {
		m := s.Marked[col-model.Complaint]
		n[0], n[1] = n[0]+m[0], n[1]+m[1]
	}
	return n
}

// forgetOneSided unmarks the columns that have examples of yes or of no alone: what always says the same teaches nothing but that, and
// would drown what the rules find.
func (c *Corpus) forgetOneSided() {
	for col := model.Complaint; col < model.Columns; col++ {
		if n := c.marked(col); n[0] > 0 && n[1] > 0 {
			continue
		}
		at := col - model.Complaint
		for i := range c.Data.Examples {
			c.Data.Examples[i].Marks[at] = -1
		}
		for i := range c.Sources {
			c.Sources[i].Marked[at] = [2]int{}
		}
	}
}
