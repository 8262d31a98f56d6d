package triage

import (
	"strings"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/text"
)

// endingRule says which endings a spelling may take.
type endingRule uint8

const (
	endNone   endingRule = iota // the word must end here, but for a hyphen or an English genitive
	endLatin                    // Hungarian, Slovak and Czech case endings
	endVowel                    // a Slovak stem whose last vowel is replaced: nokia, nokiu, nokii
	endGreek                    // a Greek stem whose ending is replaced: κινητ-ο, -ου, -α
	endHyphen                   // short names: endings only after a hyphen
)

type spelling struct {
	text string
	rule endingRule
}

// spellings are the forms under which an alias is looked for, folded.
func spellings(alias string) []spelling {
	plain := strings.Join(strings.Fields(text.Fold(alias)), " ")
	if plain == "" {
		return nil
	}
	if plain[0] == '@' || plain[0] == '#' {
		return []spelling{{plain, endNone}, {plain[1:], endNone}}
	}
	last, _ := utf8.DecodeLastRuneInString(plain)
	letters := utf8.RuneCountInString(plain)
	var out []spelling
	switch {
	case last >= 0x370 && last < 0x400:
		out = append(out, spelling{plain, endNone})
		if stem := greekStem(plain); stem != plain && utf8.RuneCountInString(stem) >= 4 {
			out = append(out, spelling{stem, endGreek})
		}
	case letters <= 3 || last < 'a' || last > 'z':
		out = append(out, spelling{plain, endHyphen})
	default:
		out = append(out, spelling{plain, endLatin})
		if letters >= 5 && strings.ContainsRune("aeo", last) {
			out = append(out, spelling{plain[:len(plain)-1], endVowel})
		}
	}
	if joined := strings.ReplaceAll(plain, " ", ""); joined != plain && letters > 5 {
		out = append(out, spelling{joined, out[0].rule}) // as hashtags write it
	}
	return out
}

// allows tells whether rest, what follows within the word, is an ending under this rule.
func (r endingRule) allows(rest string) bool {
	if rest == "" {
		return r != endVowel && r != endGreek
	}
	if rest[0] == '\'' || rest[0] == '-' {
		return r != endVowel && r != endGreek // "Acme's", "Acme-nál", "Acme-Kundendienst"
	}
	switch r {
	case endLatin:
		return latinEndings[rest]
	case endVowel:
		return vowelEndings[rest]
	case endGreek:
		return greekEndings[rest]
	}
	return false
}

// greekStem cuts the case ending.
func greekStem(s string) string {
	for _, end := range []string{"ματα", "ους", "εσ", "οσ", "ησ", "ασ", "ισ", "ου", "οι", "ων", "ο", "η", "α", "ι", "ε", "υ"} {
		if stem, ok := strings.CutSuffix(s, end); ok {
			return stem
		}
	}
	return s
}

// The endings are folded. They are kept short of those that make another word of a name.
var (
	latinEndings = setOf(
		"s es " + // English
			"t ot et at k ok ek ak nak nek ban ben ba be bol rol tol ra re rel on en nal nel hoz hez ert kent ig val vel m om em am d od ed ja je jat jet juk jaim " +
			"unk unknak jenek janak nkat omat omnak ommal omon omra omban ombol emet emmel es os i tel " + // Hungarian
			"lal lel mal mel nal nel ral rel sal sel tal tel dal del gal gel kal kel bal bel pal pel zal zel fal fel " +
			"a u e y om ov ami mi och ach am ou ovi och owi")
	vowelEndings = setOf("a u y i e ou o am ami ach at aban abol ahoz anak aert aval ara arol atol an ak aja ajat am amat ammal amnak amon")
	greekEndings = setOf("ο ου ον α ων οσ οι ουσ η ησ εσ ασ ι ια ιου ιων ισ εισ εων ε ματα ματοσ ματων υ")
)

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}
