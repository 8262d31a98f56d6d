package connectortest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/earshotdesk/earshot/connectors"
)

// common are the settings that every source has; they are no business of the connector.
var common = []string{"name", "kind", "brand", "account", "every", "recheck"}

// decoder fills an options struct strictly from the YAML of a source: an unknown key is an error. It stands for the desk's own
// configuration, which has more words for mistakes but the same meaning.
func decoder(config string) func(any) error {
	return func(options any) error {
		own, err := withoutCommon(config)
		if err != nil {
			return err
		}
		if own == "" {
			return nil
		}
		return yaml.NewDecoder(bytes.NewReader([]byte(own)), yaml.Strict()).Decode(options)
	}
}

// withoutCommon drops the settings that every source has.
func withoutCommon(config string) (string, error) {
	file, err := parser.ParseBytes([]byte(config), 0)
	if err != nil {
		return "", err
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return "", nil
	}
	m, ok := file.Docs[0].Body.(*ast.MappingNode)
	if !ok {
		return "", fmt.Errorf("the settings of a source are keys with values, not a %s", file.Docs[0].Body.Type())
	}
	m.Values = slices.DeleteFunc(m.Values, func(v *ast.MappingValueNode) bool {
		return slices.Contains(common, v.Key.String())
	})
	if len(m.Values) == 0 {
		return "", nil
	}
	return m.String(), nil
}

// sample checks that the documentation of the kind is true: its sample is a source that can be made.
func (s Suite) sample(t *testing.T) {
	var all map[string]any
	if err := yaml.Unmarshal([]byte(s.Spec.Sample), &all); err != nil {
		t.Fatalf("the sample is no YAML: %v", err)
	}
	if all["kind"] != s.Spec.Kind {
		t.Errorf("the sample says kind %v, not %s", all["kind"], s.Spec.Kind)
	}
	if all["name"] == nil {
		t.Error("the sample has no name")
	}
	env := Env(t, s.Spec.Kind, nil)
	env.Account = s.account("https://network.example")
	if _, err := s.Spec.New(env, decoder(s.Spec.Sample)); err != nil {
		t.Errorf("the sample makes no connector: %v", err)
	}
	if _, err := s.Spec.New(env, decoder(s.Spec.Sample+"\nno_such_setting: 1\n")); err == nil {
		t.Error("an unknown setting must be an error: New has to use decode, and nothing else, to read its settings")
	}
}

// spec checks that the kind describes itself, and honestly.
func (s Suite) spec(t *testing.T) {
	caps := s.Spec.Caps
	if s.Spec.Kind == "" || s.Spec.Summary == "" || s.Spec.Sample == "" || s.Spec.New == nil || s.Spec.Options == nil {
		t.Error("a kind needs Kind, Summary, Sample, Options and New")
	}
	if caps.Replies && (caps.Certainty == "" || caps.Certainty == connectors.CertainNone) {
		t.Error("a kind that replies says how certain it is that a reply becomes public once")
	}
	if !caps.Replies && caps.Certainty != connectors.CertainNone && caps.Certainty != "" {
		t.Errorf("a kind that does not reply has no certainty %s", caps.Certainty)
	}
	if caps.Limit > 0 && caps.Counts == "" {
		t.Error("a limit needs to say how it counts")
	}
	if s.Config == nil {
		return
	}
	c := s.connect(t, "http://127.0.0.1:1", nil)
	claims := map[string][2]bool{}
	_, ok := c.(connectors.Replier)
	claims["Replies and Replier"] = [2]bool{caps.Replies, ok}
	_, ok = c.(connectors.Editor)
	claims["Edit and Editor"] = [2]bool{caps.Edit, ok}
	_, ok = c.(connectors.Deleter)
	claims["Delete and Deleter"] = [2]bool{caps.Delete, ok}
	_, ok = c.(connectors.Pusher)
	claims["Pushes and Pusher"] = [2]bool{caps.Pushes, ok}
	_, ok = c.(connectors.Rechecker)
	claims["Rechecks and Rechecker"] = [2]bool{s.Spec.Rechecks > 0, ok}
	_, ok = c.(connectors.Sited)
	claims["SeesGone and Sited"] = [2]bool{caps.SeesGone && !ok, false} // an id alone does not say of which site it is
	for what, claim := range claims {
		if claim[0] != claim[1] {
			t.Errorf("%s: the capabilities say %v, the connector can: %v", what, claim[0], claim[1])
		}
	}
}
