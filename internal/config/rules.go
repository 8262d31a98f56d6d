package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ParseRules reads triage rules that somebody wrote by themselves: one rule, a list of rules, or a configuration's triage section with
// its rules. They are held to what rules in the configuration are held to, and may name what it names; a nil configuration knows every
// name. name stands in the problems.
func ParseRules(name string, data []byte, c *Config) ([]desk.Rule, error) {
	d := &decoder{file: name, dir: filepath.Dir(name), env: func(string) (string, bool) { return "", false }, marks: marks{}, hidden: map[string]bool{}, secrets: map[string]string{}}
	root := d.parse(data)
	if root == nil {
		return nil, d.problems.sorted()
	}
	root = wrapRules(root)
	var t Triage
	if root.kind != mapping {
		d.add(root.at, "", "the file holds %s; it must hold a rule, with name:, when: and set:, or a list of rules", root.kind)
	} else {
		d.fill(root, "triage", reflect.ValueOf(&t).Elem())
	}
	if len(d.problems) == 0 && len(t.Rules) == 0 {
		d.add(root.at, "", "the file holds no rule; a rule has name:, when: and set:")
	}
	if len(d.problems) == 0 {
		d.checkRules(t.Rules, c)
	}
	if len(d.problems) > 0 {
		return nil, d.problems.sorted()
	}
	return t.Rules, nil
}

// wrapRules makes a triage section of whatever a file of rules holds.
func wrapRules(root *node) *node {
	if root.kind == mapping {
		if inner := root.get("triage"); inner != nil && len(root.entries) == 1 && inner.kind == mapping {
			root = inner
		}
		if root.get("rules") != nil || root.get("set") == nil && root.get("when") == nil {
			return root
		}
		root = &node{kind: list, at: root.at, items: []*node{root}}
	}
	if root.kind != list {
		return root
	}
	return &node{kind: mapping, at: root.at, entries: []entry{{key: "rules", at: root.at, value: root}}}
}

// checkRules holds rules to the configuration's vocabulary.
func (d *decoder) checkRules(rules []desk.Rule, c *Config) {
	with := &Config{Triage: Triage{Rules: rules}}
	if c != nil {
		with.Brands, with.Sources, with.Triage.Topics = c.Brands, c.Sources, c.Triage.Topics
		with.Triage.Rules = slices.Concat(rules, c.Triage.Rules)
	}
	d.names("triage.rules", namesOf(rules, func(r desk.Rule) string { return r.Name }), true)
	known := vocabularyOf(with)
	for i, r := range rules {
		path := fmt.Sprintf("triage.rules[%d]", i)
		if c != nil {
			d.checkCondition(path+".when", r.When, known)
		} else {
			d.checkWords(path+".when.words", r.When.Words)
		}
		if reflect.ValueOf(r.Set).IsZero() && !d.within(path+".set") {
			d.at(path+".set", "sets nothing; name a tag, for example urgency: high")
		}
		if r.Set.Language != "" {
			d.checkLanguage(path+".set.language", r.Set.Language)
		}
	}
}

// RulesYAML writes rules as they stand under triage.rules.
func RulesYAML(rules ...desk.Rule) string {
	p := printer{sparse: true}
	p.block(reflect.ValueOf(rules), 0)
	return strings.TrimRight(p.b.String(), "\n") + "\n"
}
