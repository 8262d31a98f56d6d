package triage

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/text"
)

// whole tells whether a name may end at a folded offset: in tags and domains only before what officially follows names.
func (f *finder) whole(end int) bool {
	b := f.doc.Folded
	switch f.place {
	case inDomain:
		return end >= f.stop || b[end] == '.'
	case inTag:
		rest := bytes.TrimLeft(b[end:f.stop], "_.-")
		return len(rest) == 0 || len(rest) <= longestSuffix && tagSuffixes[string(rest)] || b[f.doc.Tokens[f.tokenAt(end-1)].Start] == '#' && f.boundary(end)
	}
	return true
}

// boundary tells whether a new word begins at an offset inside a hashtag: after _ or with a capital after a small letter.
func (f *finder) boundary(at int) bool {
	d := f.doc
	if d.Folded[at] == '_' || d.Folded[at-1] == '_' {
		return true
	}
	from, _ := d.Place(at, at)
	before, _ := utf8.DecodeLastRuneInString(d.Text[:from])
	return capital(d.Text[from:]) && !unicode.IsUpper(before)
}

// handle finds a name that a handle is, but for what officially follows it: @acme, @AcmeHelp, @acme_sk, @acme@example.social.
func (f *finder) handle(t text.Token) {
	b := f.doc.Folded
	f.place, f.stop = inTag, t.End
	if at := bytes.IndexByte(b[t.Start+1:t.End], '@'); at >= 0 {
		f.stop = t.Start + 1 + at
	}
	start := t.Start + 1
	f.begin(start, unitEnd(b, start, f.stop))
	for _, p := range tagPrefixes {
		if bytes.HasPrefix(b[start:f.stop], []byte(p)) {
			at := start + len(p)
			if at < f.stop && b[at] == '_' {
				at++
			}
			f.begin(at, unitEnd(b, at, f.stop))
		}
	}
}

// hashtag finds names at the beginning of each word that a hashtag joins.
func (f *finder) hashtag(t text.Token) {
	b := f.doc.Folded
	f.place = inTag
	for at := t.Start + 1; at < t.End && len(f.out) < maxNames; at += runeSize(b[at]) {
		if at == t.Start+1 || partOfWord(b[at]) && f.boundary(at) {
			f.begin(at, unitEnd(b, at, min(t.End, at+maxUnit)))
		}
	}
}

// domain finds the name that a bare domain is: acme.example, but not a link to a page, which may be anybody's.
func (f *finder) domain(t text.Token) {
	b := f.doc.Folded
	host := b[t.Start:t.End]
	if bytes.ContainsAny(host, "/:") {
		return
	}
	f.place = inDomain
	start := t.Start
	if bytes.HasPrefix(host, []byte("www.")) {
		start += 4
	}
	f.begin(start, unitEnd(b, start, t.End))
}

// longestSuffix is the length of the longest of tagSuffixes, in bytes.
const longestSuffix = 12

// What stands around names in official handles and in hashtags.
var (
	tagPrefixes = [...]string{"ask", "team", "the", "official", "hello", "my"}
	tagSuffixes = suffixSet("help support care official hq service services ask app apps news team store shop global world online " +
		"uk us usa ie hu sk cz gr de fr es it pl ro at eu hungary magyarorszag slovensko slovakia greece hellas cesko czech " +
		"com net org co io bsky.social fail fails failed sucks down outage")
)

func suffixSet(list string) map[string]bool {
	set := map[string]bool{}
	for w := range setOf(anywhere, list) {
		set[w] = true
	}
	return set
}
