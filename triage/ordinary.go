package triage

import (
	"bytes"
	"embed"
	"fmt"
	"strings"

	"github.com/earshotdesk/earshot/internal/text"
)

//go:embed words/*.txt
var wordFiles embed.FS

// wordLists reads a file of words under [section] headings; lines that begin with "# " are comments. A section whose heading ends
// in a star holds a phrase a line.
func wordLists(name string) (map[string][]string, error) {
	raw, err := wordFiles.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading words: %w", err)
	}
	lists, head := map[string][]string{}, ""
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
		case line[0] == '[':
			head = strings.Trim(line, "[]")
		case strings.HasSuffix(head, "*"):
			lists[head] = append(lists[head], text.Fold(line))
		default:
			lists[head] = append(lists[head], strings.Fields(text.Fold(line))...)
		}
	}
	return lists, nil
}

// nameWords is what tells a name from the word that it was taken from.
type nameWords struct {
	ordinary, given, givenAfter, verb, about, det, bare map[string]bool
	phrases                                             []string // with a name in them that is none
	near                                                []string // words one letter from names
}

func loadNameWords() (*nameWords, error) {
	lists, err := wordLists("words/names.txt")
	if err != nil {
		return nil, err
	}
	set := func(name string) map[string]bool {
		out := make(map[string]bool, len(lists[name]))
		for _, w := range lists[name] {
			out[w] = true
		}
		return out
	}
	return &nameWords{
		ordinary: set("ordinary"), given: set("given"), givenAfter: set("given-after"), verb: set("verb"), about: set("about"), det: set("det"),
		bare: set("bare"), phrases: lists["not*"], near: append(lists["near"], lists["ordinary"]...),
	}, nil
}

// standing says how sure it is that an ordinary word stands for the company here.
type standing uint8

const (
	standsNot standing = iota
	standsWeak
	standsSure
)

// ordinaryAs judges an ordinary word at tokens i to j by its capital and its neighbours.
func (f *finder) ordinaryAs(i, j int) standing {
	near, prev, next := f.names.around, f.neighbour(i, -1), f.neighbour(j, 1)
	d := f.doc
	written := d.Text[d.Tokens[i].From:d.Tokens[j].To]
	if capital(written) && !text.Shouted(written) && (f.midSentence(i) || strings.HasSuffix(string(d.Word(j)), "'s")) {
		return standsSure
	}
	switch {
	case near.about[string(next)]:
		return standsSure
	case near.det[string(prev)]:
		return standsWeak
	case near.verb[string(next)]:
		return standsSure
	case near.bare[string(prev)] && (next == nil || near.bare[string(next)]):
		return standsSure
	}
	return standsWeak
}

// midSentence tells whether token i does not begin a sentence, so that a capital says something.
func (f *finder) midSentence(i int) bool {
	d := f.doc
	if i == 0 {
		return false
	}
	if k := d.Tokens[i-1].Kind; k != text.Word && k != text.Number && k != text.Hashtag {
		return false
	}
	return !bytes.ContainsAny(d.Folded[d.Tokens[i-1].End:d.Tokens[i].Start], ".!?:\n\"-*")
}

// neighbour is the word before (by -1) or after (by 1) token i in its clause; nil when there is none.
func (f *finder) neighbour(i, by int) []byte {
	at, tokens := i+by, f.doc.Tokens
	if at < 0 || at >= len(tokens) || f.breaks[max(i, at)] {
		return nil
	}
	if k := tokens[at].Kind; k != text.Word && k != text.Number {
		return nil
	}
	return f.doc.Word(at)
}

// somebody tells whether the name at tokens i to j is a person's: a given name stands before it, or after it as in Hungarian.
func (f *finder) somebody(i, j int) bool {
	d := f.doc
	if w := f.neighbour(i, -1); w != nil && f.names.around.given[string(w)] && capital(d.Text[d.Tokens[i-1].From:]) && f.spaced(i-1) {
		return true
	}
	w := f.neighbour(j, 1)
	return w != nil && f.names.around.givenAfter[string(w)] && capital(d.Text[d.Tokens[j+1].From:]) && f.spaced(j)
}

// spaced tells whether nothing but one space stands after token i.
func (f *finder) spaced(i int) bool {
	d := f.doc
	return d.Tokens[i+1].Start == d.Tokens[i].End+1 && d.Folded[d.Tokens[i].End] == ' '
}
