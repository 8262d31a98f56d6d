package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	yaml "github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/earshotdesk/earshot/internal/config"
)

func compile(t *testing.T, kinds config.Kinds) *jsonschema.Schema {
	t.Helper()
	text, err := config.Schema(kinds)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("earshot.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("earshot.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// accepts tells whether an editor with the schema would be content with the file.
func accepts(schema *jsonschema.Schema, text []byte) error {
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

func TestSchemaAcceptsTheSamples(t *testing.T) {
	t.Parallel()
	schema := compile(t, sampleKinds())
	for _, file := range samples(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := accepts(schema, text); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if err := accepts(compile(t, kinds()), []byte(strings.Replace(withSecrets, ", account: }", "}", 1))); err != nil {
		t.Errorf("settings of every type: %v", err)
	}
}

// TestSchemaRefuses: what needs no look at other settings an editor shows already while typing.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	schema := compile(t, kinds())
	for _, name := range []string{"unknown-key", "wrong-type", "duration", "range", "enum", "list-root", "text-root"} {
		text, err := os.ReadFile(filepath.Join("testdata", "bad", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if err := accepts(schema, text); err == nil {
			t.Errorf("%s: an editor would see nothing wrong", name)
		}
	}
	for _, text := range []string{
		"sources: [{name: a}]", "sources: [{kind: bare}]", "sources: [{name: a, kind: bare, url: x}]", "sources: [{name: a, kind: feed}]",
		"notify: {targets: [{name: a, kind: hook}]}", "notify: {targets: [{name: a, kind: feed, url: x}]}", "desk: {workers: 0}",
		"sources: [{name: a, kind: bare, every: 5 minutes}]", "notify: {route: {routes: [{routes: [{colour: red}]}]}}",
	} {
		if err := accepts(schema, []byte(text)); err == nil {
			t.Errorf("%s: an editor would see nothing wrong", text)
		}
	}
	for _, text := range []string{
		"brands:\nsources:\n", "desk: {workers: '${N}'}", "sources: [{name: a, kind: bare, every: '${E}'}]", "accounts: [{name: a, kind: bare, token_file: x}]",
		"notify: {targets: [{name: a, kind: hook, url_file: x}]}", "notify: {route: {routes: [{routes: [{target: a}]}]}}",
	} {
		if err := accepts(schema, []byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestSchemaDescribesEverySetting: an editor shows a sentence for whatever is typed.
func TestSchemaDescribesEverySetting(t *testing.T) {
	t.Parallel()
	text, err := config.Schema(sampleKinds())
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	settings := 0
	var walk func(at string, v any)
	walk = func(at string, v any) {
		m, ok := v.(map[string]any)
		if !ok {
			return
		}
		for name, one := range m {
			walk(at+"/"+name, one)
		}
		properties, ok := m["properties"].(map[string]any)
		if !ok || strings.HasSuffix(at, "/if") {
			return
		}
		for name, one := range properties {
			if p, ok := one.(map[string]any); ok {
				settings++
				if p["description"] == nil {
					t.Errorf("%s/%s has no description", at, name)
				}
			}
		}
	}
	walk("", doc)
	if settings < 80 {
		t.Errorf("only %d settings found", settings)
	}
}
