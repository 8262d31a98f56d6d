package triage

import (
	"bytes"

	"github.com/earshotdesk/earshot/internal/text"
)

// trie finds words and phrases of all lexicons in one walk over the tokens of a text. A "*" in an entry stands for any ending of
// its word, a "_" for any one word.
type trie struct {
	root   [256]uint32 // the root's edges by their byte
	steps  []uint16    // of each node the byte that leads to the next one, which most go on by; see stepForks
	edges  []uint64    // all other edges by a hash: whence and by which byte in the upper half, and in the lower as in root; 0 is none
	shift  uint8       // of the hash
	nodes  []node
	senses [][]sense
}

// begins is the lowest bit of an edge that leads to a node where entries with a star end or go on; the others are the node.
const begins = 1

// What a step says beside its byte.
const (
	stepForks  = 1 << 8 // other bytes lead on, too
	stepBegins = 1 << 9 // it leads to a node where entries with a star end or go on
)

type node struct {
	exact  int32 // index into senses plus one: a word or phrase ends here
	prefix int32 // the same for entries that end in a star
	star   int32 // where a phrase goes on after a word that began like this
}

// sense is what an entry means in one language.
type sense struct {
	lang   lang
	kind   kind
	class  uint16
	weight float32
}

// hit is an entry found: tokens first to last, and what they mean.
type hit struct {
	first, last int32
	senses      []sense
	stretched   bool // found only after "sooooo" was read as "so"
}

// builder grows a trie; build flattens it.
type builder struct {
	children []map[byte]int32
	exact    []int32
	prefix   []int32
	senses   [][]sense
}

func newBuilder() *builder {
	return &builder{children: []map[byte]int32{{}}, exact: []int32{0}, prefix: []int32{0}}
}

// add enters a folded phrase whose words stand one space apart.
func (b *builder) add(phrase string, s sense) {
	star := len(phrase) > 1 && phrase[len(phrase)-1] == '*'
	if star {
		phrase = phrase[:len(phrase)-1]
	}
	at := int32(0)
	for i := range len(phrase) {
		next, ok := b.children[at][phrase[i]]
		if !ok {
			next = int32(len(b.children))
			b.children[at][phrase[i]] = next
			b.children = append(b.children, map[byte]int32{})
			b.exact, b.prefix = append(b.exact, 0), append(b.prefix, 0)
		}
		at = next
	}
	slot := &b.exact[at]
	if star {
		slot = &b.prefix[at]
	}
	if *slot == 0 {
		b.senses = append(b.senses, nil)
		*slot = int32(len(b.senses))
	}
	b.senses[*slot-1] = append(b.senses[*slot-1], s)
}

func (b *builder) build() *trie {
	t := &trie{nodes: make([]node, len(b.children)), senses: b.senses}
	for i, kids := range b.children {
		t.nodes[i] = node{exact: b.exact[i], prefix: b.prefix[i], star: kids['*']}
	}
	others := 0
	for i, kids := range b.children {
		for _, to := range kids {
			if i > 0 && int(to) != i+1 {
				others++
			}
		}
	}
	bits := 4
	for 1<<bits < 4*others {
		bits++
	}
	t.edges, t.shift, t.steps = make([]uint64, 1<<bits), uint8(32-bits), make([]uint16, len(t.nodes))
	for i, kids := range b.children {
		for c, to := range kids {
			t.connect(uint32(i), c, uint32(to)<<1)
		}
	}
	return t
}

func (t *trie) connect(from uint32, c byte, edge uint32) {
	if n := &t.nodes[edge>>1]; n.prefix != 0 || n.star != 0 {
		edge |= begins
	}
	if from == 0 {
		t.root[c] = edge
		return
	}
	if edge>>1 == from+1 {
		t.steps[from] |= uint16(c) | uint16(edge&begins)<<9
		return
	}
	t.steps[from] |= stepForks
	key := from<<8 | uint32(c)
	at := key * hashEdge >> t.shift
	for t.edges[at] != 0 {
		at = (at + 1) & uint32(len(t.edges)-1)
	}
	t.edges[at] = uint64(key)<<32 | uint64(edge)
}

const hashEdge = 0x9E3779B1

// edge follows one byte from a node; 0 leads nowhere, as the root is nobody's child.
func (t *trie) edge(from uint32, c byte) uint32 {
	if from == 0 {
		return t.root[c]
	}
	s := t.steps[from]
	if byte(s) == c {
		return (from+1)<<1 | uint32(s>>9)
	}
	if s&stepForks == 0 {
		return 0
	}
	key := from<<8 | uint32(c)
	for at := key * hashEdge >> t.shift; ; at = (at + 1) & uint32(len(t.edges)-1) {
		if e := t.edges[at]; uint32(e>>32) == key || e == 0 {
			return uint32(e)
		}
	}
}

