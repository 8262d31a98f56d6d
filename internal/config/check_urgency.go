package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// checkUrgency wants bounds that rise, and signals that say what their kind can.
func (d *decoder) checkUrgency(u desk.Urgency) {
	path, b := "triage.urgency", u.Bounds
	zero := b == (desk.UrgencyBounds{}) // a file that could not be read, or one that wants the defaults
	if b.High <= b.Normal && !zero {
		d.at(path+".bounds.high", "is %g, which is not above the bound of normal, %g", b.High, b.Normal)
	}
	if b.Critical <= b.High && !zero {
		d.at(path+".bounds.critical", "is %g, which is not above the bound of high, %g", b.Critical, b.High)
	}
	first := map[string]int{}
	for i, s := range u.Signals {
		own := fmt.Sprintf("%s.signals[%d]", path, i)
		key := s.Name
		if s.Counted() {
			key = fmt.Sprintf("%s from %d", s.Name, s.From)
		}
		if at, twice := first[key]; twice && s.Name != "" {
			d.at(own, "is %s, as is triage.urgency.signals[%d] on line %d", key, at, d.marks.of(fmt.Sprintf("%s.signals[%d]", path, at)).line)
			continue
		}
		first[key] = i
		d.checkSignal(own, s)
	}
}

func (d *decoder) checkSignal(path string, s desk.Signal) {
	switch {
	case d.within(path) || s.Name == "":
	case s.Counted() && s.From == 0:
		d.at(path, "says nothing about from how much on %s counts; add from: a number", s.Name)
	case s.Counted() && s.Weight == nil:
		d.at(path, "has no weight; add weight: a number, for example 1.5")
	case s.Counted() && s.Words != nil:
		d.at(path+".words", "has no meaning for %s, which is not found by words", s.Name)
	case !s.Counted() && s.From != 0:
		d.at(path+".from", "has no meaning for %s, which is found by words; only reach, history and pace count from a number on", s.Name)
	case s.Weight == nil && len(s.Words) == 0:
		d.at(path, "changes nothing; give it a weight or words")
	}
	d.checkWordsByLanguage(path+".words", s.Words)
}

// checkWordsByLanguage checks lists of words under codes of languages, or under any.
func (d *decoder) checkWordsByLanguage(path string, words map[string][]string) {
	for _, lang := range slices.Sorted(maps.Keys(words)) {
		if lang != "any" {
			d.checkLanguage(join(path, lang), lang)
		}
		d.checkWords(join(path, lang), words[lang])
	}
}
