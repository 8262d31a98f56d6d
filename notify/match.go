package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// groupValue returns the value that a case is grouped by. Of several products or topics the first counts, as triage ordered them.
func groupValue(c *desk.NoticeCase, name string) string {
	switch head := &c.Head; name {
	case "brand":
		return c.Brand
	case "case":
		return string(c.ID)
	case "language":
		return head.Verdict.Language.Label
	case "product":
		return firstName(head.Verdict.Products)
	case "site":
		return string(c.Site)
	case "source":
		return head.Source
	case "topic":
		return firstName(head.Verdict.Topics)
	case "urgency":
		return c.Urgency
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
	phrases []text.Phrase
}

func newMatcher(c desk.Condition) matcher {
	m := matcher{Condition: c}
	for _, w := range c.Words {
		m.phrases = append(m.phrases, text.NewPhrase(w))
	}
	return m
}

// takes tells whether the condition holds for a case. Its words are looked for in the newest mention; brand, urgency and sentiment
// are the case's own.
func (m *matcher) takes(c *desk.NoticeCase) bool {
	head, v := &c.Head, &c.Head.Verdict
	facts := desk.Facts{
		Source: head.Source, Site: c.Site, Kind: head.Kind, Brands: []desk.Named{{Name: c.Brand}}, Products: v.Products, Topics: v.Topics,
		Language: v.Language.Label, Sentiment: c.Sentiment, Urgency: c.Urgency, Intent: v.Intent.Label, Spam: v.Spam.Label, Offensive: v.Offensive.Label,
		Rating: head.Rating, Reach: head.Author.Followers, AuthorPosts: c.AuthorPosts,
	}
	return m.Holds(facts, func() bool {
		folded := text.AppendFold(nil, head.Words())
		return slices.ContainsFunc(m.phrases, func(p text.Phrase) bool { return p.In(folded) })
	})
}

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
	add("offensive", c.Offensive)
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
