package triage

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Input is a text prepared once for all taggers. Doc and what hangs on it belong to the pipeline: a tagger must not keep them.
type Input struct {
	desk.TriageInput
	Doc   *text.Doc // folded and cut into tokens
	Shape Shape

	hits   []hit  // what the lexicons know, in order of tokens
	names  []name // brands, products and competitors found
	breaks []bool // for each token whether a clause ends before it
}

// Shape is how a text looks apart from its words.
type Shape struct {
	Words     int // tokens that are words
	Shouted   int // of these, how many are in capitals only
	Exclaims  int // exclamation marks
	Questions int // question marks, the Greek one in Greek text too
	Links     int
	Hashtags  int
	Handles   int
	Greek     int // words in Greek letters
}

// scratch is the working memory of one judgement.
type scratch struct {
	doc      text.Doc
	hits     []hit
	names    []name
	breaks   []bool
	squeezed []byte
}

func (s *scratch) prepare(in desk.TriageInput, p *Pipeline) Input {
	s.doc.Read(in.Text)
	s.cutClauses()
	s.hits = p.lexicon.trie.find(s, s.hits[:0])
	s.names = p.names.find(s, s.names[:0])
	return Input{TriageInput: in, Doc: &s.doc, Shape: s.shape(), hits: s.hits, names: s.names, breaks: s.breaks}
}

// word is the folded form of token i that the lexicons know: a hashtag without its sign, nothing for links and handles.
func (s *scratch) word(i int) []byte {
	switch s.doc.Tokens[i].Kind {
	case text.Hashtag:
		return s.doc.Word(i)[1:]
	case text.URL, text.Email, text.Handle:
		return nil
	}
	return s.doc.Word(i)
}

// cutClauses marks the tokens before which a clause ends.
func (s *scratch) cutClauses() {
	s.breaks = s.breaks[:0]
	end := 0
	for _, t := range s.doc.Tokens {
		s.breaks = append(s.breaks, bytes.ContainsAny(s.doc.Folded[end:t.Start], ".,!?;:\n()"))
		end = t.End
	}
}

func (s *scratch) shape() Shape {
	var sh Shape
	for _, t := range s.doc.Tokens {
		switch t.Kind {
		case text.Word:
			sh.Words++
			if shouted(s.doc.Text[t.From:t.To]) {
				sh.Shouted++
			}
			if c := s.doc.Folded[t.Start]; c == 0xCE || c == 0xCF || c == 0xCD {
				sh.Greek++
			}
		case text.URL:
			sh.Links++
		case text.Hashtag:
			sh.Hashtags++
		case text.Handle:
			sh.Handles++
		}
	}
	sh.Exclaims = bytes.Count(s.doc.Folded, []byte{'!'})
	sh.Questions = s.questions(sh.Greek*2 > sh.Words)
	return sh
}

// questions counts question marks outside links.
func (s *scratch) questions(greek bool) int {
	n, end := 0, 0
	for i := 0; i <= len(s.doc.Tokens); i++ {
		next := len(s.doc.Folded)
		if i < len(s.doc.Tokens) {
			next = s.doc.Tokens[i].Start
		}
		gap := s.doc.Folded[end:next]
		n += bytes.Count(gap, []byte{'?'})
		if greek {
			n += bytes.Count(gap, []byte{';'})
		}
		if i < len(s.doc.Tokens) {
			end = s.doc.Tokens[i].End
		}
	}
	return n
}

// shouted tells whether a word of three letters or more is in capitals only.
func shouted(word string) bool {
	letters := 0
	for i, r := range word {
		if r < utf8.RuneSelf {
			if 'a' <= r && r <= 'z' {
				return false
			}
			if 'A' <= r && r <= 'Z' {
				letters++
			}
			continue
		}
		if unicode.IsLower(r) {
			return false
		}
		if unicode.IsUpper(r) {
			letters++
		}
		if i > 64 {
			break
		}
	}
	return letters >= 3
}

// given returns the words of tokens first to last as they were written.
func (in Input) given(first, last int32) (words string, from, to int) {
	from, to = in.Doc.Tokens[first].From, in.Doc.Tokens[last].To
	return in.Text[from:to], from, to
}
