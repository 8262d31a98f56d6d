package triage

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Term is a word or a phrase of a text that may show what people talk about.
type Term struct {
	Key     string // folded, each word without its ending
	Word    string // as it was written, in lower case
	Capital bool   // it began with a capital: it may be somebody's name
}

// Terms finds the words and phrases of texts that may be shown as what people talk about: never handles, links, addresses, numbers
// or given names. In English they are nouns, verbs and noun phrases by part of speech; elsewhere words that say something, and two
// of them in a row. It belongs to the background: an English text takes some 0.15 ms. Safe for concurrent use.
type Terms struct {
	phrases Phrases
	stop    map[string]map[string]bool // by language
	given   map[string]bool
	ours    *names // names of brands and products, which say nothing new
}

// NewTerms compiles what the terms of a desk leave out.
func NewTerms(brands []desk.Brand) (*Terms, error) {
	lists, err := wordLists("words/stop.txt")
	if err != nil {
		return nil, err
	}
	t := &Terms{stop: map[string]map[string]bool{}}
	for code, words := range lists {
		t.stop[code] = map[string]bool{}
		for _, w := range words {
			t.stop[code][w] = true
		}
	}
	if t.ours, err = newNames(brands); err != nil {
		return nil, err
	}
	t.given = t.ours.around.given
	return t, nil
}

// maxTermed is how much of a text is read for terms, in bytes; maxTermLetters bounds one word.
const (
	maxTermed      = 8 << 10
	maxTermLetters = 30
)

// In appends the terms of a text in a language (ISO 639-1), each once.
func (t *Terms) In(out []Term, said, code string) ([]Term, error) {
	if len(said) > maxTermed {
		said = said[:maxTermed]
	}
	var s scratch
	s.doc.Read(strings.ToValidUTF8(said, " "))
	s.look()
	words := t.words(&s, code)
	if code != codes[langEn] {
		return pairs(out, words), nil
	}
	return t.english(out, &s, words)
}

// word is one word of a text that may be a term, or one that may not and parts what stands around it.
type word struct {
	Term
	from int  // of its place in the text as given
	ok   bool // may be a term
	cut  bool // begins a clause
}

// words reads the words of a text.
func (t *Terms) words(s *scratch, code string) []word {
	taken := t.ours.find(s, nil)
	out := make([]word, 0, len(s.doc.Tokens))
	for i, tok := range s.doc.Tokens {
		w := word{from: tok.From, cut: s.breaks[i]}
		if tok.Kind == text.Word {
			w.Key = stem(string(s.doc.Word(i)), langOf(code))
			w.Word, w.Capital = strings.ToLower(s.doc.Text[tok.From:tok.To]), capital(s.doc.Text[tok.From:])
			w.ok = t.tells(string(s.doc.Word(i)), code) && utf8.ValidString(w.Word)
		}
		for _, n := range taken {
			w.ok = w.ok && (tok.Start >= n.end || tok.End <= n.start || n.target.kind == nameCompetitor)
		}
		out = append(out, w)
	}
	return out
}

// tells tells whether a folded word may be a term.
func (t *Terms) tells(folded, code string) bool {
	letters, numbers := 0, 0
	for _, r := range folded {
		switch {
		case '0' <= r && r <= '9':
			numbers++
		case unicode.IsLetter(r):
			letters++
		}
	}
	if letters < 2 || letters+numbers < 3 || letters > maxTermLetters || numbers > 2 {
		return false
	}
	return !t.stop[code][folded] && !t.given[folded] && !t.given[strings.TrimSuffix(folded, "'s")]
}

// pairs appends each word and each two in a row.
func pairs(out []Term, words []word) []Term {
	start := len(out)
	for i, w := range words {
		if !w.ok {
			continue
		}
		out = addTerm(out, start, w.Term)
		if i+1 < len(words) && words[i+1].ok && !words[i+1].cut {
			out = addTerm(out, start, joined(w.Term, words[i+1].Term))
		}
	}
	return out
}

func joined(a, b Term) Term {
	return Term{a.Key + " " + b.Key, a.Word + " " + b.Word, a.Capital || b.Capital}
}

func addTerm(out []Term, start int, t Term) []Term {
	for _, o := range out[start:] {
		if o.Key == t.Key {
			return out
		}
	}
	return append(out, t)
}

// english appends the words that are nouns, verbs or adjectives, and the noun phrases of two or three.
func (t *Terms) english(out []Term, s *scratch, words []word) ([]Term, error) {
	tags, err := t.phrases.tags(s.doc.Text)
	if err != nil {
		return out, err
	}
	start := len(out)
	known := map[string]Term{}
	for _, w := range words {
		if w.ok {
			known[w.Word] = w.Term
		}
	}
	for _, run := range runs(tags) {
		for i, tok := range run {
			w, ok := known[strings.ToLower(tok.Text)]
			if !ok {
				continue
			}
			out = addTerm(out, start, w)
			if !noun(tok) || i == 0 {
				continue
			}
			if before, ok := known[strings.ToLower(run[i-1].Text)]; ok && !verb(run[i-1]) {
				out = addTerm(out, start, joined(before, w))
			}
		}
	}
	return out, nil
}

// stem cuts the ending that the language would put to a word, and leaves four letters or more.
func stem(folded string, l lang) string {
	endings := map[string]tongues(nil)
	in := tongueOf(l)
	switch in {
	case inEnglish:
		if l != langEn {
			return folded
		}
		return englishStem(folded)
	case inGreek:
		endings = greekEndings
	case inHungarian:
		endings = hungarianCases
		if n := len(folded); n > 6 && folded[n-1] == 'l' && folded[n-3] == folded[n-4] && (folded[n-2] == 'a' || folded[n-2] == 'e') {
			folded = folded[:n-3] // the v of -val takes after the consonant before it
		}
	case inSlavic:
		endings = slavicEndings
	default:
		return folded
	}
	const least = 4
	for at, letters := 0, 0; at < len(folded); letters++ {
		if letters >= least && endings[folded[at:]]&in != 0 {
			return folded[:at]
		}
		at += runeSize(folded[at])
	}
	return folded
}

func englishStem(w string) string {
	w = strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "'")
	if n := len(w); n >= 4 && w[n-1] == 's' && w[n-2] != 's' && w[n-2] != 'u' && w[n-2] != 'i' {
		if strings.HasSuffix(w, "ies") && n > 4 {
			return w[:n-3] + "y"
		}
		return w[:n-1]
	}
	return w
}

// hungarianCases are the endings but those that make adjectives of nouns.
var hungarianCases = func() map[string]tongues {
	set := hungarianEndings()
	for _, e := range []string{"s", "os", "es", "as", "i"} {
		delete(set, e)
	}
	return set
}()

// slavicEndings are those of nouns and adjectives; those of verbs are left alone.
var slavicEndings = merged(stemEndings, adjectiveEndings, setOf(inSlavic, "om ov ovi mi och ach am ami em"))
