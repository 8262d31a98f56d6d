package config_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/all"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/notify"
	"github.com/earshotdesk/earshot/notify/console"
	"github.com/earshotdesk/earshot/notify/slack"
)

const configs = "../../configs"

// targetKinds are the kinds of target in this build.
func targetKinds() []notify.Kind { return []notify.Kind{slack.Kind(), console.Kind()} }

// sampleKinds are the kinds of this build.
func sampleKinds() config.Kinds {
	k := config.Kinds{Connectors: map[string]any{}, Targets: map[string]any{}}
	for _, spec := range all.Specs() {
		k.Connectors[spec.Kind] = spec.Options
	}
	for _, kind := range targetKinds() {
		k.Targets[kind.Name] = kind.Options
	}
	return k
}

// TestConnectorSamplesLoad: the documentation of a connector is a source that can be copied into a configuration.
func TestConnectorSamplesLoad(t *testing.T) {
	t.Parallel()
	known := func(string) (string, bool) { return "x", true }
	account := regexp.MustCompile(`(?m)^account: *([\w-]+)`)
	for _, spec := range all.Specs() {
		name := "acme-demo"
		if m := account.FindStringSubmatch(spec.Sample); m != nil {
			name = m[1]
		}
		text := "brands: [{name: acme}]\naccounts: [{name: " + name + ", kind: " + spec.Kind + "}]\nsources:\n  -\n    " +
			strings.ReplaceAll(spec.Sample, "\n", "\n    ") + "\n"
		c, err := config.Parse(spec.Kind+"/sample.yaml", []byte(text), known, sampleKinds())
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if len(c.Sources) != 1 || c.Sources[0].Kind != spec.Kind {
			t.Errorf("%s: the sample gives %+v", spec.Kind, c.Sources)
		}
	}
}

// samples lists the YAML files of configs and its folders.
func samples(t testing.TB) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(configs, func(path string, d fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".yaml" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) < 5 {
		t.Fatalf("found %d samples: %v", len(files), err)
	}
	return files
}

// sampleEnv has what a sample needs; those a newcomer starts with need nothing.
func sampleEnv(file string) func(string) (string, bool) {
	switch filepath.Base(file) {
	case "slack.yaml":
		return env("SLACK_BOT_TOKEN", "xoxb-test")
	case "postgres.yaml":
		return env("POSTGRES_PASSWORD", "p%40ss")
	}
	return env()
}

func TestSamplesLoad(t *testing.T) {
	t.Parallel()
	for _, file := range samples(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := config.Parse(file, data, sampleEnv(file), sampleKinds())
		if err != nil {
			t.Errorf("%s does not load:\n%v", file, err)
			continue
		}
		if filepath.Base(file) != "full.yaml" && len(c.Warnings()) > 0 {
			t.Errorf("%s warns: %v", file, c.Warnings())
		}
		for _, a := range c.Accounts {
			if a.Publish == "on" && filepath.Base(filepath.Dir(file)) != "demo" {
				t.Errorf("%s publishes: account %s", file, a.Name)
			}
		}
		again, err := config.Parse(file, []byte(c.Redacted()), env(), sampleKinds())
		if err == nil && again.Redacted() != c.Redacted() {
			t.Errorf("%s: the print reads back differently:\n%s\n%s", file, c.Redacted(), again.Redacted())
		}
	}
}
