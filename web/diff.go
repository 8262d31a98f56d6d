package web

import (
	"unicode"
)

// change is a stretch of a comparison: kept, put in or taken out.
type change struct {
	Text string
	Kind string // "", ins, del
}

// maxDiff is the number of words beyond which the whole text counts as replaced: comparing costs the product of both lengths.
const maxDiff = 600

// diff compares two wordings word by word.
func diff(before, after string) []change {
	if before == after {
		return []change{{before, ""}}
	}
	a, b := tokens(before), tokens(after)
	if len(a) > maxDiff || len(b) > maxDiff || len(a) == 0 || len(b) == 0 {
		return whole(before, after)
	}
	var out []change
	add := func(kind, text string) {
		if n := len(out); n > 0 && out[n-1].Kind == kind {
			out[n-1].Text += text
			return
		}
		out = append(out, change{text, kind})
	}
	lcs := common(a, b)
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			add("", a[i])
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || lcs[i+1][j] >= lcs[i][j+1]):
			add("del", a[i])
			i++
		default:
			add("ins", b[j])
			j++
		}
	}
	return tidy(out)
}

func whole(before, after string) []change {
	var out []change
	if before != "" {
		out = append(out, change{before, "del"})
	}
	if after != "" {
		out = append(out, change{after, "ins"})
	}
	return out
}

// tidy turns a comparison that keeps only stray words, which nobody can read, into one replacement.
func tidy(changes []change) []change {
	kept, total := 0, 0
	for _, c := range changes {
		total += len(c.Text)
		if c.Kind == "" {
			kept += len(c.Text)
		}
	}
	if kept*4 > total {
		return changes
	}
	var before, after string
	for _, c := range changes {
		if c.Kind != "ins" {
			before += c.Text
		}
		if c.Kind != "del" {
			after += c.Text
		}
	}
	return whole(before, after)
}

// common returns the lengths of the longest common subsequences of all tails.
func common(a, b []string) [][]int {
	t := make([][]int, len(a)+1)
	for i := range t {
		t[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				t[i][j] = t[i+1][j+1] + 1
			} else {
				t[i][j] = max(t[i+1][j], t[i][j+1])
			}
		}
	}
	return t
}

// tokens cuts a text into words with the white space that follows them.
func tokens(s string) []string {
	var out []string
	start, space := 0, false
	for i, r := range s {
		if sp := unicode.IsSpace(r); sp != space {
			if space && i > start {
				out = append(out, s[start:i])
				start = i
			}
			space = sp
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}
