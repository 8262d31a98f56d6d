package triage

import (
	"slices"
	"sort"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// nameKind says what a name belongs to.
type nameKind uint8

const (
	nameBrand nameKind = iota
	nameProduct
	nameCompetitor
	nameTopic
	nameNothing // a fixed phrase with a name in it that means something else: orange juice
)

// target is what aliases stand for.
type target struct {
	kind  nameKind
	name  string
	brand string  // of a topic, the one above it
	lang  lang    // of a topic's word
	home  tongues // whose endings alone the word takes; 0 for all
}

// name is a brand, product or competitor found in a text, by folded offsets.
type name struct {
	target     *target // nil once the language told that this is no name
	start, end int
	first      int32 // token
	in         tongues
	short      bool // the ending is so short that it is one only in its own language
	edited     bool // misspelt
	weak       bool // an ordinary word that is a name only beside another of the same brand
}

// maxNames bounds how many names are noted in one text.
const maxNames = 500

// find appends the names in the text, in order, none inside a longer one.
func (n *names) find(s *scratch, out []name) []name {
	if len(n.words) == 0 {
		return out
	}
	return n.in(&s.doc, s.breaks, out)
}

// in does so in a text read, with the clauses marked.
func (n *names) in(doc *text.Doc, breaks []bool, out []name) []name {
	f := finder{names: n, doc: doc, breaks: breaks, out: out}
	for i := range doc.Tokens {
		if f.token(i); len(f.out) >= maxNames {
			break
		}
	}
	if len(f.out) == 0 {
		return f.out
	}
	if n.overlap {
		return once(f.out)
	}
	return sure(longest(f.out))
}

// once drops what stands for the same at the same place.
func once(list []name) []name {
	out := list[:0]
	for _, n := range list {
		if !slices.ContainsFunc(out[max(0, len(out)-4):], func(o name) bool {
			return o.target.name == n.target.name && o.start == n.start && o.end == n.end
		}) {
			out = append(out, n)
		}
	}
	return out
}

// longest keeps of overlapping names the longest, and all that share its place.
func longest(list []name) []name {
	slices.SortStableFunc(list, func(a, b name) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	out := list[:0]
	for _, n := range list {
		if len(out) > 0 {
			last := &out[len(out)-1]
			same := n.start == last.start && n.end == last.end
			if same && n.target == last.target { // two readings of one word: the name itself, and a stem with an ending
				last.in, last.short, last.edited = last.in|n.in, last.short && n.short, last.edited && n.edited
				continue
			}
			if n.start < last.end && (!same || n.edited && !last.edited) {
				continue
			}
		}
		out = append(out, n)
	}
	return out
}

// sure drops phrases that mean something else, and ordinary words beside which nothing names the same brand.
func sure(list []name) []name {
	out := list[:0]
	for _, n := range list {
		if n.target.kind == nameNothing || n.weak && !slices.ContainsFunc(list, func(o name) bool { return !o.weak && o.target.brand == n.target.brand }) {
			continue
		}
		out = append(out, n)
	}
	return out
}

// aboutOthers tells whether the clause around a token names a competitor and none of ours.
func (in *Input) aboutOthers(token int32) bool {
	others := false
	for _, n := range in.names {
		a, b := min(n.first, token), max(n.first, token)
		if n.target == nil || b-a > 8 || !in.sameClause(a, b) {
			continue
		}
		if n.target.kind != nameCompetitor {
			return false
		}
		others = true
	}
	return others
}

// namesTagger turns the names found into tags. Competitors are topics: they are no product of ours.
type namesTagger struct{ names *names }

// surelyIn is how sure the language must be before it denies a short ending of another.
const surelyIn = 0.75

// Tag implements [Tagger].
func (t namesTagger) Tag(in Input, v *desk.Verdict) {
	spoken := tongueOf(langOf(v.Language.Label))
	start := len(v.Reasons)
	for i := range in.names {
		n := &in.names[i]
		if n.short && spoken != 0 && n.in&spoken == 0 && v.Language.Score >= surelyIn {
			n.target = nil
			continue
		}
		tag, score := "product", 1.0
		if n.edited {
			score = 0.8
		}
		switch n.target.kind {
		case nameBrand:
			tag = "brand"
			v.Brands = addNamed(v.Brands, n.target.name, score)
		case nameProduct:
			v.Products = addNamed(v.Products, n.target.name, score)
			v.Brands = addNamed(v.Brands, n.target.brand, 0.9*score)
		case nameCompetitor:
			tag = "topic"
			v.Topics = addNamed(v.Topics, n.target.name, score)
		}
		if len(v.Reasons)-start < maxReasons {
			from, to := in.Doc.Place(n.start, n.end)
			v.Reasons = append(v.Reasons, desk.Reason{Tag: tag, By: "alias", Text: in.Text[from:to], From: from, To: to, Weight: score})
		}
	}
}

// tokenAt is the token that holds or follows a folded offset.
func (f *finder) tokenAt(start int) int32 {
	return int32(sort.Search(len(f.doc.Tokens)-1, func(i int) bool { return f.doc.Tokens[i].End > start }))
}
