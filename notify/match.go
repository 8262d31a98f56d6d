package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// labels are what routes can ask of a case.
type labels struct {
	c *desk.NoticeCase
}

func labelsOf(c *desk.NoticeCase) labels { return labels{c: c} }

// value returns the value that a case is grouped by. Of several products or topics the first counts, as triage ordered them.
func (l labels) value(name string) string {
	switch head := &l.c.Head; name {
	case "brand":
		return l.c.Brand
	case "case":
		return string(l.c.ID)
	case "language":
		return head.Verdict.Language.Label
	case "product":
		return firstName(head.Verdict.Products)
	case "site":
		return string(l.c.Site)
	case "source":
		return head.Source
	case "topic":
		return firstName(head.Verdict.Topics)
	case "urgency":
		return l.c.Urgency
	}
	return ""
}

func firstName(list []desk.Named) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Name
}

// matcher is a condition made ready.
type matcher struct {
	desk.Condition
	words []string // folded
}

func newMatcher(c desk.Condition) matcher {
	m := matcher{Condition: c}
	for _, w := range c.Words {
		m.words = append(m.words, strings.Join(strings.Fields(text.Fold(w)), " "))
	}
	return m
}

// takes tells whether every part of the condition holds; parts that are absent do.
func (m *matcher) takes(l labels) bool {
	c, v := l.c, &l.c.Head.Verdict
	one := func(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }
	return one(m.Brand, c.Brand) && one(m.Source, c.Head.Source) && one(m.Site, string(c.Site)) && one(m.Kind, string(c.Head.Kind)) &&
		one(m.Language, v.Language.Label) && one(m.Sentiment, c.Sentiment) && one(m.Urgency, c.Urgency) &&
		one(m.Intent, v.Intent.Label) && one(m.Spam, v.Spam.Label) &&
		anyNamed(m.Product, v.Products) && anyNamed(m.Topic, v.Topics) &&
		(m.MaxStars == nil || c.Head.Rating.Known() && c.Head.Rating.Stars() <= *m.MaxStars) &&
		(m.MinReach == 0 || c.Head.Author.Followers >= m.MinReach) &&
		(m.AuthorPosts == 0 || c.AuthorPosts >= m.AuthorPosts) &&
		(len(m.words) == 0 || anyWord(m.words, text.Fold(c.Head.Words())))
}

func anyNamed(want []string, have []desk.Named) bool {
	if len(want) == 0 {
		return true
	}
	return slices.ContainsFunc(have, func(n desk.Named) bool { return slices.Contains(want, n.Name) })
}

// anyWord looks for words and phrases in a folded text. A word ends where letters and digits end, unless it ends in *.
func anyWord(words []string, folded string) bool {
	said := strings.Join(strings.Fields(folded), " ")
	return slices.ContainsFunc(words, func(w string) bool {
		stem, open := strings.CutSuffix(w, "*")
		for from := 0; stem != ""; {
			i := strings.Index(said[from:], stem)
			if i < 0 {
				return false
			}
			start, end := from+i, from+i+len(stem)
			before, _ := utf8.DecodeLastRuneInString(said[:start])
			after, _ := utf8.DecodeRuneInString(said[end:])
			if !wordly(before) && (open || !wordly(after)) {
				return true
			}
			_, size := utf8.DecodeRuneInString(said[start:])
			from = start + size
		}
		return false
	})
}

func wordly(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// conditionText writes a condition as part of a route's identifier: the same condition gives the same text, wherever in the
// configuration it stands. A long one is shortened to its digest.
func conditionText(c desk.Condition) string {
	var parts []string
	add := func(name string, list []string) {
		if len(list) > 0 {
			parts = append(parts, name+"="+strings.Join(slices.Sorted(slices.Values(list)), "|"))
		}
	}
	add("words", c.Words)
	add("brand", c.Brand)
	add("product", c.Product)
	add("topic", c.Topic)
	add("source", c.Source)
	add("site", c.Site)
	add("kind", c.Kind)
	add("language", c.Language)
	add("sentiment", c.Sentiment)
	add("urgency", c.Urgency)
	add("intent", c.Intent)
	add("spam", c.Spam)
	if c.MaxStars != nil {
		parts = append(parts, fmt.Sprintf("max_stars=%g", *c.MaxStars))
	}
	if c.MinReach != 0 {
		parts = append(parts, fmt.Sprintf("min_reach=%d", c.MinReach))
	}
	if c.AuthorPosts != 0 {
		parts = append(parts, fmt.Sprintf("author_posts=%d", c.AuthorPosts))
	}
	whole := strings.Join(parts, ",")
	if len(whole) > 80 {
		sum := sha256.Sum256([]byte(whole))
		return hex.EncodeToString(sum[:8])
	}
	return whole
}
