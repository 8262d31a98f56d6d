package config_test

import (
	"slices"
	"testing"

	"github.com/earshotdesk/earshot/connectors/all"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/google/go-cmp/cmp"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	type place struct {
		ID string `yaml:"id" required:"true" doc:"Which."`
	}
	type options struct {
		Server string            `yaml:"server" default:"https://x.example" doc:"Where."`
		Key    desk.Secret       `yaml:"key" required:"true" doc:"Secret."`
		Mode   string            `yaml:"mode" enum:"a,b"`
		Every  desk.Duration     `yaml:"span" default:"7d"`
		On     bool              `yaml:"on"`
		Max    int               `yaml:"max" default:"3"`
		Words  []string          `yaml:"words"`
		Map    map[string]string `yaml:"map"`
		Places []place           `yaml:"places"`
		One    *place            `yaml:"one"`
		Left   string            `yaml:"-"`
	}
	want := []config.Setting{
		{Name: "server", Form: "text", Default: "https://x.example", Doc: "Where."},
		{Name: "key", Form: "secret", Needed: true, Doc: "Secret."},
		{Name: "mode", Form: "text", Choices: []string{"a", "b"}},
		{Name: "span", Form: "duration", Default: "7d"},
		{Name: "on", Form: "yes/no"}, {Name: "max", Form: "number", Default: "3"}, {Name: "words", Form: "list"}, {Name: "map", Form: "names"},
		{Name: "places", Form: "list"}, {Name: "places.id", Form: "text", Needed: true, Doc: "Which."},
		{Name: "one", Form: "settings"}, {Name: "one.id", Form: "text", Needed: true, Doc: "Which."},
	}
	if diff := cmp.Diff(want, config.Settings(&options{})); diff != "" {
		t.Error(diff)
	}
	if got := config.Settings(nil); got != nil {
		t.Errorf("no options have the settings %+v", got)
	}
}

// TestSettingsAreExplained: whatever a connector lets people set, it tells them what it is.
func TestSettingsAreExplained(t *testing.T) {
	t.Parallel()
	for _, spec := range all.Specs() {
		list := config.Settings(spec.Options)
		for _, s := range list {
			if s.Doc == "" {
				t.Errorf("%s: the setting %s is not explained", spec.Kind, s.Name)
			}
			if s.Default != "" && s.Choices != nil && s.Form == "text" && !slices.Contains(s.Choices, s.Default) {
				t.Errorf("%s: the default of %s, %q, is none of %q", spec.Kind, s.Name, s.Default, s.Choices)
			}
		}
		if len(list) == 0 {
			t.Errorf("%s has no settings at all", spec.Kind)
		}
	}
}
