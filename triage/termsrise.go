package triage

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// DaysBefore is how many days before a span its words are compared with.
const DaysBefore = 28

// Rise gathers daily counts of words and finds those that are written more than before, by log-odds with an informative Dirichlet
// prior: Monroe, Colaresi and Quinn, "Fightin' Words", Political Analysis 16 (2008). The prior is what both spans hold together, by
// a third of its weight, so that neither a word of a handful of mentions nor one that is always frequent stands out by chance.
type Rise struct {
	filter desk.TrendFilter
	first  int64 // day
	span   int   // days
	terms  map[termKey]*riseTally
	totals map[string]*[4]int // by language: words within and before, mentions within and before
}

type termKey struct{ language, term string }

type riseTally struct {
	days  []int
	word  string
	last  int64 // day from which the word is
	small int   // mentions within the span that write it small
	who   []byte
}

// NewRise begins with an empty span that ends with the day last.
func NewRise(f desk.TrendFilter, last int64) *Rise {
	span := f.Days()
	return &Rise{filter: f, first: last - int64(span+DaysBefore) + 1, span: span, terms: map[termKey]*riseTally{}, totals: map[string]*[4]int{}}
}

// First is the oldest day that counts.
func (r *Rise) First() int64 { return r.first }

// Add takes in a count of a day.
func (r *Rise) Add(day int64, c desk.TermCount) {
	at := int(day - r.first)
	if at < 0 || at >= DaysBefore+r.span || r.filter.Language != "" && c.Language != r.filter.Language {
		return
	}
	within := at >= DaysBefore
	if c.Term == wordsTotal || c.Term == mentionsTotal {
		t := r.totals[c.Language]
		if t == nil {
			t = new([4]int)
			r.totals[c.Language] = t
		}
		i := 0
		if !within {
			i++
		}
		if c.Term == mentionsTotal {
			i += 2
		}
		t[i] += c.N
		return
	}
	key := termKey{c.Language, c.Term}
	t := r.terms[key]
	if t == nil {
		t = &riseTally{days: make([]int, DaysBefore+r.span)}
		r.terms[key] = t
	}
	t.days[at] += c.N
	if day >= t.last {
		t.word, t.last = c.Word, day
	}
	if within {
		t.small += c.Small
	}
	for _, mark := range []byte(c.Who) {
		if within && !slices.Contains(t.who, mark) {
			t.who = append(t.who, mark)
		}
	}
}

// What a word needs to be shown.
const (
	leastMentions = 3
	leastScore    = 1.96 // of the score: one in forty by chance alone
	leastRise     = 1.25
	leastBefore   = 30 // mentions before, in a language, for anything to be compared with
)

// Trends returns what rises, the surest first, without the names of people.
func (r *Rise) Trends(people People) desk.Trends {
	out := desk.Trends{List: []desk.Trend{}}
	for _, t := range r.totals {
		out.Mentions += t[2]
		out.Before += t[3]
		out.Enough = out.Enough || t[3] >= leastBefore
	}
	for key, t := range r.terms {
		total := r.totals[key.language]
		now, before := sum(t.days[DaysBefore:]), sum(t.days[:DaysBefore])
		if total == nil || total[3] < leastBefore || now < leastMentions || len(t.who) < enoughAuthors || people.hold(key.term, t.word, now, t.small) {
			continue
		}
		trend := desk.Trend{
			Word: t.word, Language: key.language, N: now, Before: float64(before) * float64(r.span) / DaysBefore, Days: t.days,
			Score: round(oddsScore(now, total[0], before, total[1])),
			Rise:  round((float64(now) + 0.5) / float64(total[0]) / ((float64(before) + 0.5) / float64(max(total[1], 1)))),
		}
		if trend.Score >= leastScore && trend.Rise >= leastRise {
			out.List = append(out.List, trend)
		}
	}
	slices.SortFunc(out.List, func(a, b desk.Trend) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), b.N-a.N, cmp.Compare(a.Word, b.Word), cmp.Compare(a.Language, b.Language))
	})
	out.List = unfolded(out.List)
	if r.filter.Limit > 0 && len(out.List) > r.filter.Limit {
		out.List = out.List[:r.filter.Limit]
	}
	return out
}

// sameThing is the part of a word's mentions that a phrase must have to stand for it.
const sameThing = 0.7

// unfolded drops words that are hardly written but in a phrase of the list: of "sign-in loop" and "loop" the first says more.
func unfolded(list []desk.Trend) []desk.Trend {
	return slices.DeleteFunc(slices.Clone(list), func(w desk.Trend) bool {
		return !strings.Contains(w.Word, " ") && slices.ContainsFunc(list, func(p desk.Trend) bool {
			return p.Language == w.Language && strings.Contains(p.Word, " ") && slices.Contains(strings.Fields(p.Word), w.Word) && float64(p.N) >= sameThing*float64(w.N)
		})
	})
}

// oddsScore is by how many standard deviations the log-odds of a word among all words differ between two spans.
func oddsScore(now, allNow, before, allBefore int) float64 {
	y1, n1, y2, n2 := float64(now), float64(allNow), float64(before), float64(allBefore)
	if y1+y2 == 0 || n1 <= 0 {
		return 0
	}
	weight := (n1 + n2) / 3
	prior := weight * (y1 + y2) / (n1 + n2)
	odds := func(y, n float64) float64 { return math.Log(y+prior) - math.Log(max(n+weight-y-prior, 1)) }
	return (odds(y1, n1) - odds(y2, n2)) / math.Sqrt(1/(y1+prior)+1/(y2+prior))
}

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}
