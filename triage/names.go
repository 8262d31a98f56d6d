package triage

import (
	"sort"
	"strings"

	ahocorasick "github.com/BobuSumisu/aho-corasick"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// nameKind says what a name belongs to.
type nameKind uint8

const (
	nameBrand nameKind = iota
	nameProduct
	nameCompetitor
)

// name is a brand, product or competitor found in a text, by folded offsets.
type name struct {
	target     *target
	start, end int
	first      int32 // token
}

// target is what aliases stand for.
type target struct {
	kind  nameKind
	name  string
	brand string
}

// pattern is one spelling: the whole alias, or its stem where case endings replace the last vowel.
type pattern struct {
	target *target
	rule   endingRule
}

// names finds all aliases in one pass by the Aho–Corasick automaton.
type names struct {
	trie     *ahocorasick.Trie
	patterns []pattern
	sizes    []int
}

// newNames compiles the aliases of all brands.
func newNames(brands []desk.Brand) (*names, error) {
	n := &names{}
	build := ahocorasick.NewTrieBuilder()
	seen := map[string]bool{}
	add := func(t *target, alias string) {
		for _, p := range spellings(alias) {
			if key := t.name + "\x00" + p.text; !seen[key] {
				seen[key] = true
				build.AddString(p.text)
				n.patterns = append(n.patterns, pattern{t, p.rule})
				n.sizes = append(n.sizes, len(p.text))
			}
		}
	}
	for _, b := range brands {
		if strings.TrimSpace(b.Name) == "" {
			return nil, desk.Invalidf("a brand has no name")
		}
		t := &target{nameBrand, b.Name, b.Name}
		for _, alias := range append([]string{b.Name, b.Title}, b.Aliases...) {
			add(t, alias)
		}
		addProducts(add, b.Name, nameProduct, b.Products)
		addProducts(add, b.Name, nameCompetitor, b.Competitors)
	}
	if len(n.patterns) > 0 {
		n.trie = build.Build()
	}
	return n, nil
}

func addProducts(add func(*target, string), brand string, k nameKind, list []desk.Product) {
	for _, p := range list {
		t := &target{k, p.Name, brand}
		for _, alias := range append([]string{p.Name}, p.Aliases...) {
			add(t, alias)
		}
	}
}

// find appends the names in the text, in order, none inside a longer one.
func (n *names) find(s *scratch, out []name) []name {
	if n.trie == nil {
		return out
	}
	b := s.doc.Folded
	n.trie.Walk(b, func(end, size, p int64) bool {
		start := int(end - size + 1)
		if n.accept(&s.doc, start, int(end)+1, n.patterns[p].rule) {
			stop, _ := wordRest(b, int(end)+1)
			out = append(out, name{n.patterns[p].target, start, stop, 0})
		}
		return len(out) < maxNames
	})
	if len(out) == 0 {
		return out
	}
	out = longest(out)
	tok := 0
	for i := range out {
		for tok < len(s.doc.Tokens)-1 && s.doc.Tokens[tok].End <= out[i].start {
			tok++
		}
		out[i].first = int32(tok)
	}
	return out
}

// maxNames bounds how many names are noted in one text.
const maxNames = 500

// accept checks the word boundaries and that a match does not sit in the middle of a link.
func (n *names) accept(d *text.Doc, start, end int, rule endingRule) bool {
	b := d.Folded
	if start > 0 && partOfWord(b[start-1]) && partOfWord(b[start]) {
		return false
	}
	_, rest := wordRest(b, end)
	if !rule.allows(string(rest)) {
		return false
	}
	if i := sort.Search(len(d.Tokens), func(i int) bool { return d.Tokens[i].End > start }); i < len(d.Tokens) {
		t := d.Tokens[i]
		link := t.Kind == text.URL || t.Kind == text.Email
		return !link || t.Start == start && t.End == end
	}
	return true
}

// wordRest is what follows within the same word: letters, or an apostrophe or hyphen and letters.
func wordRest(b []byte, i int) (end int, rest []byte) {
	j := i
	for j < len(b) && j-i < 16 {
		if partOfWord(b[j]) || (b[j] == '\'' || b[j] == '-') && j == i && j+1 < len(b) && partOfWord(b[j+1]) {
			j++
			continue
		}
		break
	}
	return j, b[i:j]
}

func partOfWord(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c >= 0x80 && c != 0xE2 && c != 0xF0
}

// longest keeps of overlapping names the longest, the same target only once at a place.
func longest(list []name) []name {
	sort.SliceStable(list, func(i, j int) bool {
		if list[i].start != list[j].start {
			return list[i].start < list[j].start
		}
		return list[i].end > list[j].end
	})
	out := list[:0]
	for _, n := range list {
		if len(out) > 0 {
			last := out[len(out)-1]
			inside := n.end <= last.end
			if inside && (n.target == last.target || n.target.kind == last.target.kind && n.end-n.start < last.end-last.start) {
				continue
			}
		}
		out = append(out, n)
	}
	return out
}

// aboutOthers tells whether the clause around a token names a competitor and none of ours.
func (in Input) aboutOthers(token int32) bool {
	others := false
	for _, n := range in.names {
		a, b := min(n.first, token), max(n.first, token)
		if b-a > 8 || !in.sameClause(a, b) {
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

// Tag implements [Tagger].
func (t namesTagger) Tag(in Input, v *desk.Verdict) {
	for i, n := range in.names {
		tag := "product"
		switch n.target.kind {
		case nameBrand:
			tag = "brand"
			v.Brands = addNamed(v.Brands, n.target.name, 1)
		case nameProduct:
			v.Products = addNamed(v.Products, n.target.name, 1)
			v.Brands = addNamed(v.Brands, n.target.brand, 0.9)
		case nameCompetitor:
			tag = "topic"
			v.Topics = addNamed(v.Topics, n.target.name, 1)
		}
		if i < maxReasons {
			from, to := in.Doc.Place(n.start, n.end)
			v.Reasons = append(v.Reasons, desk.Reason{Tag: tag, By: "alias", Text: in.Text[from:to], From: from, To: to, Weight: 1})
		}
	}
}
