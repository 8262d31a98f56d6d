package config

import (
	"encoding"
	"errors"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// scalarType tells whether a type is written as one value rather than as settings of its own.
func scalarType(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return true
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface, reflect.Func, reflect.Chan, reflect.Array:
		return false
	}
	return true
}

// durationType tells whether values of the type are spans of time.
func durationType(t reflect.Type) bool {
	return t == reflect.TypeFor[desk.Duration]() || t == reflect.TypeFor[time.Duration]()
}

// scalar reads one value.
func (d *decoder) scalar(n *node, v reflect.Value, f field, path string) {
	t := v.Type()
	if n.kind == list || n.kind == mapping {
		d.add(n.at, path, "is %s; it must be %s", n.kind, expected(t, f))
		return
	}
	switch {
	case secretType(t):
		d.secret(n, v, path)
	case durationType(t):
		d.duration(n, v, f, path)
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		d.text(n, v, path)
	case t.Kind() == reflect.String:
		d.string(n, v, f, path)
	case t.Kind() == reflect.Bool:
		d.boolean(n, v, path)
	default:
		d.number(n, v, f, path)
	}
}

// expected says in words what a setting of a type takes.
func expected(t reflect.Type, f field) string {
	switch {
	case len(f.enum) > 0:
		return "one of " + strings.Join(f.enum, ", ")
	case durationType(t):
		return "a duration such as 30s, 5m, 2h or 7d"
	case t == reflect.TypeFor[netip.Prefix]():
		return "a network such as 10.1.0.0/16"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number"
	}
	return "text"
}

func (d *decoder) string(n *node, v reflect.Value, f field, path string) {
	if len(f.enum) > 0 && !slices.Contains(f.enum, n.text) {
		d.add(n.at, path, "is %s; it must be one of %s", n.shown(), strings.Join(f.enum, ", "))
		return
	}
	if n.kind != textual {
		d.add(n.at, path, "is %s (%s); it must be text, so put it into quotes", n.kind, n.raw)
		return
	}
	v.SetString(n.text)
}

func (d *decoder) boolean(n *node, v reflect.Value, path string) {
	if n.kind == boolean || n.expanded && (n.text == "true" || n.text == "false") {
		v.SetBool(n.text == "true")
		return
	}
	d.add(n.at, path, "is %s; it must be true or false", n.shown())
}

func (d *decoder) duration(n *node, v reflect.Value, f field, path string) {
	if n.kind == number {
		d.add(n.at, path, "is %s without a unit; write for example 30s, 5m, 2h or 7d", n.shown())
		return
	}
	span, err := desk.ParseDuration(n.text)
	if err != nil || n.kind != textual {
		d.add(n.at, path, "is %s, which is not a duration; write for example 30s, 5m, 2h or 7d", n.shown())
		return
	}
	least, _ := desk.ParseDuration(f.min)
	most, err := desk.ParseDuration(f.max)
	switch {
	case span < least:
		d.add(n.at, path, "is %s; it must be %s or longer", n.shown(), orZero(f.min))
	case err == nil && span > most:
		d.add(n.at, path, "is %s; it must be %s or shorter", n.shown(), f.max)
	default:
		v.SetInt(int64(span))
	}
}

func orZero(s string) string {
	if s == "" {
		return "0s"
	}
	return s
}

func (d *decoder) number(n *node, v reflect.Value, f field, path string) {
	if !v.CanInt() && !v.CanUint() && !v.CanFloat() {
		d.add(n.at, path, "cannot be configured: the program has no reading for %s", v.Type())
		return
	}
	value, err := readNumber(n, v)
	least, noLeast := strconv.ParseFloat(f.min, 64)
	most, noMost := strconv.ParseFloat(f.max, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		d.add(n.at, path, "is %s, which is too large or too small for this setting", n.shown())
	case err != nil:
		d.add(n.at, path, "is %s; it must be %s", n.shown(), expected(v.Type(), f))
	case noLeast == nil && value < least:
		d.add(n.at, path, "is %s; it must be %s or more", n.shown(), f.min)
	case noMost == nil && value > most:
		d.add(n.at, path, "is %s; it must be %s or less", n.shown(), f.max)
	}
}

var errNoNumber = errors.New("not a number")

// readNumber sets v to the number that the node holds, and returns it for comparison.
func readNumber(n *node, v reflect.Value) (float64, error) {
	switch {
	case n.kind != number && !n.expanded:
		return 0, errNoNumber
	case v.CanInt():
		i, err := strconv.ParseInt(n.text, 10, v.Type().Bits())
		if err == nil {
			v.SetInt(i)
		}
		return float64(i), err
	case v.CanUint():
		u, err := strconv.ParseUint(n.text, 10, v.Type().Bits())
		if err == nil {
			v.SetUint(u)
		}
		return float64(u), err
	}
	value, err := strconv.ParseFloat(strings.ReplaceAll(n.text, "_", ""), v.Type().Bits())
	if err == nil && (math.IsNaN(value) || math.IsInf(value, 0)) {
		err = errNoNumber
	}
	v.SetFloat(value)
	return value, err
}

// text reads a value whose type parses itself.
func (d *decoder) text(n *node, v reflect.Value, path string) {
	err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.text))
	switch {
	case err == nil:
	case v.Type() == reflect.TypeFor[netip.Prefix]():
		d.add(n.at, path, "is %s, which is not a network; write for example 10.1.0.0/16, or 10.1.2.3/32 for one address", n.shown())
	case n.expanded:
		d.add(n.at, path, "is %s, whose value is not right here", n.shown())
	default:
		d.add(n.at, path, "is %s, which is not right here: %v", n.shown(), err)
	}
}
