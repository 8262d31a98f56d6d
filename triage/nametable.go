package triage

import (
	"slices"
	"unicode/utf8"
)

// build flattens the tree and notes which words begin an alias.
func (b *nameBuilder) build() {
	n := b.n
	begins := n.begins()
	for _, list := range n.words {
		for i := range list {
			list[i].state = begins[list[i].id]
		}
	}
	n.nodes = make([]nameNode, len(b.children))
	for i, kids := range b.children {
		node := nameNode{first: int32(len(n.labels)), words: b.values[i]}
		keys := make([]byte, 0, len(kids))
		for c := range kids {
			keys = append(keys, c)
		}
		slices.Sort(keys)
		for _, c := range keys {
			n.labels, n.goes = append(n.labels, c), append(n.goes, kids[c])
			node.edges++
		}
		n.nodes[i] = node
	}
	for c, to := range b.children[0] {
		n.root[c] = to
	}
}

// begins maps the words that begin an alias to the state after them.
func (n *names) begins() map[int32]int32 {
	out := map[int32]int32{}
	for _, s := range n.steps[0] {
		out[s.word] = s.to
	}
	return out
}

// misspelt prepares the search for misspellings.
func (b *nameBuilder) misspelt() {
	n, begins := b.n, b.n.begins()
	for id, forms := range b.forms {
		for _, f := range forms {
			if utf8.RuneCountInString(f.text) >= minLong && !n.around.ordinary[f.text] {
				n.long.add(f, nameWord{int32(id), f.rule, begins[int32(id)]})
			}
		}
	}
	n.long.spare(n.around.near)
}

// startOf numbers the first two letters of a word; false for a word that is too short to tell.
func startOf(word []byte) (uint16, bool) {
	switch {
	case len(word) < 2:
		return 0, false
	case word[0] < 0x80:
		return pairOf(word[0], word[1]), true
	case len(word) < 4:
		return 0, false
	}
	return pairOf(word[0]<<6|word[1]&63, word[2]<<6|word[3]&63), true
}

// child follows one byte; 0 is nowhere.
func (n *names) child(at int32, c byte) int32 {
	if at == 0 {
		return n.root[c]
	}
	node := &n.nodes[at]
	for i, label := range n.labels[node.first : node.first+int32(node.edges)] {
		if label == c {
			return n.goes[node.first+int32(i)]
		}
	}
	return 0
}
