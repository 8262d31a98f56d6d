package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// vocabulary is what conditions may name.
type vocabulary struct{ brands, products, topics, sources []string }

// vocabularyOf gathers what is configured. What a rule sets counts as known: setting a tag is a way to define it.
func vocabularyOf(c *Config) vocabulary {
	v := vocabulary{brands: brandNames(c), sources: sourceNames(c)}
	for _, b := range c.Brands {
		for _, p := range slices.Concat(b.Products, b.Competitors) {
			v.products = append(v.products, p.Name)
		}
	}
	v.topics = topicNames(c.Triage.Topics)
	for _, r := range c.Triage.Rules {
		v.products = append(v.products, r.Set.Products...)
		v.topics = append(v.topics, r.Set.Topics...)
	}
	return v
}

func (d *decoder) checkTriage(c *Config) {
	d.names("triage.rules", namesOf(c.Triage.Rules, func(r desk.Rule) string { return r.Name }), true)
	known := vocabularyOf(c)
	for i, r := range c.Triage.Rules {
		path := fmt.Sprintf("triage.rules[%d]", i)
		d.checkCondition(path+".when", r.When, known)
		if _, written := d.marks[path+".set"]; written && reflect.ValueOf(r.Set).IsZero() && !d.within(path+".set") {
			d.at(path+".set", "sets nothing; name a tag, for example urgency: high")
		}
		if r.Set.Language != "" {
			d.checkLanguage(path+".set.language", r.Set.Language)
		}
	}
	d.checkTopics(c.Triage.Topics)
	d.checkUrgency(c.Triage.Urgency)
}

// within tells whether something inside a setting has been reported already.
func (d *decoder) within(path string) bool {
	return slices.ContainsFunc(d.problems, func(p Problem) bool { return strings.HasPrefix(p.Path, path) })
}

func (d *decoder) checkCondition(path string, c desk.Condition, known vocabulary) {
	d.checkWords(path+".words", c.Words)
	d.referAll(path+".brand", c.Brand, "brand", known.brands)
	d.referAll(path+".product", c.Product, "product", known.products)
	d.referAll(path+".topic", c.Topic, "topic", known.topics)
	d.referAll(path+".source", c.Source, "source", known.sources)
	for i, l := range c.Language {
		d.checkLanguage(fmt.Sprintf("%s.language[%d]", path, i), l)
	}
}

func (d *decoder) checkLanguage(path, lang string) {
	if lang != "" && lang != desk.Undetermined && !language.MatchString(lang) {
		d.at(path, "is %s; a language is its two letters of ISO 639-1, for example en, hu, el or sk", d.quoted(lang))
	}
}

func (d *decoder) checkWords(path string, words []string) {
	for i, w := range words {
		own := fmt.Sprintf("%s[%d]", path, i)
		bare := strings.TrimSuffix(w, "*")
		switch {
		case w == "": // reported as empty
		case strings.TrimSpace(bare) == "":
			d.at(own, "is %s, which would match every text; write a word", d.quoted(w))
		case strings.Contains(bare, "*"):
			d.at(own, "is %s; a * may only stand at the end", d.quoted(w))
		}
	}
}

func (d *decoder) checkNotify(c *Config) {
	d.names("notify.targets", targetNames(c), true)
	d.checkRoute("notify.route", c.Notify.Route, inherited{
		interval: desk.Duration(desk.DefaultGroupInterval), repeat: desk.Duration(desk.DefaultRepeatInterval),
	}, c, vocabularyOf(c))
}

// inherited is what a route has from those above it; at the root, the defaults.
type inherited struct {
	target           string
	interval, repeat desk.Duration
}

func (d *decoder) checkRoute(path string, r desk.Route, in inherited, c *Config, known vocabulary) {
	d.checkCondition(path+".match", r.Match, known)
	d.refer(path+".target", r.Target, "target", targetNames(c))
	if r.Target != "" {
		in.target = r.Target
	}
	takeOver(&in.interval, r.GroupInterval)
	takeOver(&in.repeat, r.RepeatInterval)
	if in.repeat > 0 && in.repeat < in.interval && (r.RepeatInterval != nil || r.GroupInterval != nil) {
		own := path + ".repeat_interval"
		if r.RepeatInterval == nil {
			own = path + ".group_interval"
		}
		d.at(own, "makes repeat_interval (%s) shorter than group_interval (%s); it must be as long or longer", span(in.repeat), span(in.interval))
	}
	root := path == "notify.route"
	if root && !reflect.ValueOf(r.Match).IsZero() {
		d.at(path+".match", "narrows the root, which takes every case; put it on a route below")
	}
	if in.target == "" && len(r.Routes) == 0 && !root {
		d.at(path, "has no target and inherits none")
	}
	for i, child := range r.Routes {
		d.checkRoute(fmt.Sprintf("%s.routes[%d]", path, i), child, in, c, known)
	}
}

// takeOver replaces an inherited duration by the route's own.
func takeOver(inherited *desk.Duration, own *desk.Duration) {
	if own != nil {
		*inherited = *own
	}
}
