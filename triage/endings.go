package triage

import "strings"

// tongues is a set of languages, or families of them, by the endings that they put to names.
type tongues uint8

const (
	inEnglish tongues = 1 << iota // and the other western ones, which add an s at most
	inHungarian
	inSlavic // Slovak, Czech, Polish, Croatian
	inGreek
	anywhere = inEnglish | inHungarian | inSlavic | inGreek
)

// tongueOf is the family of a language; 0 for one whose endings are not known here.
func tongueOf(l lang) tongues {
	switch l {
	case langHu:
		return inHungarian
	case langSk, langCs, langPl, langHr:
		return inSlavic
	case langEl, langGreeklish:
		return inGreek
	case langEn, langDe, langEs, langFr, langIt, langPt, langRo, langNl:
		return inEnglish
	}
	return 0
}

// endingRule says which endings may follow a spelling of a word.
type endingRule uint8

const (
	endNone      endingRule = iota // the word must end here
	endLatin                       // a whole word: Hungarian, Slovak and Czech case endings, the English s
	endLatinOpen                   // a whole word that ends in a vowel: as above without the Slavic ones but -ho, -mu, -m
	endStem                        // a Slavic stem whose last vowel is replaced: nokia, nokiu, nokii
	endAdjective                   // a Slavic stem of an adjective: zlat-ý, -ého, -ému
	endFleeting                    // a stem that lost its last vowel: balíček, balíčka; tükör, tükröt
	endGreek                       // a Greek stem: κινητ-ό, -ού, -ά
	endGreekOs                     // one that addresses by -ε, too: Γερμανέ
	endGreekMa                     // a whole Greek word in -μα: δέμα, δέματα
	endAny                         // whatever may follow: deliver*
	endGreeklish                   // the same in Latin letters: kinit-o, -ou, -a
)

// allows tells in which languages rest, what follows a spelling within the same word, is an ending under this rule; 0 when in
// none. last is the last byte of the spelling.
func (r endingRule) allows(rest []byte, last byte) tongues {
	if r == endAny {
		return anywhere
	}
	if len(rest) == 0 {
		switch r {
		case endNone, endLatin, endLatinOpen, endGreekMa:
			return anywhere
		}
		return 0
	}
	switch r {
	case endLatin, endLatinOpen:
		if len(rest) <= 2 && digits(rest) {
			return anywhere // the model's number: iPad2
		}
		in := latinEndings[string(rest)]
		if r == endLatinOpen {
			in = in&^inSlavic | openEndings[string(rest)]
			if last == 'e' {
				in |= silentEndings[string(rest)]
			}
		}
		if len(rest) == 3 && rest[0] == last && rest[2] == 'l' && (rest[1] == 'a' || rest[1] == 'e') {
			in |= inHungarian // the v of -val takes after the consonant before it: telefonnal
		}
		return in
	case endStem:
		return stemEndings[string(rest)]
	case endAdjective:
		return adjectiveEndings[string(rest)]
	case endFleeting:
		if strings.IndexByte("aeiouy", rest[0]) < 0 {
			return 0
		}
		return latinEndings[string(rest)] &^ inEnglish
	case endGreekOs:
		if string(rest) == "ε" {
			return inGreek
		}
		return greekEndings[string(rest)]
	case endGreekMa:
		if e := string(rest); e == "τα" || e == "τοσ" || e == "των" {
			return inGreek
		}
		return 0
	case endGreek:
		return greekEndings[string(rest)]
	case endGreeklish:
		return greeklishEndings[string(rest)]
	}
	return 0
}

func digits(rest []byte) bool {
	for _, c := range rest {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// shortEnding is the longest ending, in letters, that counts only in its own language: English has no -nak, but Shelly is a name.
const shortEnding = 2

// greekStem cuts the case ending.
func greekStem(s string) string {
	for _, end := range []string{"ουσ", "εσ", "οσ", "ησ", "ασ", "ισ", "ου", "οι", "ων", "ο", "η", "α", "ι", "ε", "υ"} {
		if stem, ok := strings.CutSuffix(s, end); ok {
			return stem
		}
	}
	return s
}

// The endings are folded. They are kept short of those that make another word of a name: -ova is a surname, -os an adjective.
var (
	latinEndings = merged(setOf(inEnglish, "s es"), hungarianEndings(),
		setOf(inSlavic, "a e i u y om ov ovi owi em ami mi ach och am im um ie"))
	stemEndings      = setOf(inSlavic, "a e i o u y ou om am ami ach ach am ej mi ie ii iu iou")
	openEndings      = setOf(inSlavic, "ho mu m")     // Sonyho
	silentEndings    = setOf(inSlavic, "u om ovi ov") // Orangeu
	adjectiveEndings = setOf(inSlavic, "y a e i o eho emu om ym em ej u ou ych ymi ich imi im iho imu iemu iem")
	greekEndings     = setOf(inGreek, "ο ου ον α ων οσ οι ουσ η ησ ην εσ ασ ι ια ιου ιων ισ εισ εων εωσ ματα ματοσ ματων ατα ατοσ ατων υ αν οισ εα αδεσ αδων")
	greeklishEndings = setOf(inGreek, "o ou on a wn on os oi i is hs in h es as us e ia iou iwn ion eis eon mata matos atos ata ata n")
)

// hungarianEndings joins plural and possessive with case: telefon-om-at, telefon-jaink-kal.
func hungarianEndings() map[string]tongues {
	set := map[string]tongues{}
	cases := strings.Fields("t at et ot nak nek ban ben ba be bol rol tol ra re nal nel hoz hez ert ig kent on en n")
	for _, c := range append(cases, "val", "vel", "s", "os", "es", "as", "i", "stul") {
		set[c] = inHungarian
	}
	owned := strings.Fields("k ok ek ak m om em am d od ed ad ja je a e unk nk otok etek tok tek juk jei jai ei ai jeim jaim eim aim jeid jaid " +
		"eid aid jeink jaink eink aink jeik jaik eik aik ik im id ink")
	for _, o := range owned {
		set[o] = inHungarian
		for _, c := range cases {
			set[o+c] = inHungarian
		}
		last := o[len(o)-1:]
		if strings.Contains("aei", last) {
			last = "v"
		}
		set[o+last+"al"], set[o+last+"el"] = inHungarian, inHungarian
	}
	return set
}

func merged(sets ...map[string]tongues) map[string]tongues {
	out := map[string]tongues{}
	for _, set := range sets {
		for w, in := range set {
			out[w] |= in
		}
	}
	return out
}

func setOf(in tongues, list string) map[string]tongues {
	set := map[string]tongues{}
	for w := range strings.FieldsSeq(list) {
		set[w] = in
	}
	return set
}
