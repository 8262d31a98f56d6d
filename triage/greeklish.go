package triage

import (
	"slices"
	"strings"
)

// latinWriters are the habits by which people write Greek in Latin letters: each keeps to its own for η, υ, ω, χ, ξ, β and the pairs.
func latinWriters() []*strings.Replacer {
	plain := []string{
		"ου", "ou", "μπ", "mp", "ντ", "nt", "γκ", "gk", "α", "a", "γ", "g", "δ", "d", "ε", "e", "ζ", "z", "θ", "th", "ι", "i", "κ", "k", "λ", "l",
		"μ", "m", "ν", "n", "ο", "o", "π", "p", "ρ", "r", "σ", "s", "τ", "t", "φ", "f", "ψ", "ps",
	}
	var out []*strings.Replacer
	for _, own := range [][]string{
		{"αυ", "av", "ευ", "ev", "η", "i", "υ", "y", "ω", "o", "χ", "ch", "ξ", "x", "β", "v"}, // as road signs do
		{"αυ", "au", "ευ", "eu", "η", "h", "υ", "u", "ω", "w", "χ", "x", "ξ", "ks", "β", "b"}, // by the look of the letters
		{"αυ", "af", "ευ", "ef", "η", "i", "υ", "i", "ω", "o", "χ", "h", "ξ", "ks", "β", "v"}, // by the sound
		{"αυ", "au", "ευ", "eu", "η", "i", "υ", "i", "ω", "o", "χ", "x", "ξ", "ks", "β", "v"}, // a mixture
		{"αυ", "av", "ευ", "ev", "η", "i", "υ", "y", "ω", "o", "χ", "x", "ξ", "ks", "β", "v"}, // and another
	} {
		out = append(out, strings.NewReplacer(slices.Concat(plain[:2], own[:4], plain[2:], own[4:])...))
	}
	return out
}

// inLatin returns the spellings of a folded Greek phrase in Latin letters, each once; none when it holds no Greek.
func inLatin(writers []*strings.Replacer, phrase string) []string {
	var out []string
	for _, w := range writers {
		if s := w.Replace(phrase); s != phrase && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
