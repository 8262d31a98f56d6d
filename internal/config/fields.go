package config

import (
	"reflect"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// field is one setting, as the tags of its struct field describe it.
type field struct {
	key      string
	index    []int
	typ      reflect.Type
	doc      string
	def      string // default, as it would be written in the file; empty when there is none
	enum     []string
	min, max string
	required bool
}

// fieldsOf lists the settings of a struct in the order of its fields; embedded structs count as if written out.
func fieldsOf(t reflect.Type) []field {
	if t == nil || t.Kind() != reflect.Struct {
		return nil
	}
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, opts, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.Type.Kind() == reflect.Struct && (opts == "inline" || f.Anonymous && key == "") {
			for _, inner := range fieldsOf(f.Type) {
				inner.index = append([]int{i}, inner.index...)
				out = append(out, inner)
			}
			continue
		}
		if key == "-" || !f.IsExported() {
			continue
		}
		if key == "" {
			key = strings.ToLower(f.Name)
		}
		one := field{key: key, index: []int{i}, typ: f.Type, doc: f.Tag.Get("doc"), def: f.Tag.Get("default"),
			min: f.Tag.Get("min"), max: f.Tag.Get("max"), required: f.Tag.Get("required") == "true"}
		if e := f.Tag.Get("enum"); e != "" {
			one.enum = strings.Split(e, ",")
		}
		out = append(out, one)
	}
	return out
}

// find looks a setting up by its key.
func find(fields []field, key string) (field, bool) {
	for _, f := range fields {
		if f.key == key {
			return f, true
		}
	}
	return field{}, false
}

// twin finds the secret that a *_file setting stands for.
func twin(fields []field, key string) (field, bool) {
	base, ok := strings.CutSuffix(key, "_file")
	if !ok {
		return field{}, false
	}
	f, ok := find(fields, base)
	return f, ok && secretType(f.typ)
}

// secretType tells whether values of the type are secrets, which have a *_file twin.
func secretType(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t == reflect.TypeFor[desk.Secret]() || t == reflect.TypeFor[DSN]()
}

// keysOf lists what may be written: the settings and the twins of secrets.
func keysOf(fields []field) []string {
	var keys []string
	for _, f := range fields {
		keys = append(keys, f.key)
		if secretType(f.typ) {
			keys = append(keys, f.key+"_file")
		}
	}
	return keys
}

func commonSource() []field { return fieldsOf(reflect.TypeFor[Source]()) }
func commonTarget() []field { return fieldsOf(reflect.TypeFor[Target]()) }

// optionFields lists the settings that a kind adds.
func optionFields(options any) []field { return fieldsOf(optionType(options)) }

// optionType is the struct behind a kind's options; the empty struct when it has none.
func optionType(options any) reflect.Type {
	t := reflect.TypeOf(options)
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		return reflect.TypeFor[struct{}]()
	}
	return t
}
