package train

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"

	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/langid"
)

// languagePool holds the rows of one language by file, and draws from them.
type languagePool struct {
	label string
	files [][]LanguageRow
	upTo  []float64 // shares of the files, summed up
	next  []int
}

// languagePools sorts rows by language. The wordlists that are told apart by their names take a fixed share of what is drawn, as
// they alone show how words look that come without company; the others share the rest by the roots of their sizes.
func languagePools(rows []LanguageRow, share float64) []*languagePool {
	by := map[string]map[string][]LanguageRow{}
	for _, r := range rows {
		if by[r.Label] == nil {
			by[r.Label] = map[string][]LanguageRow{}
		}
		by[r.Label][r.File] = append(by[r.Label][r.File], r)
	}
	var out []*languagePool
	for _, label := range sortedKeys(by) {
		p := &languagePool{label: label}
		files := sortedKeys(by[label])
		var total [2]float64
		for _, f := range files {
			total[kindOfFile(f)] += math.Sqrt(float64(len(by[label][f])))
		}
		sum := 0.0
		for _, f := range files {
			part := [2]float64{1 - share, share}[kindOfFile(f)]
			sum += part * math.Sqrt(float64(len(by[label][f]))) / total[kindOfFile(f)]
			p.files, p.upTo, p.next = append(p.files, by[label][f]), append(p.upTo, sum), append(p.next, 0)
		}
		out = append(out, p)
	}
	return out
}

// kindOfFile is 1 for the files of short texts that exist for telling languages.
func kindOfFile(name string) int {
	if strings.HasPrefix(name, "langid.lingua") {
		return 1
	}
	return 0
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// draw takes the next row of a file drawn by lot; each file is shuffled anew whenever it has been through.
func (p *languagePool) draw(rng *rand.Rand) LanguageRow {
	i := min(sort.SearchFloat64s(p.upTo, rng.Float64()*p.upTo[len(p.upTo)-1]), len(p.files)-1)
	rows, k := p.files[i], p.next[i]
	if k == 0 {
		rng.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
	}
	p.next[i] = (k + 1) % len(rows)
	return rows[k]
}

// languageExample is a text cut into words, by their numbers in the vocabulary.
type languageExample struct {
	words       []int32
	group, lane int
}

// languageWords is the vocabulary of a training run: each word with the rows of its runs of letters.
type languageWords struct {
	index   map[uint64]int32
	hash    []uint64
	group   []uint8
	from    []int32 // where in grams those of a word begin; one more at the end
	grams   []int32
	longest int
	bits    int
	doc     text.Doc
	buf     []uint32
}

func newLanguageWords(longest, bits int) *languageWords {
	return &languageWords{index: map[uint64]int32{}, from: []int32{0}, longest: longest, bits: bits}
}

func (v *languageWords) number(w *langid.Word, group int) int32 {
	h := w.Hash()
	if n, ok := v.index[h]; ok {
		return n
	}
	n := int32(len(v.hash))
	v.index[h] = n
	v.hash, v.group = append(v.hash, h), append(v.group, uint8(group))
	v.buf = w.Grams(v.buf[:0], v.longest)
	for _, g := range v.buf {
		v.grams = append(v.grams, int32(g>>(32-v.bits)))
	}
	v.from = append(v.from, int32(len(v.grams)))
	return n
}

// gramsOf are the rows of the runs of letters in word w.
func (v *languageWords) gramsOf(w int32) []int32 { return v.grams[v.from[w]:v.from[w+1]] }

// cut reads a text into the words of one group of languages.
func (v *languageWords) cut(s string, group int) []int32 {
	script := [2]langid.Script{langid.Latin, langid.Cyrillic}[group]
	v.doc.Read(s)
	var out []int32
	var w langid.Word
	for _, t := range v.doc.Tokens {
		if t.Kind != text.Word {
			continue
		}
		for c := langid.Cut(s[t.From:t.To], t.From); c.Next(&w); {
			if w.Script == script {
				out = append(out, v.number(&w, group))
			}
		}
		if len(out) > 60 {
			break
		}
	}
	return out
}

// laneOf finds the place of a language; Greek in its own letters has none.
func laneOf(label string, group int) int { return slices.Index(languageLabels(group), label) }

// languageLabels are the languages told apart by words, of the Latin script and of the Cyrillic one.
func languageLabels(group int) []string {
	if group == 1 {
		return []string{"ru", "uk", "bg", "mk", "sr"}
	}
	return []string{"en", "hu", "sk", "cs", "de", "es", "fr", "it", "pl", "pt", "ro", "nl", "hr", "da", "sl", "sv", "tr", "bs", "sr", "el-latn"}
}

// written puts a row into the form in which it is learned: its label, group and text, some of it as people write in a hurry.
func (o *LanguageOptions) written(r LanguageRow, rng *rand.Rand) (label string, group int, s string) {
	label, s = r.Label, r.Text
	switch label {
	case "ru", "uk", "bg", "mk":
		return label, 1, s
	case "el":
		return "el-latn", 0, greeklish(s, rng)
	case "sr":
		if rng.IntN(2) == 0 {
			return label, 1, inCyrillic(s)
		}
	case "ro":
		if rng.IntN(3) == 0 {
			s = cedillas(s)
		}
	}
	if rng.Float64() < o.Plain {
		s = plain(s, label)
	}
	return label, 0, s
}

// examples draws as many examples of each language, long texts cut short: short ones teach more.
func (o *LanguageOptions) examples(v *languageWords, pools []*languagePool, rng *rand.Rand) []languageExample {
	var out []languageExample
	for _, p := range pools {
		n := o.PerLanguage
		if p.label == "bs" || p.label == "sr" {
			n = int(float64(n) * o.Sisters)
		}
		for range n {
			label, group, s := o.written(p.draw(rng), rng)
			words := v.cut(s, group)
			if len(words) == 0 {
				continue
			}
			if k := 1 + rng.IntN(3); rng.Float64() < o.Short && k < len(words) {
				at := rng.IntN(len(words) - k + 1)
				words = words[at : at+k]
			} else if k := 4 + rng.IntN(9); len(words) > 12 {
				at := rng.IntN(len(words) - k + 1)
				words = words[at : at+k]
			}
			out = append(out, languageExample{words: words, group: group, lane: laneOf(label, group)})
		}
	}
	rng.Shuffle(len(out), func(a, b int) { out[a], out[b] = out[b], out[a] })
	return out
}
