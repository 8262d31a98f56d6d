package config

import (
	"fmt"
	"reflect"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Warnings are what is allowed but probably not meant, each with its place. A configuration with warnings works.
func (c *Config) Warnings() []Problem {
	w := &decoder{file: c.File, marks: c.marks}
	if len(c.Sources) == 0 {
		w.at("sources", "has no entries, so nothing will be polled")
	}
	if len(c.Brands) == 0 {
		w.at("brands", "has no entries, so no mention can be told to be about you")
	}
	c.warnAccounts(w)
	c.warnTargets(w)
	for i, r := range c.Triage.Rules {
		if reflect.ValueOf(r.When).IsZero() {
			w.at(fmt.Sprintf("triage.rules[%d].when", i), "has no condition, so the rule applies to every text")
		}
	}
	return w.problems.sorted()
}

func (c *Config) warnAccounts(w *decoder) {
	used := map[string]bool{}
	brandOf := map[string]string{}
	for _, s := range c.Sources {
		used[s.Account] = true
	}
	for i, a := range c.Accounts {
		path := fmt.Sprintf("accounts[%d]", i)
		brandOf[a.Name] = a.Brand
		if a.Publish == "on" && a.Token == "" {
			w.at(path+".publish", "is on, but no token stands here: replies wait until the account is connected or its token is given (earshot account --help)")
		}
		if !used[a.Name] {
			w.at(path+".name", "%q is named by no source, so the account does nothing", a.Name)
		}
	}
	for i, s := range c.Sources {
		if b := brandOf[s.Account]; b != "" && s.Brand != "" && b != s.Brand {
			w.at(fmt.Sprintf("sources[%d].account", i), "speaks for brand %q, but the source is about brand %q", b, s.Brand)
		}
	}
}

func (c *Config) warnTargets(w *decoder) {
	used := map[string]bool{}
	walkRoutes(c.Notify.Route, func(r desk.Route) { used[r.Target] = true })
	if len(c.Notify.Targets) == 0 {
		w.at("notify.targets", "has no entries, so nobody is told of new work")
	}
	for i, t := range c.Notify.Targets {
		if !used[t.Name] {
			w.at(fmt.Sprintf("notify.targets[%d].name", i), "%q is named by no route, so nothing goes there", t.Name)
		}
	}
}

func walkRoutes(r desk.Route, visit func(desk.Route)) {
	visit(r)
	for _, child := range r.Routes {
		walkRoutes(child, visit)
	}
}
