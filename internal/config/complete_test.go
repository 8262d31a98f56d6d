package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/all"
	"github.com/earshotdesk/earshot/internal/config"
)

// named finds the settings that a sample names, also in lines that are commented out and in braces.
func named(sample string) map[string]bool {
	names := map[string]bool{}
	for _, found := range regexp.MustCompile(`(?m)(?:^[\s#-]*|[{,]\s*)([a-z][a-z_]*):(?:\s|$)`).FindAllStringSubmatch(sample, -1) {
		names[found[1]] = true
	}
	return names
}

// explained finds the settings in the first column of a README's tables.
func explained(readme string) map[string]bool {
	names := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`[a-z_`, ]+`) \\|").FindAllStringSubmatch(readme, -1) {
		for name := range strings.SplitSeq(row[1], ", ") {
			names[strings.Trim(name, "`")] = true
		}
	}
	return names
}

// missing lists the settings of a struct, and of those within it, that are not among the names. A struct is entered once.
func missing(options any, names map[string]bool) []string {
	var out []string
	entered := map[reflect.Type]bool{}
	var enter func(t reflect.Type)
	enter = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || entered[t] {
			return
		}
		entered[t] = true
		for i := range t.NumField() {
			key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
			if key == "" || key == "-" {
				continue
			}
			if !names[key] {
				out = append(out, key)
			}
			enter(t.Field(i).Type)
		}
	}
	enter(reflect.TypeOf(options))
	return out
}

// TestEverySettingIsShown: full.yaml has every setting of the desk, and the sample of a kind every one of its own; the README of a
// connector explains them too.
func TestEverySettingIsShown(t *testing.T) {
	t.Parallel()
	read := func(path ...string) string {
		text, err := os.ReadFile(filepath.Join(path...))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if lacks := missing(config.Config{}, named(read(configs, "full.yaml"))); len(lacks) > 0 {
		t.Errorf("full.yaml does not show %v", lacks)
	}
	for _, spec := range all.Specs() {
		if lacks := missing(spec.Options, named(spec.Sample)); len(lacks) > 0 {
			t.Errorf("the sample of connector %s does not show %v", spec.Kind, lacks)
		}
		_, table, _ := strings.Cut(read("../../connectors", spec.Kind, "README.md"), "## Settings\n")
		table, _, _ = strings.Cut(table, "\n## ")
		if lacks := missing(spec.Options, explained(table)); len(lacks) > 0 {
			t.Errorf("the table of settings in the README of connector %s lacks %v", spec.Kind, lacks)
		}
	}
	for _, kind := range targetKinds() {
		if lacks := missing(kind.Options, named(kind.Sample)); len(lacks) > 0 {
			t.Errorf("the sample of target %s does not show %v", kind.Name, lacks)
		}
	}
	if lacks := missing(everything{}, named("url: x\n# key: y\n")); len(lacks) < 10 {
		t.Errorf("of a struct with many settings only %v are missed: the test would see nothing", lacks)
	}
}
