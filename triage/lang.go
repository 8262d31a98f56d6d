package triage

import "github.com/earshotdesk/earshot/internal/desk"

// lang is a language that triage knows, as a small number.
type lang uint8

// The languages of the model. Their order is that of codes.
const (
	langEn lang = iota
	langHu
	langEl
	langSk
	langCs
	langDe
	langEs
	langFr
	langIt
	langPl
	langPt
	langRo
	langNl
	langHr
	langGreeklish // Greek in Latin letters: reported as el
	langCount

	langAny  lang = 100 // holds in every language
	langNone lang = 101 // one that triage has no words for
)

var codes = [langCount]string{"en", "hu", "el", "sk", "cs", "de", "es", "fr", "it", "pl", "pt", "ro", "nl", "hr", "el-latn"}

// langOf finds a language by its code: ISO 639-1, el-latn for Greeklish, any for all.
func langOf(code string) lang {
	if code == "any" {
		return langAny
	}
	for l, c := range codes {
		if c == code {
			return lang(l)
		}
	}
	return langNone
}

// langOfWords finds the language of words in the configuration by its code. Words of a language without lexicons count wherever they
// stand; what they are of, and its name, are for the sentence about a code that is none.
func langOfWords(code, of, name string) (lang, error) {
	l := langOf(code)
	if l != langNone {
		return l, nil
	}
	if len(code) < 2 || len(code) > 3 {
		return l, desk.Invalidf("%s %q: %q is no language code; write any for words of every language", of, name, code)
	}
	return langAny, nil
}

// weightIn is how far a sense of language s counts in a text of language l: fully in its own, less in its sister, a little for
// the English that everybody mixes in, and by halves in a text of unknown language.
func weightIn(s, l lang) float32 {
	switch {
	case s == l, s == langAny:
		return 1
	case l == langNone:
		return 0.6
	case s == langCs && l == langSk, s == langSk && l == langCs:
		return 0.8
	case s == langGreeklish && l == langEl, s == langEl && l == langGreeklish:
		return 1
	case s == langEn:
		return 0.5
	}
	return 0
}
