package config_test

import (
	"os"
	"testing"

	"github.com/earshotdesk/earshot/connectors/all"
	"github.com/earshotdesk/earshot/internal/config"
)

// TestNetworksSample: configs/networks.yaml has a source with its account for every network that can be answered, and publishes nothing.
func TestNetworksSample(t *testing.T) {
	t.Parallel()
	file := configs + "/networks.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(file, data, env(), sampleKinds())
	if err != nil {
		t.Fatal(err)
	}
	kindOf := map[string]string{}
	for _, a := range c.Accounts {
		kindOf[a.Name] = a.Kind
		if a.Publish != "off" {
			t.Errorf("account %s publishes: %q", a.Name, a.Publish)
		}
	}
	answered := map[string]bool{}
	for _, s := range c.Sources {
		answered[s.Kind] = kindOf[s.Account] == s.Kind
	}
	for _, spec := range all.Specs() {
		if spec.Caps.Replies && spec.Kind != "demo" && !answered[spec.Kind] {
			t.Errorf("%s can be answered, and the sample has no source of it with an account", spec.Kind)
		}
	}
}
