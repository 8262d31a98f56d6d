package config

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

const (
	hasVariable     = `\$\{.+\}`
	durationPattern = `^[0-9]+d$|^([0-9]+d)?([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$|^0$|` + hasVariable
)

// object is a piece of JSON Schema.
type object = map[string]any

// Schema returns the JSON Schema (2020-12) of a configuration file with these kinds, for editors. What only shows when settings
// are looked at together, such as a name that nothing has, is left to [Load].
func Schema(kinds Kinds) ([]byte, error) {
	if err := kinds.check(); err != nil {
		return nil, err
	}
	s := schemer{kinds: kinds, defs: object{}}
	root := s.settings(fieldsOf(reflect.TypeFor[Config]()))
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Earshot configuration"
	root["$defs"] = s.defs
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return append(out, '\n'), nil
}

// schemer builds the schema; structs become definitions, since routes contain routes.
type schemer struct {
	kinds Kinds
	defs  object
}

// settings describes a mapping with exactly these fields.
func (s schemer) settings(fields []field) object {
	properties, required := s.properties(fields)
	out := object{"type": "object", "additionalProperties": false, "properties": properties}
	require(out, required)
	return out
}

// require adds the settings that must be written; a secret may come from a file instead.
func require(out object, fields []field) {
	var names []string
	var either []any
	for _, f := range fields {
		if secretType(f.typ) {
			either = append(either, object{"anyOf": []any{object{"required": []string{f.key}}, object{"required": []string{f.key + "_file"}}}})
			continue
		}
		names = append(names, f.key)
	}
	if names != nil {
		out["required"] = names
	}
	if either != nil {
		out["allOf"] = either
	}
}

func (s schemer) properties(fields []field) (object, []field) {
	properties := object{}
	var required []field
	for _, f := range fields {
		properties[f.key] = s.property(f)
		if secretType(f.typ) {
			properties[f.key+"_file"] = object{"type": "string", "minLength": 1,
				"description": fmt.Sprintf("File that holds %s, relative to the folder of this configuration.", f.key)}
		}
		if f.required {
			required = append(required, f)
		}
	}
	return properties, required
}

// property describes one setting.
func (s schemer) property(f field) object {
	out := s.value(f.typ, f)
	if f.doc != "" {
		out["description"] = f.doc
	}
	if f.def != "" {
		out["default"] = defaultOf(f)
	}
	return out
}

func defaultOf(f field) any {
	if f.typ.Kind() == reflect.Slice {
		return strings.Split(f.def, ",")
	}
	if scalarType(f.typ) && !durationType(f.typ) && f.typ.Kind() != reflect.String {
		return json.RawMessage(f.def)
	}
	return f.def
}

// value describes a type.
func (s schemer) value(t reflect.Type, f field) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return s.value(t.Elem(), f)
	case t == reflect.TypeFor[Source]():
		return s.kinded("Source", commonSource(), s.kinds.Connectors)
	case t == reflect.TypeFor[Target]():
		return s.kinded("Target", commonTarget(), s.kinds.Targets)
	case scalarType(t):
		return scalarSchema(t, f)
	}
	switch t.Kind() {
	case reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": s.value(t.Elem(), f)}
	case reflect.Map:
		return object{"type": []string{"object", "null"}, "additionalProperties": s.value(t.Elem(), f)}
	case reflect.Struct:
		return s.named(t)
	}
	return object{}
}

// named describes a struct once and refers to it.
func (s schemer) named(t reflect.Type) object {
	name := strings.ReplaceAll(t.String(), ".", "_")
	if _, done := s.defs[name]; !done {
		s.defs[name] = nil // so that a struct within itself refers to it
		inner := s.settings(fieldsOf(t))
		if inner["required"] == nil && inner["allOf"] == nil {
			inner["type"] = []string{"object", "null"}
		}
		s.defs[name] = inner
	}
	return object{"$ref": "#/$defs/" + name}
}

// kinded describes a source or target: what all have, and by its kind the rest.
func (s schemer) kinded(name string, common []field, kinds map[string]any) object {
	properties, required := s.properties(common)
	names := slices.Sorted(maps.Keys(kinds))
	if len(names) > 0 {
		properties["kind"].(object)["enum"] = names
	}
	var cases []any
	for _, kind := range names {
		own, must := s.properties(optionFields(kinds[kind]))
		for key := range properties {
			own[key] = true
		}
		then := object{"properties": own, "additionalProperties": false}
		require(then, must)
		cases = append(cases, object{"if": object{"properties": object{"kind": object{"const": kind}}, "required": []string{"kind"}}, "then": then})
	}
	def := object{"type": "object", "properties": properties}
	require(def, required)
	if cases != nil {
		def["allOf"] = cases
	}
	s.defs[name] = def
	return object{"$ref": "#/$defs/" + name}
}

// scalarSchema describes one value. Whatever the type, text with a variable may stand for it.
func scalarSchema(t reflect.Type, f field) object {
	variable := object{"type": "string", "pattern": hasVariable}
	switch {
	case secretType(t):
		return object{"type": "string", "minLength": 1}
	case durationType(t):
		return object{"type": "string", "pattern": durationPattern}
	case t == reflect.TypeFor[netip.Prefix](), reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return object{"type": "string"}
	case len(f.enum) > 0:
		return object{"anyOf": []any{object{"enum": f.enum}, variable}}
	case t.Kind() == reflect.String && f.key == "name" && f.required:
		return object{"type": "string", "minLength": 1}
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	case t.Kind() == reflect.Bool:
		return object{"anyOf": []any{object{"type": "boolean"}, variable}}
	}
	numeric := object{"type": "integer"}
	if t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64 {
		numeric["type"] = "number"
	}
	if n, err := strconv.ParseFloat(f.min, 64); err == nil {
		numeric["minimum"] = n
	}
	if n, err := strconv.ParseFloat(f.max, 64); err == nil {
		numeric["maximum"] = n
	}
	return object{"anyOf": []any{numeric, variable}}
}
