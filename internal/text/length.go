package text

import (
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Unit is how a network counts the length of a text.
type Unit string

// The units of length.
const (
	Graphemes  Unit = "graphemes"  // what a reader sees as characters: Bluesky
	Bytes      Unit = "bytes"      // UTF-8
	UTF16      Unit = "utf16"      // code units, as JavaScript and Java count
	Codepoints Unit = "codepoints" // Unicode code points
	Weighted   Unit = "weighted"   // X: 1 for most alphabets, 2 for the rest and emoji, 23 for a link
	Mastodon   Unit = "mastodon"   // graphemes, but 23 for a link and only the local part of a mention
)

// linkLength is what X and Mastodon count for any link.
const linkLength = 23

// Length returns the length of s in the given unit; an unknown unit counts graphemes.
func Length(s string, unit Unit) int {
	switch unit {
	case Bytes:
		return len(s)
	case UTF16:
		return utf16Len(s)
	case Codepoints:
		return utf8.RuneCountInString(s)
	case Weighted:
		return weighted(s)
	case Mastodon:
		return mastodon(s)
	}
	return graphemeLen(s)
}

func graphemeLen(s string) int {
	n := 0
	for it := graphemes.FromString(s); it.Next(); {
		n++
	}
	return n
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// weighted follows version 3 of twitter-text's configuration (https://developer.x.com/en/docs/counting-characters): the text
// is composed first, an emoji counts 2 however long its sequence is.
func weighted(s string) int {
	n, at := 0, 0
	for _, t := range Tokens(s) {
		if t.Kind == URL {
			n += weightedPlain(s[at:t.From]) + linkLength
			at = t.To
		}
	}
	return n + weightedPlain(s[at:])
}

func weightedPlain(s string) int {
	n := 0
	for it := graphemes.FromString(s); it.Next(); {
		n += weightedGrapheme(it.Value())
	}
	return n
}

func weightedGrapheme(g string) int {
	first, size := utf8.DecodeRuneInString(g)
	rest := g[size:]
	if isEmoji(first) || keycap(g) {
		return 2
	}
	n := runeWeight(first)
	for _, r := range rest {
		if 0x300 <= r && r < 0x370 && composes(first) {
			continue
		}
		n += runeWeight(r)
	}
	return n
}

// composes tells whether an accent after r makes one character of both in normal form C; for the alphabets of Europe it does.
func composes(r rune) bool {
	return 'a' <= r|0x20 && r|0x20 <= 'z' || 0xC0 <= r && r < 0x250 || 0x370 <= r && r < 0x530
}

func keycap(g string) bool {
	last, _ := utf8.DecodeLastRuneInString(g)
	return last == 0x20E3
}

func runeWeight(r rune) int {
	switch {
	case r <= 0x10FF, 0x2000 <= r && r <= 0x200D, 0x2010 <= r && r <= 0x201F, 0x2032 <= r && r <= 0x2037:
		return 1
	}
	return 2
}

func mastodon(s string) int {
	n, at := 0, 0
	for _, t := range Tokens(s) {
		switch {
		case t.Kind == URL && hasScheme(s[t.From:t.To]):
			n += graphemeLen(s[at:t.From]) + linkLength
			at = t.To
		case t.Kind == Handle:
			local := t.From + 1
			for local < t.To && s[local] != '@' {
				local++
			}
			n += graphemeLen(s[at:local])
			at = t.To
		}
	}
	return n + graphemeLen(s[at:])
}

// Excerpt returns at most n graphemes of s, the last of them an ellipsis where something was cut; runs of white space become
// single spaces.
func Excerpt(s string, n int) string {
	if n <= 0 {
		return ""
	}
	var out []byte
	cut, count, space := 0, 0, false
	for it := graphemes.FromString(s); it.Next(); {
		g := it.Value()
		if isSpace(g) {
			space = len(out) > 0
			continue
		}
		if space {
			out, space = append(out, ' '), false
			if count++; count == n-1 {
				cut = len(out) - 1
			}
		}
		if count >= n {
			return string(out[:cut]) + "…"
		}
		out = append(out, g...)
		if count++; count == n-1 {
			cut = len(out)
		}
	}
	return string(out)
}

func isSpace(g string) bool {
	switch g {
	case " ", "\n", "\t", "\r\n", "\r", "\u00a0", "\u2028", "\u2029":
		return true
	}
	return false
}
