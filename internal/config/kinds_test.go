package config_test

import (
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
)

// everything has one setting of every type that a kind may use.
type everything struct {
	URL     string            `yaml:"url" required:"true" doc:"Address."`
	Key     desk.Secret       `yaml:"key" doc:"Secret."`
	Mode    string            `yaml:"mode" default:"fast" enum:"fast,slow" doc:"How."`
	Pages   int               `yaml:"pages" default:"3" min:"1" max:"10" doc:"How many."`
	Small   uint8             `yaml:"small" doc:"A byte."`
	Ratio   float64           `yaml:"ratio" default:"0.5" min:"0" max:"1" doc:"A share."`
	Deep    bool              `yaml:"deep" default:"true" doc:"Whether."`
	Age     desk.Duration     `yaml:"age" default:"7d" min:"1m" max:"30d" doc:"How old."`
	Wait    time.Duration     `yaml:"wait" default:"2s" doc:"How long."`
	Tags    []string          `yaml:"tags" default:"a,b" enum:"a,b,c" doc:"Which."`
	Headers map[string]string `yaml:"headers" doc:"By name."`
	Inner   inner             `yaml:"inner" doc:"Nested."`
	Many    []inner           `yaml:"many" doc:"Nested, many."`
	Maybe   *bool             `yaml:"maybe" doc:"Perhaps."`
	Site    desk.Site         `yaml:"site" doc:"A named string."`
	Shared  `yaml:",inline"`
}

type inner struct {
	Left  string      `yaml:"left" default:"l" doc:"Left."`
	Token desk.Secret `yaml:"token" doc:"Secret within."`
}

// Shared is embedded by options of several kinds.
type Shared struct {
	Agent string `yaml:"agent" doc:"Who asks."`
}

type plain struct{}

type hook struct {
	URL desk.Secret `yaml:"url" required:"true" doc:"Address; it is a secret."`
}

type simple struct {
	URL string `yaml:"url" required:"true" doc:"Address."`
}

func kinds() config.Kinds {
	return config.Kinds{
		Connectors: map[string]any{"every": &everything{}, "feed": &simple{}, "bare": nil},
		Targets:    map[string]any{"console": &plain{}, "hook": &hook{}},
	}
}

func env(pairs ...string) func(string) (string, bool) {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(k string) (string, bool) { v, ok := m[k]; return v, ok }
}

func parse(t *testing.T, text string, pairs ...string) *config.Config {
	t.Helper()
	c, err := config.Parse("testdata/x.yaml", []byte(text), env(pairs...), kinds())
	if err != nil {
		t.Fatalf("parsing:\n%v", err)
	}
	return c
}
