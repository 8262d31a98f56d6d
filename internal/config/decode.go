package config

import (
	"fmt"
	"reflect"
	"strings"
)

// decoder reads one file: it fills structs from nodes and gathers what is wrong on the way.
type decoder struct {
	file, dir string
	env       func(string) (string, bool)
	kinds     Kinds
	marks     marks
	problems  Problems
	hidden    map[string]bool   // values that came from the environment, which errors must not show
	secrets   map[string]string // what *_file settings held, by path: read once
}

// top fills the configuration from the root of the file.
func (d *decoder) top(root *node, c *Config) {
	if root.kind != mapping {
		d.add(root.at, "", "the file holds %s; it must hold settings such as desk:, brands: and sources:", root.kind)
		return
	}
	d.fill(root, "", reflect.ValueOf(c).Elem())
}

// fill reads a mapping into one struct, or into several that share it: a source and the options of its kind.
func (d *decoder) fill(n *node, path string, structs ...reflect.Value) {
	var all []field
	for _, s := range structs {
		fields := fieldsOf(s.Type())
		all = append(all, fields...)
		for _, f := range fields {
			d.setting(n, path, f, s.FieldByIndex(f.index))
		}
	}
	for _, e := range n.entries {
		if _, ok := find(all, e.key); ok {
			continue
		}
		if _, ok := twin(all, e.key); ok {
			continue
		}
		d.add(e.at, join(path, e.key), "is not a known setting%s", suggest(e.key, keysOf(all)))
	}
}

// setting reads one field: its value, else the file that holds the secret, else its default.
func (d *decoder) setting(n *node, path string, f field, v reflect.Value) {
	own := join(path, f.key)
	value := n.get(f.key)
	if secretType(f.typ) {
		if file := n.get(f.key + "_file"); file != nil {
			if value != nil {
				d.add(file.at, own+"_file", "stands beside %s; give one of the two", f.key)
				return
			}
			value = d.secretFile(file, own+"_file")
			if value == nil {
				return
			}
		}
	}
	if value == nil {
		d.absent(n, own, f, v)
		return
	}
	d.mark(own, value)
	before := len(d.problems)
	d.value(value, v, f, own)
	if f.required && value.kind == textual && value.text == "" && len(d.problems) == before {
		d.add(value.at, own, "is empty")
	}
}

// absent gives a setting that is not written its default, or reports that it must be written.
func (d *decoder) absent(n *node, path string, f field, v reflect.Value) {
	switch {
	case f.required:
		also := ""
		if secretType(f.typ) {
			also = fmt.Sprintf(" (%s, or %s_file with the name of a file that holds it)", f.key, f.key)
		}
		d.add(n.at, path, "is missing%s", also)
	case f.def != "":
		d.byDefault(f, v, path)
	case f.typ.Kind() == reflect.Struct && !scalarType(f.typ):
		d.fill(&node{kind: mapping, at: n.at}, path, v)
	}
}

// byDefault reads the default tag as if it had been written in the file.
func (d *decoder) byDefault(f field, v reflect.Value, path string) {
	if f.typ.Kind() != reflect.Slice {
		d.value(scalarFromTag(f.def), v, f, path)
		return
	}
	n := &node{kind: list}
	for _, item := range strings.Split(f.def, ",") {
		n.items = append(n.items, scalarFromTag(item))
	}
	d.value(n, v, f, path)
}

// scalarFromTag makes a value that fits every scalar type, as one from the environment does.
func scalarFromTag(s string) *node { return &node{kind: textual, text: s, raw: s, expanded: true} }

// value reads any value into its place.
func (d *decoder) value(n *node, v reflect.Value, f field, path string) {
	t := v.Type()
	switch {
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		d.value(n, v.Elem(), f, path)
	case t == reflect.TypeFor[Source]():
		d.source(n, v.Addr().Interface().(*Source), path)
	case t == reflect.TypeFor[Target]():
		d.target(n, v.Addr().Interface().(*Target), path)
	case scalarType(t):
		d.scalar(n, v, f, path)
	case t.Kind() == reflect.Struct:
		if d.is(n, mapping, path, "settings, each on a line of its own as key: value") {
			d.fill(n, path, v)
		}
	case t.Kind() == reflect.Slice:
		d.slice(n, v, f, path)
	case t.Kind() == reflect.Map:
		d.mapOf(n, v, f, path)
	default:
		d.add(n.at, path, "cannot be configured: the program has no reading for %s", t)
	}
}

// is reports a value that is not of the kind it must be.
func (d *decoder) is(n *node, want kind, path, expected string) bool {
	if n.kind == want {
		return true
	}
	d.add(n.at, path, "is %s; it must be %s", n.kind, expected)
	return false
}

func (d *decoder) slice(n *node, v reflect.Value, f field, path string) {
	if !d.is(n, list, path, "a list, each entry on a line of its own after a dash, or [a, b]") {
		return
	}
	out := reflect.MakeSlice(v.Type(), 0, len(n.items))
	for i, item := range n.items {
		inner := fmt.Sprintf("%s[%d]", path, i)
		if item.kind == null {
			d.add(item.at, inner, "is empty; remove the dash or write the entry")
			continue
		}
		if item.kind == textual && item.text == "" && v.Type().Elem().Kind() == reflect.String {
			d.add(item.at, inner, "is empty; remove it or write the entry")
		}
		d.mark(inner, item)
		one := reflect.New(v.Type().Elem()).Elem()
		d.value(item, one, f, inner)
		out = reflect.Append(out, one)
	}
	v.Set(out)
}

func (d *decoder) mapOf(n *node, v reflect.Value, f field, path string) {
	if !d.is(n, mapping, path, "settings, each on a line of its own as key: value") {
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, e := range n.entries {
		inner := join(path, e.key)
		if e.value.kind == null {
			d.add(e.at, inner, "is empty; remove it or write its value")
			continue
		}
		d.mark(inner, e.value)
		one := reflect.New(v.Type().Elem()).Elem()
		d.value(e.value, one, f, inner)
		out.SetMapIndex(reflect.ValueOf(e.key).Convert(v.Type().Key()), one)
	}
	v.Set(out)
}

// mark remembers where a setting stands, unless it is a default, which stands nowhere, and hides what a variable holds.
func (d *decoder) mark(path string, n *node) {
	if n.at == (place{}) {
		return
	}
	d.marks[path] = n.at
	if n.expanded {
		d.hidden[n.text] = true
	}
}
