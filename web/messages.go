package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Lang is one catalogue of texts and the habits of its language: plural forms, figures, dates.
type Lang struct {
	Code  string
	texts map[string]message
}

// message is a text, or one text for each plural form of the argument n.
type message struct {
	one   string
	forms map[string]string
}

// UnmarshalJSON takes a string, or an object of plural forms (one, few, many, other).
func (m *message) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &m.one)
	}
	if err := json.Unmarshal(b, &m.forms); err != nil {
		return err
	}
	if m.forms["other"] == "" {
		return fmt.Errorf("plural forms without %q", "other")
	}
	return nil
}

// loadLangs reads every catalogue in a folder: en.json, hu.json …
func loadLangs(files fs.FS, dir string) (map[string]*Lang, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("listing catalogues: %w", err)
	}
	langs := make(map[string]*Lang, len(names))
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading catalogue: %w", err)
		}
		l := &Lang{Code: strings.TrimSuffix(path.Base(name), ".json")}
		if err := json.Unmarshal(b, &l.texts); err != nil {
			return nil, fmt.Errorf("reading catalogue %s: %w", name, err)
		}
		langs[l.Code] = l
	}
	if langs["en"] == nil {
		return nil, fmt.Errorf("there is no catalogue en.json in %s", dir)
	}
	return langs, nil
}

// T returns the text of a key. args are names and values in turn: each {name} in the text is replaced by its value; whole numbers
// are written as the language writes them, and the one called n picks the plural form. A key that is missing shows as itself in
// double brackets, so that it is found at once.
func (l *Lang) T(key string, args ...any) string {
	m, ok := l.texts[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	text := m.one
	if m.forms != nil {
		text = m.forms["other"]
		if s, ok := m.forms[plural(l.Code, countArg(args))]; ok {
			text = s
		}
	}
	if len(args) == 0 {
		return text
	}
	return l.fill(text, args)
}

// fill replaces each {name} by its value, in one pass, so that a value cannot smuggle in a name.
func (l *Lang) fill(text string, args []any) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("{" + rest)
			return b.String()
		}
		b.WriteString(l.valueOf(name, args))
		text = after
	}
}

func (l *Lang) valueOf(name string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return l.show(args[i+1])
		}
	}
	return "{" + name + "}"
}

func (l *Lang) show(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return l.Num(int64(v))
	case int64:
		return l.Num(v)
	}
	return fmt.Sprint(v)
}

func countArg(args []any) int64 {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != "n" {
			continue
		}
		switch v := args[i+1].(type) {
		case int:
			return int64(v)
		case int64:
			return v
		}
	}
	return 0
}

// plural names the form that a whole number takes (Unicode CLDR's cardinal rules for the languages of the desk).
func plural(lang string, n int64) string {
	switch {
	case n == 1:
		return "one"
	case lang == "sk" && n >= 2 && n <= 4:
		return "few"
	}
	return "other"
}

// Num writes a whole number with the language's grouping and a real minus.
func (l *Lang) Num(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "−", -n
	}
	digits := fmt.Sprint(n)
	sep, from := ",", 4
	switch l.Code {
	case "el":
		sep = "."
	case "sk":
		sep = "\u00a0"
	case "hu":
		sep, from = "\u00a0", 5 // four digits stand together
	}
	if len(digits) < from {
		return sign + digits
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Percent writes a share of 0 to 1 as whole per cent.
func (l *Lang) Percent(share float64) string {
	n := int64(share*100 + 0.5)
	if l.Code == "sk" {
		return l.Num(n) + "\u00a0%"
	}
	return l.Num(n) + "%"
}
