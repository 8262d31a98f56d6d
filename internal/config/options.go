package config

import (
	"maps"
	"reflect"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Source is one configured poll. The settings of its kind stand beside these; [Source.Decode] gives them.
type Source struct {
	Name    string        `yaml:"name" required:"true" doc:"Name of the source: letters, digits, hyphen, underscore and dot."`
	Kind    string        `yaml:"kind" required:"true" doc:"Kind of connector."`
	Brand   string        `yaml:"brand" doc:"Brand its mentions are about, unless the text names another."`
	Account string        `yaml:"account" doc:"Account that answers on it; nobody can answer when absent."`
	Every   desk.Duration `yaml:"every" default:"5m" min:"10s" doc:"How often it is polled."`
	Recheck desk.Duration `yaml:"recheck" default:"7d" min:"0s" doc:"How long known mentions are looked at again for edits and deletions, where the network lets; 0s for not at all."`

	options options
}

// Decode fills the options struct of the source's kind, with defaults and secrets.
func (s Source) Decode(into any) error { return s.options.decode(into) }

// Target is one place where notices can go. The settings of its kind stand beside these; [Target.Decode] gives them.
type Target struct {
	Name string `yaml:"name" required:"true" doc:"Name that routes call it by."`
	Kind string `yaml:"kind" required:"true" doc:"Kind of target."`

	options options
}

// Decode fills the options struct of the target's kind, with defaults and secrets.
func (t Target) Decode(into any) error { return t.options.decode(into) }

// options are the settings of a kind: the struct as it was read, and what is needed to read it again into another.
type options struct {
	read   reflect.Value // the struct; zero when the kind is unknown
	from   *node
	path   string
	common []field
	file   string
	dir    string
	known  map[string]string // secrets from files, read once
}

func (o options) decode(into any) error {
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return desk.Invalidf("the options of %s need a pointer to a struct", o.path)
	}
	if o.from == nil {
		return desk.Invalidf("this was not read from a configuration")
	}
	// Reading afresh gives every caller its own slices and maps.
	d := &decoder{file: o.file, dir: o.dir, marks: marks{}, hidden: map[string]bool{}, secrets: maps.Clone(o.known)}
	rest := &node{kind: mapping, at: o.from.at}
	for _, e := range o.from.entries {
		if _, common := find(o.common, e.key); !common {
			rest.entries = append(rest.entries, e)
		}
	}
	v.Elem().SetZero()
	d.fill(rest, o.path, v.Elem())
	if len(d.problems) > 0 {
		return d.problems.sorted()
	}
	return nil
}

// source reads one source with the options of its kind.
func (d *decoder) source(n *node, s *Source, path string) {
	s.options = d.kinded(n, reflect.ValueOf(s).Elem(), path, d.kinds.Connectors, "connector")
}

// target reads one target with the options of its kind.
func (d *decoder) target(n *node, t *Target, path string) {
	t.options = d.kinded(n, reflect.ValueOf(t).Elem(), path, d.kinds.Targets, "target")
}

// kinded reads what every source or target has into common, and the rest into the options of its kind.
func (d *decoder) kinded(n *node, common reflect.Value, path string, kinds map[string]any, what string) options {
	if !d.is(n, mapping, path, "settings, each on a line of its own as key: value") {
		return options{}
	}
	fields := fieldsOf(common.Type())
	zero, known := any(nil), false
	if k := n.get("kind"); k != nil && k.kind == textual {
		if zero, known = kinds[k.text]; !known && k.text != "" {
			d.add(k.at, path+".kind", "is %s, but there is no such kind of %s%s", k.shown(), what,
				suggest(k.text, slices.Sorted(maps.Keys(kinds))))
		}
	}
	if !known { // which settings belong to it cannot be told: read only what all have
		own := *n
		own.entries = slices.DeleteFunc(slices.Clone(n.entries), func(e entry) bool { _, ok := find(fields, e.key); return !ok })
		d.fill(&own, path, common)
		return options{}
	}
	read := reflect.New(optionType(zero)).Elem()
	d.fill(n, path, common, read)
	return options{read: read, from: n, path: path, common: fields, file: d.file, dir: d.dir, known: d.secrets}
}
