package train

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"

	yaml "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/earshotdesk/earshot/triage/model"
)

// Way says what some labels mean. A label is of it when it is in Is, or is a number within the bounds that are given.
type Way struct {
	Is      []string `yaml:"is"` // * stands for any letters
	AtLeast *float64 `yaml:"at_least"`
	AtMost  *float64 `yaml:"at_most"`
	Below   *float64 `yaml:"below"`

	Sentiment string `yaml:"sentiment"` // negative, neutral or positive
	Complaint string `yaml:"complaint"` // yes or no, as the others
	Fault     string `yaml:"fault"`
	Request   string `yaml:"request"`
	Spam      string `yaml:"spam"`
	Offensive string `yaml:"offensive"`
	Question  string `yaml:"question"`

	line int
}

// marks are what a way says of the columns that are yes or no, in the order of [Example.Marks].
func (w *Way) marks() [model.Columns - model.Complaint]string {
	return [...]string{w.Complaint, w.Fault, w.Request, w.Spam, w.Offensive, w.Question}
}

// UnmarshalYAML notes where the way stands.
func (w *Way) UnmarshalYAML(node ast.Node) error {
	type plain Way
	if err := yaml.NodeToValue(node, (*plain)(w), yaml.Strict()); err != nil {
		return err
	}
	w.line = node.GetToken().Position.Line
	return nil
}

func (w *Way) check() error {
	numeric := w.AtLeast != nil || w.AtMost != nil || w.Below != nil
	switch {
	case len(w.Is) == 0 && !numeric:
		return errors.New("say which labels are meant, by is, at_least, at_most or below")
	case len(w.Is) > 0 && numeric:
		return errors.New("labels are meant either by is or by at_least, at_most and below")
	case w.Sentiment != "" && feelingOf(w.Sentiment) < 0:
		return fmt.Errorf("sentiment is %q; it can be negative, neutral or positive", w.Sentiment)
	}
	for i, said := range w.marks() {
		if said != "" && said != "yes" && said != "no" {
			return fmt.Errorf("%s is %q; it can be yes or no", markNames()[i], said)
		}
	}
	for _, p := range w.Is {
		if _, err := path.Match(p, "x"); err != nil {
			return fmt.Errorf("%q is no pattern of labels", p)
		}
	}
	return nil
}

// knows tells whether a label is one of these.
func (w *Way) knows(label string) bool {
	if len(w.Is) > 0 {
		return slices.ContainsFunc(w.Is, func(p string) bool {
			ok, _ := path.Match(p, label)
			return ok || p == label
		})
	}
	x, err := strconv.ParseFloat(label, 64)
	return err == nil && (w.AtLeast == nil || x >= *w.AtLeast) && (w.AtMost == nil || x <= *w.AtMost) && (w.Below == nil || x < *w.Below)
}

// read writes what a label means into an example, and tells whether it means anything.
func (ways Ways) read(label string, e *Example) bool {
	e.Sentiment = -1
	for i := range e.Marks {
		e.Marks[i] = -1
	}
	at := slices.IndexFunc(ways, func(w Way) bool { return w.knows(label) })
	if at < 0 {
		return false
	}
	e.Sentiment = feelingOf(ways[at].Sentiment)
	means := e.Sentiment >= 0
	for i, said := range ways[at].marks() {
		e.Marks[i] = int8(slices.Index([]string{"no", "yes"}, said))
		means = means || said != ""
	}
	return means
}

// feelingOf is a sentiment as [Example] has it.
func feelingOf(s string) int8 {
	return int8(slices.Index([]string{"negative", "neutral", "positive"}, s))
}

// markNames are the columns that are yes or no.
func markNames() (out []string) {
	for c := model.Complaint; c < model.Columns; c++ {
		out = append(out, c.String())
	}
	return out
}

// markOf is the place of a column in [Example.Marks], or negative.
func markOf(name string) int { return slices.Index(markNames(), name) }
