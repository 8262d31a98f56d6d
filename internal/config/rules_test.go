package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestParseRules(t *testing.T) {
	t.Parallel()
	stars := 0.0
	one := desk.Rule{Name: "late-parcels", When: desk.Condition{Words: []string{"késik", "no show*", "#late", "🔥"}, Language: []string{"hu"}, MaxStars: &stars},
		Set: desk.Assign{Urgency: desk.UrgencyHigh, Topics: []string{"delivery"}}}
	two := desk.Rule{Name: "yes", Set: desk.Assign{Spam: desk.Yes}}
	body := config.RulesYAML(one, two)
	for name, text := range map[string]string{
		"list": body, "section": "rules:\n" + body, "configuration": "triage:\n  rules:\n" + indent(body, "    "),
	} {
		got, err := config.ParseRules("rules.yaml", []byte(text), nil)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		if diff := cmp.Diff([]desk.Rule{one, two}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	alone := "name: x\nset: {sentiment: negative}\n"
	if got, err := config.ParseRules("rules.yaml", []byte(alone), nil); err != nil || len(got) != 1 || got[0].Set.Sentiment != desk.Negative {
		t.Errorf("a rule alone: %+v, %v", got, err)
	}
}

func TestRulesYAMLSaysNoMore(t *testing.T) {
	t.Parallel()
	got := config.RulesYAML(desk.Rule{Name: "a", When: desk.Condition{Words: []string{"késik"}}, Set: desk.Assign{Urgency: desk.UrgencyHigh}}, desk.Rule{Name: "b", Set: desk.Assign{Spam: desk.Yes}})
	want := "- name: a\n  when:\n    words:\n      - késik\n  set:\n    urgency: high\n- name: b\n  set:\n    spam: yes\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the YAML (-want +got):\n%s", diff)
	}
}

func indent(s, pad string) string {
	return pad + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n"+pad) + "\n"
}

func TestParseRulesRefuses(t *testing.T) {
	t.Parallel()
	c := &config.Config{Brands: []desk.Brand{{Name: "acme", Products: []desk.Product{{Name: "Acme Phone"}}}}}
	for text, says := range map[string]string{
		"":                                "the file is empty",
		"just words":                      "it must hold a rule",
		"[]":                              "holds no rule",
		"- name: x\n":                     "set is missing",
		"name: x\nset: {urgency: soon}\n": "rules.yaml:2",
		"name: x\nset: {}\n":              "sets nothing",
		"name: x\nwhen: {product: [Acme Boat]}\nset: {spam: \"yes\"}\n": "Acme Boat",
		"name: x\nwhen: {words: [\"*\"]}\nset: {spam: \"yes\"}\n":       "match every text",
		"name: ${HOME}\nset: {spam: \"yes\"}\n":                         "HOME",
	} {
		_, err := config.ParseRules("rules.yaml", []byte(text), c)
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v does not say %q", text, err, says)
		}
	}
}