// child is the node where a byte leads.
func (t *trie) child(at int32, c byte) int32 { return int32(t.edge(uint32(at), c) >> 1) }

// find appends what the lexicons know of the text: for each token phrases before words, exact words before longer and shorter
// beginnings.
func (t *trie) find(s *scratch, hits []hit) []hit {
	for i := range s.doc.Tokens {
		before := len(hits)
		word := s.word(i)
		if len(word) == 0 {
			continue
		}
		hits = t.walk(s, hits, 0, word, i, i, 0)
		if len(hits) == before && s.doc.Tokens[i].Kind != text.Emoji {
			hits = t.variants(s, hits, word, i)
		}
	}
	return hits
}

// variants tries the parts of a hyphenated word and the plain forms of a stretched one.
func (t *trie) variants(s *scratch, hits []hit, word []byte, i int) []hit {
	before := len(hits)
	for rest := word; len(hits) == before; {
		at := bytes.IndexByte(rest, '-')
		if at < 0 {
			break
		}
		hits = t.walk(s, hits, 0, rest[:at], i, i, maxPhrase)
		rest = rest[at+1:]
		hits = t.walk(s, hits, 0, rest, i, i, maxPhrase)
	}
	if !stretched(word) {
		return hits
	}
	for keep := 1; keep <= 2 && len(hits) == before && len(word) <= maxStretched; keep++ {
		var ok bool
		if s.squeezed, ok = squeeze(s.squeezed[:0], word, keep); !ok {
			break
		}
		hits = t.walk(s, hits, 0, s.squeezed, i, i, maxPhrase)
		for j := before; j < len(hits); j++ {
			hits[j].stretched = true
		}
	}
	return hits
}

const (
	maxPhrase    = 6   // tokens
	maxStretched = 256 // bytes
)

// walk reads one word from a node on and records what ends with it.
func (t *trie) walk(s *scratch, hits []hit, at int32, word []byte, first, i, depth int) []hit {
	var begun [8]int32
	n, whole := 0, true
	for _, c := range word {
		e := t.edge(uint32(at), c)
		if at = int32(e >> 1); at == 0 {
			whole = false
			break
		}
		if e&begins != 0 && n < len(begun) {
			begun[n] = at
			n++
		}
	}
	if depth < maxPhrase-1 && i+1 < len(s.doc.Tokens) && !s.breaks[i+1] {
		if whole {
			hits = t.next(s, hits, at, first, i, depth)
		}
		for j := n - 1; j >= 0; j-- {
			if star := t.nodes[begun[j]].star; star != 0 {
				hits = t.next(s, hits, star, first, i, depth)
			}
		}
	}
	if whole && t.nodes[at].exact != 0 {
		hits = append(hits, hit{int32(first), int32(i), t.senses[t.nodes[at].exact-1], false})
	}
	for j := n - 1; j >= 0; j-- {
		if p := t.nodes[begun[j]].prefix; p != 0 {
			hits = append(hits, hit{int32(first), int32(i), t.senses[p-1], false})
		}
	}
	return hits
}

// next goes on with the following token, when the trie has phrases that do.
func (t *trie) next(s *scratch, hits []hit, at int32, first, i, depth int) []hit {
	if at = t.child(at, ' '); at == 0 {
		return hits
	}
	hits = t.walk(s, hits, at, s.word(i+1), first, i+1, depth+1)
	if gap := t.child(at, '_'); gap != 0 && depth < maxPhrase-2 && i+2 < len(s.doc.Tokens) && !s.breaks[i+2] {
		hits = t.next(s, hits, gap, first, i+1, depth+1)
	}
	return hits
}

// stretched tells cheaply whether a word may hold a run of three: a byte that returns after one and two characters.
func stretched(word []byte) bool {
	for i := 2; i < len(word); i++ {
		if word[i] == word[i-1] && word[i] == word[i-2] || i >= 5 && word[i] == word[i-2] && word[i] == word[i-4] {
			return true
		}
	}
	return false
}

// squeeze appends word with every run of three or more equal characters cut to keep; ok is false when there is no such run.
func squeeze(dst, word []byte, keep int) (out []byte, ok bool) {
	for i := 0; i < len(word); {
		size := runeSize(word[i])
		size = min(size, len(word)-i)
		j := i + size
		for j+size <= len(word) && bytes.Equal(word[i:i+size], word[j:j+size]) {
			j += size
		}
		if count := (j - i) / size; count >= 3 {
			ok = true
			for range keep {
				dst = append(dst, word[i:i+size]...)
			}
		} else {
			dst = append(dst, word[i:j]...)
		}
		i = j
	}
	return dst, ok
}

// runeSize is the length in bytes of the character that starts with c.
func runeSize(c byte) int {
	switch {
	case c < 0xC0:
		return 1
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return 4
}
