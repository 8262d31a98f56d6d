package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Problem is one mistake in a configuration file, as one sentence with its place.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // from 1
	Col     int    `json:"col"`  // in characters, from 1
	Path    string `json:"path"` // of the setting, such as sources[0].every; empty for the file as a whole
	Message string `json:"message"`
}

// String writes the problem as compilers do: file:line:col: sentence.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Message)
}

const maxProblems = 1000

// Problems are all mistakes of a file in the order of their places; of a file that is no configuration at all, the first thousand.
type Problems []Problem

// Error writes one problem per line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes a bad configuration a [desk.ErrInvalid].
func (p Problems) Unwrap() error { return desk.ErrInvalid }

// sorted orders by place and keeps one problem per setting and place: what follows from the first would only distract.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.CompactFunc(p, func(a, b Problem) bool {
		return a.Line == b.Line && a.Col == b.Col && a.Path == b.Path && (a.Path != "" || a.Message == b.Message)
	})
}

// place is a position in the file, both from 1.
type place struct{ line, col int }

// marks remembers where each setting stands.
type marks map[string]place

// of returns the place of a setting, or of the nearest setting around it.
func (m marks) of(path string) place {
	for {
		if at, ok := m[path]; ok {
			return at
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			return place{1, 1}
		}
		path = path[:cut]
	}
}

// add reports a mistake: the sentence begins with the path of the setting.
func (d *decoder) add(at place, path, format string, args ...any) {
	if len(d.problems) >= maxProblems {
		return
	}
	message := fmt.Sprintf(format, args...)
	if path != "" {
		message = path + " " + message
	}
	d.problems = append(d.problems, Problem{File: d.file, Line: max(at.line, 1), Col: max(at.col, 1), Path: path, Message: message})
}

// suggest ends a sentence about an unknown word: the nearest known one, or all of them when they are few.
func suggest(word string, known []string) string {
	best, distance := "", 3
	if len(word) <= 4 {
		distance = 2
	}
	for _, k := range known {
		if d := editDistance(strings.ToLower(word), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf("; did you mean %q?", best)
	case len(known) == 0:
		return ""
	case len(known) > 16:
		return "; known, among others: " + strings.Join(known[:16], ", ")
	}
	return "; known: " + strings.Join(known, ", ")
}

// editDistance counts insertions, deletions, replacements and swaps of neighbours between two short words.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 64
	}
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		now[0] = i
		for j := 1; j <= len(y); j++ {
			differs := 1
			if x[i-1] == y[j-1] {
				differs = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+differs)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(y)]
}
