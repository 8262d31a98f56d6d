package triage

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// languageTagger tells the language by the script first, then by a naive Bayes model over the letters and words of our own
// samples, helped by what the site says.
type languageTagger struct{ model *languageModel }

const (
	languageBuckets = 1 << 14
	languageWords   = 300 // of a long text, how many words are looked at
	siteBonus       = 4.0 // how far the site's own word counts, in natural log units
	siteBonusShort  = 9.0 // the same for texts of fewer than three words
	languageHeat    = 0.35
	languageFloor   = 0.3 // below this probability the language is undetermined
)

type languageModel struct {
	rows [languageBuckets][langCount]float32
	none [langCount]float32 // of a feature never seen
}

// Tag implements [Tagger].
func (t languageTagger) Tag(in Input, v *desk.Verdict) {
	code, share := scriptOf(in)
	switch {
	case code == "":
		v.Language = desk.Tag{Label: desk.Undetermined}
		if in.Shape.Words > 0 && langOf(in.Language) < langCount {
			v.Language = desk.Tag{Label: in.Language, Score: 0.5}
		}
	case code != "latin":
		v.Language = desk.Tag{Label: code, Score: round(0.5 + share/2)}
	default:
		v.Language = t.model.judge(in)
	}
}

// judge decides among the languages of the Latin script.
func (m *languageModel) judge(in Input) desk.Tag {
	var score [langCount]float64
	words, features := 0, 0
	for i, tok := range in.Doc.Tokens {
		if tok.Kind != text.Word {
			continue
		}
		word := in.Text[tok.From:tok.To]
		if tok.Masked {
			word = string(in.Doc.AppendPlain(nil, i))
		}
		features += m.word(&score, word)
		if words++; words == languageWords {
			break
		}
	}
	score[langEl] = math.Inf(-1)
	site := langOf(in.Language)
	if site < langCount {
		bonus := siteBonus
		if words < 3 {
			bonus = siteBonusShort
		}
		if site == langEl {
			score[langGreeklish] += bonus
		} else {
			score[site] += bonus
		}
	}
	best, p := softmaxBest(score[:], languageHeat)
	if p < languageFloor || features == 0 && site >= langCount {
		return desk.Tag{Label: desk.Undetermined, Score: round(1 - p)}
	}
	if lang(best) == langGreeklish {
		best = int(langEl)
	}
	return desk.Tag{Label: codes[best], Score: round(p)}
}

// word adds what one word says and tells how many of its features the model knows.
func (m *languageModel) word(score *[langCount]float64, w string) (known int) {
	eachFeature(w, true, func(bucket uint32, weight float32) {
		row := &m.rows[bucket]
		if row[0] == 0 {
			row = &m.none
		} else {
			known++
		}
		for l := range row {
			score[l] += float64(row[l] * weight)
		}
	})
	return known
}

// eachFeature yields the features of a word in lower case: its trigrams with its edges, and the whole word.
func eachFeature(w string, end bool, yield func(bucket uint32, weight float32)) {
	a, b := uint32('^'), uint32(0)
	whole := uint32(2166136261)
	n := 0
	for _, r := range w {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		} else if r >= utf8.RuneSelf {
			if r = unicode.ToLower(r); 0x300 <= r && r < 0x370 || !unicode.IsLetter(r) {
				continue
			}
		}
		c := uint32(r)
		whole = (whole ^ c) * 16777619
		if b != 0 {
			yield(bucketOf(a, b, c), 1)
			a = b
		} else if n > 0 {
			a = b
		}
		b = c
		if n++; n > 40 {
			return
		}
	}
	if n == 0 {
		return
	}
	if end {
		yield(bucketOf(a, b, '$'), 1)
		if n < 20 {
			yield((whole*2654435761)>>18, 2)
		}
	}
}

func bucketOf(a, b, c uint32) uint32 {
	h := (a*31+b)*0x9E3779B1 ^ c*0x85EBCA6B
	h ^= h >> 15
	return (h * 0xC2B2AE35) >> 18
}

// modelBuilder counts features of samples.
type modelBuilder struct {
	counts map[uint32]*[langCount]float64
	totals [langCount]float64
}

func newModelBuilder() *modelBuilder { return &modelBuilder{counts: map[uint32]*[langCount]float64{}} }

// learn reads a sample, once as it is and once without its accents, as many people type.
func (b *modelBuilder) learn(l lang, sample string) {
	if strings.HasPrefix(sample, "# ") { // the heading
		_, sample, _ = strings.Cut(sample, "\n")
	}
	for _, tok := range text.Tokens(sample) {
		if tok.Kind != text.Word {
			continue
		}
		w := sample[tok.From:tok.To]
		b.count(l, w, true, 1)
		if folded := text.Fold(w); l != langGreeklish {
			b.count(l, folded, true, 0.3)
		}
	}
}

// learnWord reads the beginning of a lexicon word.
func (b *modelBuilder) learnWord(l lang, w string) {
	for _, tok := range text.Tokens(w) {
		b.count(l, w[tok.From:tok.To], false, 0.3)
	}
}

func (b *modelBuilder) count(l lang, w string, end bool, weight float64) {
	if l >= langCount {
		return
	}
	eachFeature(w, end, func(bucket uint32, _ float32) {
		row := b.counts[bucket]
		if row == nil {
			row = &[langCount]float64{}
			b.counts[bucket] = row
		}
		row[l] += weight
		b.totals[l] += weight
	})
}

// build turns the counts into log probabilities with additive smoothing.
func (b *modelBuilder) build() *languageModel {
	const alpha = 0.12
	m := &languageModel{}
	for l := range langCount {
		m.none[l] = float32(math.Log(alpha / (b.totals[l] + alpha*languageBuckets)))
	}
	for bucket, row := range b.counts {
		for l := range langCount {
			m.rows[bucket][l] = float32(math.Log((row[l] + alpha) / (b.totals[l] + alpha*languageBuckets)))
		}
	}
	return m
}
