package triage

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// variant is a condition that may stand beside the words.
type variant struct {
	name string
	when desk.Condition
}

// variantsOf lists the conditions that all corrected texts of a mistake meet: none, their sources, products, languages, and what
// triage said of the tag.
func variantsOf(g *mistake) []variant {
	out := []variant{{}}
	add := func(name string, values func(t *Taught) []string, set func(c *desk.Condition, list []string)) {
		if list := common(g.texts, values); len(list) > 0 {
			v := variant{name: name}
			set(&v.when, list)
			out = append(out, v)
		}
	}
	add("source", func(t *Taught) []string { return []string{t.Said.Source} }, func(c *desk.Condition, l []string) { c.Source = l })
	if g.tag != desk.TagProduct {
		add("product", func(t *Taught) []string { return t.Verdict.Names(desk.TagProduct) }, func(c *desk.Condition, l []string) { c.Product = l })
	}
	if g.tag != desk.TagLanguage {
		add("language", func(t *Taught) []string { return []string{t.Verdict.Language.Label} }, func(c *desk.Condition, l []string) { c.Language = l })
	}
	add("label", func(t *Taught) []string { return []string{t.Machine} }, func(c *desk.Condition, l []string) { conditionOn(c, g.tag, l) })
	return slices.DeleteFunc(out, func(v variant) bool { return v.name == "label" && desk.Lists(g.tag) })
}

// conditionOn narrows a condition to labels of a tag.
func conditionOn(c *desk.Condition, tag string, labels []string) {
	switch tag {
	case desk.TagLanguage:
		c.Language = labels
	case desk.TagSentiment:
		c.Sentiment = labels
	case desk.TagUrgency:
		c.Urgency = labels
	case desk.TagIntent:
		c.Intent = labels
	case desk.TagSpam:
		c.Spam = labels
	case desk.TagOffensive:
		c.Offensive = labels
	}
}

// common returns few values such that every text has one of them; nil when there are none.
func common(texts []Taught, values func(t *Taught) []string) []string {
	rest := make([]*Taught, len(texts))
	for i := range texts {
		rest[i] = &texts[i]
	}
	var out []string
	for len(rest) > 0 {
		counts := map[string]int{}
		for _, t := range rest {
			for _, v := range values(t) {
				if v != "" {
					counts[v]++
				}
			}
		}
		best := ""
		for v, n := range counts {
			if n > counts[best] || n == counts[best] && (best == "" || v < best) {
				best = v
			}
		}
		if best == "" || len(out) == maxCondition {
			return nil
		}
		out = append(out, best)
		rest = slices.DeleteFunc(rest, func(t *Taught) bool { return slices.Contains(values(t), best) })
	}
	slices.Sort(out)
	return out
}

// Candidate is a rule that may be proposed.
type Candidate struct {
	Rule   desk.Rule
	Covers int // corrected texts that its words match
	group  int
	place  int // among the variants of its mistake
}

// Candidates returns rules for every mistake, to be tried. Their names are unlike those that are taken.
func (p *Proposer) Candidates(taken []string) []Candidate {
	var out []Candidate
	for i, g := range p.groups {
		name := ""
		for k, v := range g.variants {
			words, covers := p.cover(g, k)
			if len(words) == 0 {
				continue
			}
			if name == "" {
				name = nameOf(g, words[0].shown, taken)
				taken = append(taken, name)
			}
			r := desk.Rule{Name: name, When: v.when}
			for _, f := range words {
				r.When.Words = append(r.When.Words, f.shown)
			}
			g.set(&r.Set)
			out = append(out, Candidate{Rule: r, Covers: covers, group: i, place: k})
		}
	}
	return out
}

func (g *mistake) set(a *desk.Assign) {
	switch g.tag {
	case desk.TagLanguage:
		a.Language = g.to
	case desk.TagSentiment:
		a.Sentiment = g.to
	case desk.TagUrgency:
		a.Urgency = g.to
	case desk.TagIntent:
		a.Intent = g.to
	case desk.TagSpam:
		a.Spam = g.to
	case desk.TagOffensive:
		a.Offensive = g.to
	case desk.TagProduct:
		a.Products = []string{g.to}
	case desk.TagTopic:
		a.Topics = []string{g.to}
	}
}

// nameOf makes a rule's name of its tag, label and first word, of the letters that names may have.
func nameOf(g *mistake, word string, taken []string) string {
	const most = 60
	name := strings.Trim(strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, text.Fold(g.tag+" "+g.to+" "+word)), "-")
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	name = strings.TrimRight(name[:min(len(name), most)], "-")
	out := name
	for i := 2; slices.Contains(taken, out); i++ {
		out = fmt.Sprintf("%s-%d", name, i)
	}
	return out
}

