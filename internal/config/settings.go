package config

import (
	"reflect"
	"strings"
)

// Setting describes one setting for people who write a configuration: on pages and on the command line.
type Setting struct {
	Name    string // as it stands in the file; parts of a list's elements after a dot, such as locations.id
	Form    string // text, number, duration, yes/no, secret, list, names, settings
	Default string // as it would be written; empty when there is none
	Choices []string
	Needed  bool   // it must be written, a secret or its file
	Doc     string // a sentence or two
}

// Settings lists the settings that a kind adds to those that every source or target has, in the order of its options struct. options
// is what the kind gives: a pointer to a zero struct.
func Settings(options any) []Setting { return settingsOf(optionFields(options), "") }

func settingsOf(fields []field, before string) []Setting {
	var out []Setting
	for _, f := range fields {
		out = append(out, Setting{
			Name: before + f.key, Form: form(f.typ), Default: f.def, Choices: f.enum, Needed: f.required, Doc: strings.TrimSpace(f.doc),
		})
		if inner := element(f.typ); before == "" && inner.Kind() == reflect.Struct && !scalarType(inner) { // one level down is enough to be understood
			out = append(out, settingsOf(fieldsOf(inner), f.key+".")...)
		}
	}
	return out
}

// element is what a list or pointer holds; any other type is itself.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

// form names the type of a value as people would.
func form(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case secretType(t):
		return "secret"
	case durationType(t):
		return "duration"
	case t.Kind() == reflect.Slice:
		return "list"
	case t.Kind() == reflect.Map:
		return "names"
	case !scalarType(t):
		return "settings"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "yes/no"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return "number"
	}
	return "text"
}
