package triage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Taught is a correction with the words it is about and how they are judged.
type Taught struct {
	desk.Lesson
	Verdict desk.Verdict
}

// Proposer turns corrections into rules. It is first shown the mentions of some span as a background, one after another: [Proposer.Show];
// then [Proposer.Candidates] gives for each kind of mistake a few rules, of which [Trials] find the best and [Proposer.Choose] takes
// it. Its memory grows with the corrections, not with the background. It is not safe for concurrent use.
//
// The words are found by a greedy set cover: at each step the word or pair of words that covers the most corrected texts for what it
// costs, which is one, and more with each other text that it would change; of equal ones that with the highest log-odds against the
// background (Monroe, Colaresi and Quinn 2008, "Fightin' Words", the informative Dirichlet prior).
type Proposer struct {
	groups []*mistake
	left   []desk.Unproposed
	doc    text.Doc
	shown  int
}

// mistake is a label that people gave again and again where triage gave another.
type mistake struct {
	tag, to  string
	texts    []Taught
	features map[string]*feature
	variants []variant
	others   [maxVariants]int // texts of the background under each variant's condition
	mentions map[desk.MentionID]bool
}

// feature is a word, or two in a row, that corrected texts have.
type feature struct {
	folded string
	shown  string // as somebody wrote it
	in     []int  // indexes of the corrected texts
	all    [maxVariants]int
	wrong  [maxVariants]int // of these, judged otherwise: a rule would change them
}

// Bounds of a proposal.
const (
	maxVariants  = 5   // conditions that are tried beside the words
	maxMistakes  = 20  // kinds of mistakes
	maxTexts     = 500 // corrected texts of one kind, the newest
	maxFeatures  = 300 // words and pairs of one text
	maxRuleWords = 12
	maxCondition = 3    // values that a condition lists
	mostOthers   = 0.05 // of the background may be changed by a word; nobody wants to correct each of fifty texts by hand
	dearOthers   = 0.01 // of the background is as dear as one word more
)

// NewProposer sorts corrections into mistakes. Those that nothing may be learned from are counted as left.
func NewProposer(taught []Taught) *Proposer {
	p := &Proposer{}
	for _, t := range taught {
		c := &t.Correction
		switch {
		case !t.Learn:
			p.leave(c, "the site's terms forbid learning from its texts, or the words were removed")
		case desk.Lists(c.Tag) && c.To == "":
			p.leave(c, "rules put names on, not off")
		default:
			p.take(t)
		}
	}
	slices.SortStableFunc(p.groups, func(a, b *mistake) int { return cmp.Compare(len(b.texts), len(a.texts)) })
	for _, g := range p.groups[min(len(p.groups), maxMistakes):] {
		for i := range g.texts {
			p.leave(&g.texts[i].Correction, "there are more kinds of mistakes than are looked at in one go")
		}
	}
	p.groups = p.groups[:min(len(p.groups), maxMistakes)]
	for _, g := range p.groups {
		p.read(g)
		g.variants = variantsOf(g)
	}
	return p
}

func (p *Proposer) take(t Taught) {
	i := slices.IndexFunc(p.groups, func(g *mistake) bool { return g.tag == t.Tag && g.to == t.To })
	if i < 0 {
		i = len(p.groups)
		p.groups = append(p.groups, &mistake{tag: t.Tag, to: t.To, features: map[string]*feature{}, mentions: map[desk.MentionID]bool{}})
	}
	g := p.groups[i]
	g.texts = append(g.texts, t)
	g.texts = g.texts[max(0, len(g.texts)-maxTexts):]
}

// leave notes that nothing is proposed from a correction.
func (p *Proposer) leave(c *desk.Correction, why string) {
	i := slices.IndexFunc(p.left, func(l desk.Unproposed) bool {
		return l.Tag == c.Tag && l.From == c.From && l.To == c.To && l.Why == why
	})
	if i < 0 {
		i = len(p.left)
		p.left = append(p.left, desk.Unproposed{Tag: c.Tag, From: c.From, To: c.To, Why: why})
	}
	p.left[i].Corrections = append(p.left[i].Corrections, c.ID)
}

// read finds the words of the corrected texts.
func (p *Proposer) read(g *mistake) {
	for i := range g.texts {
		g.mentions[g.texts[i].Mention] = true
		p.doc.Read(g.texts[i].Said.Words())
		seen := 0
		eachPhrase(&p.doc, func(folded string, first, last int) {
			f := g.features[folded]
			if f == nil {
				if seen >= maxFeatures {
					return
				}
				f = &feature{folded: folded, shown: written(&p.doc, folded, first, last)}
				g.features[folded] = f
			}
			if len(f.in) == 0 || f.in[len(f.in)-1] != i {
				f.in = append(f.in, i)
				seen++
			}
		})
	}
}

// written is a word as somebody wrote it, if rules read that as the same word.
func written(doc *text.Doc, folded string, first, last int) string {
	s := strings.Join(strings.Fields(strings.ToLower(doc.Text[doc.Tokens[first].From:doc.Tokens[last].To])), " ")
	if text.NewPhrase(s).In([]byte(folded)) && !strings.HasSuffix(s, "*") {
		return s
	}
	return folded
}

// eachPhrase calls fn with every word, tag and emoji of a text, and every two words in a row with nothing but space between.
func eachPhrase(doc *text.Doc, fn func(folded string, first, last int)) {
	before := -1 // the word right before
	for i, t := range doc.Tokens {
		switch t.Kind {
		case text.Word:
			if t.End-t.Start < 2 {
				before = -1
				continue
			}
		case text.Hashtag, text.Emoji:
			fn(string(doc.Word(i)), i, i)
			before = -1
			continue
		default:
			before = -1
			continue
		}
		word := string(doc.Word(i))
		fn(word, i, i)
		if before >= 0 {
			if gap := doc.Folded[doc.Tokens[before].End:t.Start]; strings.TrimSpace(string(gap)) == "" {
				fn(string(doc.Word(before))+" "+word, before, i)
			}
		}
		before = i
	}
}

// Show lets the proposer see a mention of the background: what was said and how it is judged.
func (p *Proposer) Show(j *desk.Judged) {
	if len(p.groups) == 0 {
		return
	}
	p.shown++
	p.doc.Read(j.Words())
	in := inputOf(&j.Mention)
	facts := factsOf(&in, &j.Machine)
	var words []string
	eachPhrase(&p.doc, func(folded string, _, _ int) { words = append(words, folded) })
	slices.Sort(words)
	words = slices.Compact(words)
	for _, g := range p.groups {
		if !g.mentions[j.ID] {
			g.show(words, facts, g.right(&j.Verdict))
		}
	}
}

// right tells whether a verdict says already what the people say.
func (g *mistake) right(v *desk.Verdict) bool {
	if desk.Lists(g.tag) {
		return slices.Contains(v.Names(g.tag), g.to)
	}
	return v.Label(g.tag) == g.to
}

func (g *mistake) show(words []string, facts desk.Facts, right bool) {
	var under [maxVariants]bool
	for i := range g.variants {
		if under[i] = g.variants[i].when.Holds(facts, nil); under[i] {
			g.others[i]++
		}
	}
	for _, w := range words {
		f := g.features[w]
		if f == nil {
			continue
		}
		for i := range g.variants {
			if under[i] {
				f.all[i]++
				if !right {
					f.wrong[i]++
				}
			}
		}
	}
}
