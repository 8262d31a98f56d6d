package triage

import (
	"math"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

// traitsMost bounds how many tokens of a text teach and are looked up.
const traitsMost = 384

// Salts of traits.
const (
	traitWord = 0x9E3779B97F4A7C15
	traitStem = 0xC2B2AE3D27D4EB4F
	traitPair = 0x165667B19E3779F9
)

// stemLetters are those that a long word is also known by: endings differ in most of our languages.
const (
	stemLetters = 5
	stemLeast   = 7 // letters of a long word
)

// eachTrait yields what a layer can learn of a text: its words, the beginnings of long ones, and pairs of neighbours in one clause. They
// are hashes of folded words, so that a layer holds nobody's words.
func (s *scratch) eachTrait(yield func(key uint64, first, last int32)) {
	before := uint64(0)
	for i := range min(len(s.doc.Tokens), traitsMost) {
		at := int32(i)
		w := s.word(i)
		if w == nil {
			before = 0
			continue
		}
		word, stem := traitsOf(w)
		yield(word, at, at)
		if stem != 0 {
			yield(stem, at, at)
		}
		if before != 0 && !s.breaks[i] {
			yield(spread64(before*31+word+traitPair), at-1, at)
		}
		before = word
	}
}

// traitsOf hashes a word and, of a long one, its beginning.
func traitsOf(w []byte) (word, stem uint64) {
	h, letters := uint64(0xcbf29ce484222325), 0
	for _, c := range w {
		if utf8.RuneStart(c) {
			if letters == stemLetters {
				stem = h
			}
			letters++
		}
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	if letters >= stemLeast {
		stem = spread64(stem + traitStem)
	} else {
		stem = 0
	}
	return spread64(h + traitWord), stem
}

// spread64 mixes the bits of a hash; never 0.
func spread64(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32 | 1<<63
}

// column is where a label of a tag has its weights.
type column struct {
	label string
	at    int
}

// sentimentLabels are the labels in the order of their scores.
var sentimentLabels = [...]string{desk.Negative, desk.Neutral, desk.Positive}

// columnsOf lists the columns of a tag.
func columnsOf(tag string) []column {
	switch tag {
	case desk.TagSentiment:
		return sentimentColumns[:]
	case desk.TagIntent:
		return intentColumns[:]
	case desk.TagUrgency:
		return urgencyColumns[:]
	case desk.TagSpam:
		return spamColumns[:]
	case desk.TagOffensive:
		return offensiveColumns[:]
	}
	return nil
}

var (
	sentimentColumns = [...]column{{desk.Negative, layerNegative}, {desk.Positive, layerPositive}}
	intentColumns    = [...]column{
		{intentLabels[0], layerIntent}, {intentLabels[1], layerIntent + 1}, {intentLabels[2], layerIntent + 2},
		{intentLabels[3], layerIntent + 3}, {intentLabels[4], layerIntent + 4}, {intentLabels[5], layerIntent + 5},
	}
	urgencyColumns   = [...]column{{"", layerUrgency}}
	spamColumns      = [...]column{{desk.Yes, layerSpam}}
	offensiveColumns = [...]column{{desk.Yes, layerOffensive}}
)

// learnable are the tags that corrections teach, in the order in which taggers build on one another.
var learnable = [...]string{desk.TagSentiment, desk.TagSpam, desk.TagOffensive, desk.TagIntent, desk.TagUrgency}

// least keeps logarithms of probabilities finite.
const leastChance = 1e-6

// unlearned makes sure that a tag's reasons add up to what the verdict states, so that what was learned can be added to them. Where they
// do not, it returns the reason that was missing.
func unlearned(v *desk.Verdict, tag string) (missing []desk.Reason) {
	if tag == desk.TagUrgency {
		return nil
	}
	for i := range v.Reasons {
		if r := &v.Reasons[i]; r.Tag == tag && (len(r.Moves) > 0 || r.By == "prior") {
			return nil
		}
	}
	prior := desk.Reason{Tag: tag, By: "prior"}
	if tag == desk.TagSpam || tag == desk.TagOffensive {
		p := max(min(yesChance(v, tag), 1-leastChance), leastChance)
		prior.Weight = logOdds(p)
		for _, o := range v.Reasons {
			if o.Tag == tag {
				prior.Weight -= o.Weight
			}
		}
		prior.Weight = round(prior.Weight)
		return []desk.Reason{prior}
	}
	for _, c := range statedChances(v, tag) {
		prior.Moves = append(prior.Moves, desk.Move{Label: c.Label, By: round(log(max(c.P, leastChance)))})
	}
	return []desk.Reason{prior}
}

// yesChance is the probability of yes.
func yesChance(v *desk.Verdict, tag string) float64 {
	t := stated(v, tag)
	if t.Label == desk.Yes {
		return t.Score
	}
	return 1 - t.Score
}

// statedChances are the probabilities that a verdict states; where it states one only, the others share the rest.
func statedChances(v *desk.Verdict, tag string) []Chance {
	if tag == desk.TagSentiment {
		s := v.Sentiment.Scores
		return []Chance{{desk.Negative, s.Negative}, {desk.Neutral, s.Neutral}, {desk.Positive, s.Positive}}
	}
	out := make([]Chance, len(intentLabels))
	for i, l := range intentLabels {
		out[i] = Chance{l, (1 - v.Intent.Score) / float64(len(intentLabels)-1)}
		if l == v.Intent.Label {
			out[i].P = v.Intent.Score
		}
	}
	return out
}

func logOdds(p float64) float64 { return log(p) - log(1-p) }

// log is the natural logarithm, the same to the last bit everywhere like [exp]: after FreeBSD's e_log.c, for numbers that are neither
// zero nor tiny.
func log(x float64) float64 {
	const (
		ln2Hi, ln2Lo   = 6.93147180369123816490e-01, 1.90821492927058770002e-10
		l1, l2, l3, l4 = 6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01
		l5, l6, l7     = 1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01
	)
	f, exponent := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f *= 2
		exponent--
	}
	f--
	k := float64(exponent)
	s := f / (2 + f)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	t1 := float64(s2 * (l1 + float64(s4*(l3+float64(s4*(l5+float64(s4*l7)))))))
	t2 := float64(s4 * (l2 + float64(s4*(l4+float64(s4*l6)))))
	half := float64(0.5 * float64(f*f))
	return float64(k*ln2Hi) - ((half - (float64(s*(half+t1+t2)) + float64(k*ln2Lo))) - f)
}

// withLearned puts behind each tagger what adds the layer in force to its tag.
func withLearned(taggers []NamedTagger, bounds desk.UrgencyBounds) []NamedTagger {
	var out []NamedTagger
	for _, t := range taggers {
		out = append(out, t)
		if columnsOf(t.Name) != nil {
			out = append(out, NamedTagger{"what was learned of " + t.Name, learnedTagger{t.Name, bounds}})
		}
	}
	return out
}
