package train

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/model"
)

// Recipe says which labelled files teach what, and under which licences they stand.
type Recipe struct {
	Free   []string        `yaml:"free"`   // licences that a build restricted to free ones may use
	Labels map[string]Ways `yaml:"labels"` // ways of reading labels, by name
	Files  []Entry         `yaml:"files"`  // the first that names a file holds

	name string // of the file, for errors
	raw  []byte
}

// Ways are tried in turn; a label that none of them knows leaves its row out.
type Ways []Way

// Entry says of some files how they are read.
type Entry struct {
	Names     []string `yaml:"names"`     // of files without their endings; * stands for any letters
	Labels    string   `yaml:"labels"`    // a way of reading labels; none where only the language is learned from
	Field     string   `yaml:"field"`     // what stands in this field of extra goes before the label
	Kind      string   `yaml:"kind"`      // of text, see [model.Kind]; any for none in particular
	Licence   string   `yaml:"licence"`   // as its publisher states it
	Note      string   `yaml:"note"`      // what else is to say of the licence
	Weight    *float64 `yaml:"weight"`    // of its sentiment beside that of other files; 1 when left out
	Words     bool     `yaml:"words"`     // single words, not texts
	Not       []string `yaml:"not"`       // what some of its texts are examples against
	Examples  int      `yaml:"examples"`  // and how many
	Languages string   `yaml:"languages"` // where a row's language stands: column, label or nowhere; column when left out
	Beside    []string `yaml:"beside"`    // files for evaluation that hold the same texts and judge something else
	Apart     string   `yaml:"apart"`     // rows of different values of this field of extra teach languages as files of their own

	line int
}

//go:embed recipe.yaml
var shippedRecipe []byte

// ShippedRecipe is the recipe of the shipped models.
func ShippedRecipe() (*Recipe, error) { return ParseRecipe("recipe.yaml", shippedRecipe) }

// ReadRecipe reads a recipe from a file. Errors name the line.
func ReadRecipe(file string) (*Recipe, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the recipe: %w", err)
	}
	return ParseRecipe(file, raw)
}

// ParseRecipe reads a recipe; name stands before the line in errors.
func ParseRecipe(name string, raw []byte) (r *Recipe, err error) {
	defer func() {
		if p := recover(); p != nil { // the YAML library has had panics on what people type
			r, err = nil, desk.Invalidf("%s:1: the YAML is malformed in a way that its reader cannot place", name)
		}
	}()
	r = &Recipe{name: name, raw: raw}
	if err := yaml.UnmarshalWithOptions(raw, r, yaml.Strict()); err != nil {
		return nil, placed(name, err)
	}
	return r, r.check()
}

// Bytes are the recipe as it was read.
func (r *Recipe) Bytes() []byte { return r.raw }

// placed turns an error of the YAML reader into one sentence with its place.
func placed(name string, err error) error {
	if invalid := (*misplaced)(nil); errors.As(err, &invalid) {
		return desk.Invalidf("%s:%d: %s", name, invalid.line, invalid.said)
	}
	if bad := yaml.Error(nil); errors.As(err, &bad) && bad.GetToken() != nil {
		return desk.Invalidf("%s:%d: %s", name, bad.GetToken().Position.Line, bad.GetMessage())
	}
	return desk.Invalidf("%s:1: %v", name, err)
}

// misplaced is a mistake in one line of a recipe.
type misplaced struct {
	line int
	said string
}

// Error implements error.
func (m *misplaced) Error() string { return m.said }

// UnmarshalYAML notes where the entry stands.
func (e *Entry) UnmarshalYAML(node ast.Node) error {
	type plain Entry
	if err := yaml.NodeToValue(node, (*plain)(e), yaml.Strict()); err != nil {
		return err
	}
	e.line = node.GetToken().Position.Line
	return nil
}

func (r *Recipe) wrong(line int, format string, a ...any) error {
	return desk.Invalidf("%s:%d: %s", r.name, line, fmt.Sprintf(format, a...))
}

// check finds what cannot be meant.
func (r *Recipe) check() error {
	if len(r.Files) == 0 {
		return r.wrong(1, "the recipe names no files")
	}
	for name, ways := range r.Labels {
		for _, w := range ways {
			if err := w.check(); err != nil {
				return r.wrong(w.line, "labels.%s: %v", name, err)
			}
		}
	}
	for i := range r.Files {
		if err := r.Files[i].check(r); err != nil {
			return r.wrong(r.Files[i].line, "%v", err)
		}
	}
	return nil
}

func (e *Entry) check(r *Recipe) error {
	switch {
	case len(e.Names) == 0:
		return errors.New("the entry names no files")
	case e.Licence == "":
		return fmt.Errorf("%s has no licence; write \"not stated\" where there is none", e.Names[0])
	case e.Labels != "" && r.Labels[e.Labels] == nil:
		return fmt.Errorf("there is no way of reading labels called %q", e.Labels)
	case e.Labels != "" && e.kind() == model.Kinds && e.Kind != "any":
		return fmt.Errorf("kind is %q; it can be %s", e.Kind, strings.Join(kindNames(), ", "))
	case e.Weight != nil && !(*e.Weight >= 0 && *e.Weight <= 100):
		return errors.New("weight must be a number from 0 to 100")
	case (len(e.Not) > 0) != (e.Examples > 0):
		return errors.New("not and examples belong together: what texts are no examples of, and how many of them are used")
	case !slices.Contains([]string{"", "column", "label", "nowhere"}, e.Languages):
		return fmt.Errorf("languages is %q; it can be column, label or nowhere", e.Languages)
	}
	for _, n := range e.Not {
		if markOf(n) < 0 {
			return fmt.Errorf("not has %q; it can have %s", n, strings.Join(markNames(), ", "))
		}
	}
	for _, n := range e.Names {
		if _, err := path.Match(n, "x"); err != nil {
			return fmt.Errorf("%q is no pattern of names", n)
		}
	}
	return nil
}

// kind is the kind of text that is meant; [model.Kinds] when there is none of that name.
func (e *Entry) kind() model.Kind { return model.Kind(indexOr(kindNames(), e.Kind, int(model.Kinds))) }

func kindNames() (out []string) {
	for k := range model.Kinds {
		out = append(out, k.String())
	}
	return out
}

func indexOr(list []string, s string, other int) int {
	if i := slices.Index(list, s); i >= 0 {
		return i
	}
	return other
}

// weight of the sentiment of the entry's files.
func (e *Entry) weight() float64 {
	if e.Weight == nil {
		return 1
	}
	return *e.Weight
}

// entryOf finds what the recipe says of a file; nil when nothing.
func (r *Recipe) entryOf(name string) *Entry {
	for i := range r.Files {
		for _, pattern := range r.Files[i].Names {
			if ok, _ := path.Match(pattern, name); ok {
				return &r.Files[i]
			}
		}
	}
	return nil
}

func (r *Recipe) isFree(e *Entry) bool { return slices.Contains(r.Free, e.Licence) }