// cover picks the words of a rule under one condition.
func (p *Proposer) cover(g *mistake, k int) (words []*feature, covers int) {
	var usable []*feature
	for _, f := range g.features {
		if float64(f.wrong[k]) <= max(2, mostOthers*float64(g.others[k])) && g.logOdds(f, k) > 0 {
			usable = append(usable, f)
		}
	}
	slices.SortFunc(usable, func(a, b *feature) int { return cmp.Compare(a.folded, b.folded) }) // maps have no order
	covered := make([]bool, len(g.texts))
	for len(words) < maxRuleWords {
		var best *feature
		var bestGain [4]float64
		for _, f := range usable {
			if gain := g.gain(f, k, covered); gain[0] > 0 && (best == nil || slices.Compare(gain[:], bestGain[:]) > 0) {
				best, bestGain = f, gain
			}
		}
		if best == nil {
			break
		}
		words = append(words, best)
		for _, i := range best.in {
			covers += one(!covered[i])
			covered[i] = true
		}
	}
	return spare(words, len(g.texts)), covers
}

// gain says how good a word would be next: newly covered texts for what it costs, then its log-odds, then that it is one word and not
// two, then its length.
func (g *mistake) gain(f *feature, k int, covered []bool) [4]float64 {
	fresh := 0
	for _, i := range f.in {
		fresh += one(!covered[i])
	}
	cost := 1 + float64(f.wrong[k])/(1+dearOthers*float64(g.others[k]))
	return [4]float64{float64(fresh) / cost, g.logOdds(f, k), -float64(strings.Count(f.folded, " ")), float64(len(f.folded))}
}

// logOdds is how much more often corrected texts have a word than the background, in standard deviations.
func (g *mistake) logOdds(f *feature, k int) float64 {
	const prior = 10.0 // texts
	in, all := float64(len(f.in)), float64(f.all[k])
	ours, theirs := float64(len(g.texts)), float64(g.others[k])
	share := (in + all + 0.5) / (ours + theirs + 1)
	a, b := prior*share, prior*(1-share)
	odds := math.Log((in+a)/(ours-in+b)) - math.Log((all+a)/(theirs-all+b))
	return odds / math.Sqrt(1/(in+a)+1/(all+a))
}

// spare leaves out words whose texts the others cover.
func spare(words []*feature, texts int) []*feature {
	count := make([]int, texts)
	for _, f := range words {
		for _, i := range f.in {
			count[i]++
		}
	}
	return slices.DeleteFunc(words, func(f *feature) bool {
		if slices.ContainsFunc(f.in, func(i int) bool { return count[i] == 1 }) {
			return false
		}
		for _, i := range f.in {
			count[i]--
		}
		return true
	})
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// Choose takes the best of the candidates that were tried, one for each mistake; trials are theirs in order. What is left without a
// rule is told, too.
func (p *Proposer) Choose(list []Candidate, trials []desk.Trial) desk.Proposals {
	out := desk.Proposals{Proposals: []desk.Proposal{}}
	for i, g := range p.groups {
		best, bestScore := -1, 0.0
		for k := range list {
			if list[k].group == i {
				if s := score(&list[k], &trials[k], len(g.texts)); best < 0 || s > bestScore {
					best, bestScore = k, s
				}
			}
		}
		if best < 0 {
			for k := range g.texts {
				p.leave(&g.texts[k].Correction, "no words set these texts apart from others")
			}
			continue
		}
		out.Proposals = append(out.Proposals, desk.Proposal{Rule: list[best].Rule, Corrections: g.ids(), Covers: list[best].Covers, Trial: trials[best]})
	}
	out.Left = p.left
	return out
}

func (g *mistake) ids() []string {
	out := make([]string, len(g.texts))
	for i := range g.texts {
		out[i] = g.texts[i].ID
	}
	return out
}

// score weighs how many of the corrected texts a rule reaches against the others that it changes: the F measure with a beta of one
// half, to which a false alarm is worse than a miss. Of equal rules the one with the fewest conditions is kept, as it comes first.
func score(c *Candidate, t *desk.Trial, texts int) float64 {
	hit := float64(c.Covers)
	others := float64(max(0, t.Changed) + 2*t.Wrong)
	precision, recall := hit/(hit+others), hit/float64(texts)
	return 1.25 * precision * recall / (0.25*precision + recall)
}
