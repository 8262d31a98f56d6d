package config

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Redacted prints the configuration in force as YAML: defaults filled in, variables expanded, secrets as <secret>.
func (c *Config) Redacted() string {
	p := printer{}
	p.settings(reflect.ValueOf(*c), 0)
	return p.b.String()
}

// Hash identifies the effective configuration of the source, its secrets left out: when it changes, the source is another one.
func (s Source) Hash() string {
	p := printer{}
	p.settings(reflect.ValueOf(s), 0)
	sum := sha256.Sum256([]byte(p.b.String()))
	return hex.EncodeToString(sum[:8])
}

// printer writes values as YAML. It is ours because it must hide secrets in whatever type a kind brings, and because a reader
// compares its output with the file: same keys, same order, durations as people write them.
type printer struct {
	b      strings.Builder
	sparse bool // leave out numbers that are zero, too: they say nothing where nothing is the default
}

// settings writes the fields of a struct, and beside them the options of a kind.
func (p *printer) settings(v reflect.Value, indent int) {
	for _, f := range fieldsOf(v.Type()) {
		p.entry(f.key, v.FieldByIndex(f.index), indent)
	}
	if o := optionsOf(v); o.IsValid() {
		p.settings(o, indent)
	}
}

// optionsOf returns the options that a source or target was read with.
func optionsOf(v reflect.Value) reflect.Value {
	switch one := v.Interface().(type) {
	case Source:
		return one.options.read
	case Target:
		return one.options.read
	}
	return reflect.Value{}
}

// entry writes one key with its value; what is empty is left out.
func (p *printer) entry(key string, v reflect.Value, indent int) {
	if p.sparse && v.IsZero() {
		return
	}
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	pad := strings.Repeat("  ", indent)
	if scalarType(v.Type()) {
		if v.Kind() != reflect.String || v.String() != "" {
			fmt.Fprintf(&p.b, "%s%s: %s\n", pad, quoteYAML(key), scalarYAML(v))
		}
		return
	}
	inner := printer{sparse: p.sparse}
	inner.block(v, indent+1)
	if inner.b.Len() > 0 {
		fmt.Fprintf(&p.b, "%s%s:\n%s", pad, quoteYAML(key), inner.b.String())
	}
}

// block writes a struct, map or list under its key.
func (p *printer) block(v reflect.Value, indent int) {
	switch v.Kind() {
	case reflect.Struct:
		p.settings(v, indent)
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			p.entry(k.String(), v.MapIndex(k), indent)
		}
	case reflect.Slice:
		for i := range v.Len() {
			p.item(v.Index(i), indent)
		}
	}
}

// item writes one entry of a list: its first line follows the dash.
func (p *printer) item(v reflect.Value, indent int) {
	pad := strings.Repeat("  ", indent)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if scalarType(v.Type()) {
		fmt.Fprintf(&p.b, "%s- %s\n", pad, scalarYAML(v))
		return
	}
	inner := printer{sparse: p.sparse}
	inner.block(v, indent+1)
	body := strings.TrimPrefix(inner.b.String(), pad+"  ")
	if body == "" {
		body = "{}\n"
	}
	fmt.Fprintf(&p.b, "%s- %s", pad, body)
}

func scalarYAML(v reflect.Value) string {
	switch one := v.Interface().(type) {
	case desk.Secret:
		return quoteYAML(one.String())
	case DSN:
		return quoteYAML(one.String())
	case desk.Duration:
		return span(one)
	case time.Duration:
		return span(desk.Duration(one))
	case encoding.TextMarshaler:
		text, err := one.MarshalText()
		if err != nil {
			return `""`
		}
		return quoteYAML(hidePassword(string(text)))
	}
	if v.Kind() == reflect.String {
		return quoteYAML(hidePassword(v.String()))
	}
	return fmt.Sprint(v.Interface())
}

var plainYAML = regexp.MustCompile(`^[\pL/][\pL\pN_./@-]*( [\pL\pN_./@-]+)*$|^\d+\.\d+\.\d+\.\d+(:\d+|/\d+)$|^[a-z]+:[\pL\pN_./?=&%~-]+$`)

// quoteYAML writes text so that YAML reads the same text again.
func quoteYAML(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "nan", "inf":
	default:
		if plainYAML.MatchString(s) {
			return s
		}
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(strings.ReplaceAll(s, "${", "$${")) // strings always encode
	return strings.TrimSuffix(b.String(), "\n")
}

// span writes a duration as people do: 5m rather than 5m0s, 7d rather than 168h0m0s.
func span(d desk.Duration) string {
	if day := desk.Duration(24 * time.Hour); d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
