package triage

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/model"
)

// Input is a text prepared once for all taggers. Doc and what hangs on it belong to the pipeline: a tagger must not keep them.
type Input struct {
	desk.TriageInput
	Doc   *text.Doc // folded and cut into tokens
	Shape Shape

	hits   []hit  // what the lexicons know, in order of tokens
	names  []name // brands, products and competitors found
	breaks []bool // for each token whether a clause ends before it

	model *model.Model // what judges words, and in work what it read
	work  *scratch

	layer   *layered // what the desk learned; nil for nothing
	learned []layerHit
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
	reading  model.Reading
	heard    []heard
	places   spots
	reasons  []desk.Reason
	moves    []desk.Move
	layer    []layerHit
}

func (s *scratch) prepare(in desk.TriageInput, p *Pipeline) Input {
	s.doc.Read(in.Text)
	shape := s.look()
	s.hits = p.lexicon.trie.find(s, s.hits[:0])
	s.names = p.names.find(s, s.names[:0])
	hint, sure := kindOf(in.Kind)
	p.learned.Read(&s.reading, &s.doc, hint, sure)
	s.moves = s.moves[:0]
	return Input{TriageInput: in, Doc: &s.doc, Shape: shape, hits: s.hits, names: s.names, breaks: s.breaks, model: p.learned, work: s}
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

// sign is a set of what a sign between tokens says.
type sign uint8

const (
	endsClause sign = 1 << iota
	exclaims
	asks
	asksInGreek
)

// signs are the signs by their byte. The table is built once and never written again.
var signs = func() (t [256]sign) {
	for _, c := range ".,!?;:\n()" {
		t[c] = endsClause
	}
	t['!'] |= exclaims
	t['?'] |= asks
	t[';'] |= asksInGreek
	return t
}()

// look walks over the tokens and the signs between them once: it marks the tokens before which a clause ends, and tells how the
// text looks. What stands inside a link is no sign.
func (s *scratch) look() Shape {
	var sh Shape
	s.breaks = s.breaks[:0]
	b, end, semicolons := s.doc.Folded, 0, 0
	for i := 0; i <= len(s.doc.Tokens); i++ {
		next := len(b)
		if i < len(s.doc.Tokens) {
			next = s.doc.Tokens[i].Start
		}
		var all sign
		for _, c := range b[end:next] {
			k := signs[c]
			if all |= k; k > endsClause {
				sh.Exclaims += int(k >> 1 & 1)
				sh.Questions += int(k >> 2 & 1)
				semicolons += int(k >> 3)
			}
		}
		if i == len(s.doc.Tokens) {
			break
		}
		s.breaks = append(s.breaks, all&endsClause != 0)
		sh.count(&s.doc, &s.doc.Tokens[i])
		end = s.doc.Tokens[i].End
	}
	if sh.Greek*2 > sh.Words {
		sh.Questions += semicolons
	}
	return sh
}

func (sh *Shape) count(d *text.Doc, t *text.Token) {
	switch t.Kind {
	case text.Word:
		sh.Words++
		if text.Shouted(d.Text[t.From:t.To]) {
			sh.Shouted++
		}
		if c := d.Folded[t.Start]; c == 0xCE || c == 0xCF || c == 0xCD {
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

// given returns the words of tokens first to last as they were written.
func (in *Input) given(first, last int32) (words string, from, to int) {
	from, to = in.Doc.Tokens[first].From, in.Doc.Tokens[last].To
	return in.Text[from:to], from, to
}
