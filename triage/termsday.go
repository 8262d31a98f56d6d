package triage

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// TermDay counts the terms of one day's mentions. It is not safe for concurrent use.
type TermDay struct {
	terms  *Terms
	scopes map[desk.TermScope]*scopeTally
	people People
	buf    []Term
}

// scopeTally is what was counted of one scope.
type scopeTally struct {
	mentions, words int
	terms           map[string]*termTally
}

// termTally counts one term. The word that is shown is chosen by majority, as votes for and against come.
type termTally struct {
	n, votes, capitals int
	word               string
	who                []byte
}

// NewTermDay begins a day.
func NewTermDay(t *Terms) *TermDay {
	return &TermDay{terms: t, scopes: map[desk.TermScope]*scopeTally{}, people: People{}}
}

// Add counts the terms of a mention, each once, for its brand and for each product that it names.
func (d *TermDay) Add(m desk.TermText) error {
	var err error
	if d.buf, err = d.terms.In(d.buf[:0], m.Text, m.Language); err != nil {
		return err
	}
	d.people.Meet(m.Names)
	d.count(desk.TermScope{Brand: m.Brand, Language: m.Language}, m.Author)
	for _, p := range m.Products {
		d.count(desk.TermScope{Brand: m.Brand, Product: p, Language: m.Language}, m.Author)
	}
	return nil
}

// People are the words of the names and handles of those who write, folded, with and without endings: what no term may show.
type People map[string]bool

// leastName is the shortest word of a name, in bytes, that is kept out of terms.
const leastName = 3

// Meet notes the words of somebody's name and handle.
func (p People) Meet(who string) {
	for w := range strings.FieldsSeq(text.SearchTokens(who)) {
		if len(w) < leastName {
			continue
		}
		p[w] = true
		for _, l := range []lang{langEn, langHu, langSk, langEl} {
			p[stem(w, l)] = true
		}
	}
}

func (d *TermDay) count(scope desk.TermScope, author string) {
	s := d.scopes[scope]
	if s == nil {
		s = &scopeTally{terms: map[string]*termTally{}}
		d.scopes[scope] = s
	}
	s.mentions++
	s.words += len(d.buf)
	mark := markOf(author)
	for _, term := range d.buf {
		t := s.terms[term.Key]
		if t == nil {
			t = &termTally{word: term.Word}
			s.terms[term.Key] = t
		}
		t.n++
		if term.Capital {
			t.capitals++
		}
		switch {
		case t.word == term.Word:
			t.votes++
		case t.votes == 0:
			t.word, t.votes = term.Word, 1
		default:
			t.votes--
		}
		if len(t.who) < enoughAuthors && mark != 0 && !slices.Contains(t.who, mark) {
			t.who = append(t.who, mark)
		}
	}
}

// enoughAuthors is how many different people must have written a term before anybody sees it.
const enoughAuthors = 3

// markOf is one of 64 letters for an author: enough to tell a few apart, too little to find one by. 0 stands for nobody known, who
// never counts as one more.
func markOf(author string) byte {
	if author == "" {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(author))
	sum := h.Sum64()
	return '0' + byte((sum^sum>>32)*hashBase>>58)
}

// How many terms of a scope are kept for a day: the most frequent, and those that rise most.
const (
	keptFrequent = 150
	keptRising   = 150
	keptTwice    = 2 // mentions at least
)

// Totals stand beside the terms of a scope under keys that no term has.
const (
	wordsTotal    = ""
	mentionsTotal = "#"
)

// Before is what was counted of scopes in days before.
type Before map[desk.TermScope]map[string]int

// Add takes in a count.
func (b Before) Add(c desk.TermCount) {
	if b[c.TermScope] == nil {
		b[c.TermScope] = map[string]int{}
	}
	b[c.TermScope][c.Term] += c.N
}

// Counts returns what is to be kept of the day, in a fixed order.
func (d *TermDay) Counts(before Before) []desk.TermCount {
	var out []desk.TermCount
	for scope, s := range d.scopes {
		out = append(out, desk.TermCount{TermScope: scope, Term: wordsTotal, N: s.words}, desk.TermCount{TermScope: scope, Term: mentionsTotal, N: s.mentions})
		out = append(out, d.kept(scope, s, before[scope])...)
	}
	slices.SortFunc(out, func(a, b desk.TermCount) int {
		return cmp.Or(cmp.Compare(a.Brand, b.Brand), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Language, b.Language), cmp.Compare(a.Term, b.Term))
	})
	return out
}

func (d *TermDay) kept(scope desk.TermScope, s *scopeTally, before map[string]int) []desk.TermCount {
	var all []desk.TermCount
	for key, t := range s.terms {
		if small := t.n - t.capitals; t.n >= keptTwice && !d.people.hold(key, t.word, t.n, small) {
			slices.Sort(t.who)
			all = append(all, desk.TermCount{TermScope: scope, Term: key, Word: t.word, N: t.n, Small: small, Who: string(t.who)})
		}
	}
	if len(all) <= keptFrequent+keptRising {
		return all
	}
	slices.SortFunc(all, func(a, b desk.TermCount) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Term, b.Term)) })
	rest := all[keptFrequent:]
	rise := func(c desk.TermCount) float64 { return oddsScore(c.N, s.words, before[c.Term], before[wordsTotal]) }
	slices.SortStableFunc(rest, func(a, b desk.TermCount) int { return cmp.Compare(rise(b), rise(a)) })
	return all[:keptFrequent+keptRising]
}

// How a word that is part of an author's name shows that it is an ordinary word, too.
const (
	ordinaryTimes = 5   // mentions at least
	ordinarySmall = 0.9 // share of them in which it is written small
)

// hold tells whether a term has a word of somebody's name and is not written small so often that it must be an ordinary word.
func (p People) hold(key, word string, n, small int) bool {
	named := false
	for w := range strings.FieldsSeq(key + " " + text.Fold(word)) {
		named = named || p[w]
		for part := range strings.SplitSeq(w, "-") {
			named = named || p[part]
		}
	}
	return named && (n < ordinaryTimes || float64(small) < ordinarySmall*float64(n))
}
