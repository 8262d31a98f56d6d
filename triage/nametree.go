package triage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// names finds all aliases in one walk over the words of a text. A byte tree knows every spelling of every word of an alias; states
// say which words in a row make an alias. Both are built once.
type names struct {
	starts [1 << 10]uint64 // a bit for the first two letters of every spelling: most words are done with here
	root   [256]int32
	nodes  []nameNode
	labels []byte
	goes   []int32
	words  [][]nameWord // by node, what its spelling may be
	steps  [][]nameStep // by state
	finals [][]nameFinal
	long   nearby
	around *nameWords

	brief   bool // a spelling is too short for starts
	overlap bool // what lies within another counts, too
}

type nameNode struct {
	first int32 // of its edges in labels and goes
	edges int16
	words int32 // index plus one
}

// nameWord is a word of an alias, found under one of its spellings.
type nameWord struct {
	id    int32
	rule  endingRule
	state int32 // after it, when it begins an alias; 0 when none begins so
}

// nameStep leads from a state over a word, before which the sign gap must stand, to another state.
type nameStep struct {
	word, to int32
	gap      string
}

// nameFinal is an alias that ends in a state.
type nameFinal struct {
	target   *target
	tail     string
	ordinary bool // the alias is a word of the language, too
	lone     bool // it is one word, which could be a surname
}

// nameBuilder grows the tree and the states.
type nameBuilder struct {
	children []map[byte]int32
	values   []int32
	ids      map[string]int32
	forms    [][]form
	n        *names
	seen     map[string]bool
	doubtful map[string]bool // aliases that are ordinary words
}

// newNames compiles the aliases of all brands.
func newNames(brands []desk.Brand) (*names, error) {
	around, err := loadNameWords()
	if err != nil {
		return nil, err
	}
	b := newNameBuilder(around)
	for _, brand := range brands {
		if strings.TrimSpace(brand.Name) == "" {
			return nil, desk.Invalidf("a brand has no name")
		}
		b.brand(brand)
	}
	if len(b.seen) == 0 {
		return b.n, nil
	}
	for _, phrase := range around.phrases {
		if slices.ContainsFunc(strings.Fields(phrase), func(w string) bool { return b.doubtful[w] }) {
			b.add(&target{kind: nameNothing}, phrase, false)
		}
	}
	b.build()
	b.misspelt()
	return b.n, nil
}

func newNameBuilder(around *nameWords) *nameBuilder {
	return &nameBuilder{
		children: []map[byte]int32{{}}, values: []int32{0}, ids: map[string]int32{}, seen: map[string]bool{}, doubtful: map[string]bool{},
		n: &names{steps: [][]nameStep{nil}, finals: [][]nameFinal{nil}, around: around},
	}
}

func (b *nameBuilder) brand(brand desk.Brand) {
	t := &target{kind: nameBrand, name: brand.Name, brand: brand.Name}
	if around := b.n.around; brand.Title == "" || !around.ordinary[text.Fold(brand.Name)] && !slices.Contains(around.near, text.Fold(brand.Name)) {
		b.add(t, brand.Name, true) // a short name that is an ordinary word is for filters, where a title says what people write
	}
	b.add(t, brand.Title, true)
	for _, alias := range brand.Aliases {
		b.add(t, alias, startsUpper(alias))
	}
	for _, list := range []struct {
		kind nameKind
		of   []desk.Product
	}{{nameProduct, brand.Products}, {nameCompetitor, brand.Competitors}} {
		for _, p := range list.of {
			t := &target{kind: list.kind, name: p.Name, brand: brand.Name}
			for _, alias := range append([]string{p.Name}, p.Aliases...) {
				b.add(t, alias, startsUpper(alias))
			}
		}
	}
}

// startsUpper tells whether an alias is written as a name. One in lower case is meant as the plain word: "telefon".
func startsUpper(alias string) bool { return capital(strings.TrimSpace(alias)) }

// add enters an alias; asName says that where it is an ordinary word, too, only the name counts.
func (b *nameBuilder) add(t *target, alias string, asName bool) {
	for _, s := range spellings(alias) {
		var key strings.Builder
		fmt.Fprintf(&key, "%s\x00%d%s\x00%d\x00%s", t.name, t.kind, t.brand, t.lang, s.tail)
		state := int32(0)
		for _, w := range s.words {
			id := b.word(w.forms)
			state = b.step(state, id, w.gap)
			key.WriteString("\x00" + w.gap + w.forms[0].text + string(rune('0'+w.forms[0].rule)))
		}
		if b.seen[key.String()] {
			continue
		}
		b.seen[key.String()] = true
		first := s.words[0].forms[0]
		lone := len(s.words) == 1 && alias[0] != '@' && alias[0] != '#'
		ordinary := asName && lone && b.n.around.ordinary[first.text]
		if ordinary {
			b.doubtful[first.text] = true
		}
		b.n.finals[state] = append(b.n.finals[state], nameFinal{target: t, tail: s.tail, lone: lone, ordinary: ordinary})
	}
}

// word enters the spellings of a word into the tree and returns its number.
func (b *nameBuilder) word(forms []form) int32 {
	var key strings.Builder
	for _, f := range forms {
		key.WriteString(f.text + string(rune('0'+f.rule)) + " ")
	}
	if id, ok := b.ids[key.String()]; ok {
		return id
	}
	id := int32(len(b.ids))
	b.ids[key.String()] = id
	b.forms = append(b.forms, forms)
	for _, f := range forms {
		at := int32(0)
		if bit, ok := startOf([]byte(f.text)); ok {
			b.n.starts[bit>>6] |= 1 << (bit & 63)
		} else {
			b.n.brief = true
		}
		for i := range len(f.text) {
			next, ok := b.children[at][f.text[i]]
			if !ok {
				next = int32(len(b.children))
				b.children[at][f.text[i]] = next
				b.children, b.values = append(b.children, map[byte]int32{}), append(b.values, 0)
			}
			at = next
		}
		if b.values[at] == 0 {
			b.n.words = append(b.n.words, nil)
			b.values[at] = int32(len(b.n.words))
		}
		list := &b.n.words[b.values[at]-1]
		*list = append(*list, nameWord{id: id, rule: f.rule})
	}
	return id
}

// step returns the state after a word, new when nothing led there.
func (b *nameBuilder) step(from, word int32, gap string) int32 {
	for _, s := range b.n.steps[from] {
		if s.word == word && s.gap == gap {
			return s.to
		}
	}
	to := int32(len(b.n.steps))
	b.n.steps[from] = append(b.n.steps[from], nameStep{word, to, gap})
	b.n.steps, b.n.finals = append(b.n.steps, nil), append(b.n.finals, nil)
	return to
}
