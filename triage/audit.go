package triage

import (
	"cmp"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// AuditPlan says how an audit queue is made of mentions drawn at random.
type AuditPlan struct {
	Rows int      // how many mentions a person is to judge
	Seed uint64   // the same seed picks the same
	By   []string // what parts the mentions into strata: source, language, product, site; none makes one stratum
}

// AuditRow is one mention of an audit: what triage said, and what a person says. An answer of several names has them sorted and
// parted by bars; "-" is the answer that there is none.
type AuditRow struct {
	ID, Source, Site, Text string
	Stratum                string
	Size                   float64           // how many mentions of the whole the stratum has
	Got                    map[string]string // what triage said, by tag
	Want                   map[string]string // what a person says; tags left empty are not in it
	line                   int
}

// Tags that an audit asks about, in the order of its columns. The last two name any number of things.
func auditTags() []string {
	return []string{"language", "sentiment", "urgency", "intent", "spam", "offensive", "product", "topic"}
}

const (
	nothing   = "-"              // the answer that a text is about no product or topic
	several   = "|"              // between names
	remainder = "(all the rest)" // the stratum of the smallest ones, where there are more strata than can be asked about
)

// Audit picks from mentions drawn at random, which stand for a whole of so many, the queue of an audit. An audit is no training: also
// what a network forbids to learn from may be in it. Strata are asked about in
// proportion to the square root of their sizes, each at least once: small ones often enough to say something of them, large
// ones often enough for the whole. The size of its stratum goes with every row, so that the score speaks of the whole.
func Audit(drawn []desk.MentionRow, of int, plan AuditPlan) []AuditRow {
	drawn = slices.DeleteFunc(slices.Clone(drawn), func(m desk.MentionRow) bool { return m.Verdict.Sentiment.Label == "" }) // never judged
	strata := map[string][]desk.MentionRow{}
	for _, m := range drawn {
		k := stratumOf(&m, plan.By)
		strata[k] = append(strata[k], m)
	}
	names := mergeSmall(strata, max(plan.Rows/2, 1))
	shares := allot(strata, names, min(plan.Rows, len(drawn)))
	r := rand.New(rand.NewPCG(plan.Seed, 3))
	var out []AuditRow
	for _, name := range names {
		list := strata[name]
		r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		for _, m := range list[:shares[name]] {
			row := rowOf(&m)
			row.Stratum, row.Size = name, float64(of)*float64(len(list))/float64(len(drawn))
			out = append(out, row)
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] }) // so that a person who stops halfway has judged some of all
	return out
}

func stratumOf(m *desk.MentionRow, by []string) string {
	var parts []string
	for _, b := range by {
		switch b {
		case "source":
			parts = append(parts, m.Source)
		case "language":
			parts = append(parts, m.Verdict.Language.Label)
		case "product":
			parts = append(parts, auditNames(m.Verdict.Products))
		case "site":
			parts = append(parts, string(m.Site))
		}
	}
	return strings.Join(parts, " / ")
}

// mergeSmall makes one stratum of the smallest until there are at most so many, and returns the names in order.
func mergeSmall(strata map[string][]desk.MentionRow, most int) []string {
	names := slices.SortedFunc(maps.Keys(strata), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(strata[b]), len(strata[a])), cmp.Compare(a, b))
	})
	if len(names) <= most {
		return names
	}
	var rest []desk.MentionRow
	for _, n := range names[most-1:] {
		rest = append(rest, strata[n]...)
		delete(strata, n)
	}
	strata[remainder] = rest
	return append(names[:most-1], remainder)
}

// allot shares rows out: each stratum has one, and the next goes where the square root of its size, by what it has, is largest.
func allot(strata map[string][]desk.MentionRow, names []string, rows int) map[string]int {
	share := map[string]int{}
	for range rows {
		best, most := "", -1.0
		for _, n := range names {
			size := len(strata[n])
			claim := math.Sqrt(float64(size)) / float64(share[n])
			if share[n] < size && claim > most {
				best, most = n, claim
			}
		}
		share[best]++
	}
	return share
}

func rowOf(m *desk.MentionRow) AuditRow {
	v := &m.Verdict
	return AuditRow{ID: string(m.ID), Source: m.Source, Site: string(m.Site), Text: m.Words(), Got: map[string]string{
		"language": v.Language.Label, "sentiment": v.Sentiment.Label, "urgency": v.Urgency.Label, "intent": v.Intent.Label,
		"spam": v.Spam.Label, "offensive": cmp.Or(v.Offensive.Label, desk.No), "product": auditNames(v.Products), "topic": auditNames(v.Topics),
	}}
}

// auditNames writes a list of names as an audit does.
func auditNames(list []desk.Named) string {
	var names []string
	for _, n := range list {
		names = append(names, n.Name)
	}
	return joinNames(names)
}

func joinNames(names []string) string {
	var kept []string
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" && n != nothing {
			kept = append(kept, n)
		}
	}
	slices.Sort(kept)
	return cmp.Or(strings.Join(slices.Compact(kept), several), nothing)
}
