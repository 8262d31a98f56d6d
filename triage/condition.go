package triage

import (
	"bytes"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Matches tells whether a condition holds for a text and what is known of it so far. It is pure; the empty condition holds.
func Matches(c desk.Condition, in Input, v *desk.Verdict) bool {
	return oneOf(c.Source, in.Source) && oneOf(c.Site, string(in.Site)) && oneOf(c.Kind, string(in.Kind)) &&
		oneOf(c.Language, v.Language.Label) && oneOf(c.Sentiment, v.Sentiment.Label) && oneOf(c.Urgency, v.Urgency.Label) &&
		oneOf(c.Intent, v.Intent.Label) && oneOf(c.Spam, v.Spam.Label) &&
		anyNamed(c.Brand, v.Brands) && anyNamed(c.Product, v.Products) && anyNamed(c.Topic, v.Topics) &&
		(c.MaxStars == nil || in.Rating.Known() && in.Rating.Stars() <= *c.MaxStars) &&
		in.Author.Followers >= c.MinReach && in.Context.AuthorPosts >= c.AuthorPosts &&
		(len(c.Words) == 0 || slices.ContainsFunc(c.Words, in.says))
}

func oneOf(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }

func anyNamed(want []string, have []desk.Named) bool {
	if len(want) == 0 {
		return true
	}
	return slices.ContainsFunc(have, func(n desk.Named) bool { return slices.Contains(want, n.Name) })
}

// says tells whether the text holds a word or phrase, whatever its case and accents; a trailing star matches every ending.
func (in Input) says(phrase string) bool {
	phrase = strings.TrimSpace(text.Fold(phrase))
	phrase, star := strings.CutSuffix(phrase, "*")
	if phrase == "" {
		return false
	}
	b, from := in.Doc.Folded, 0
	for {
		at := bytes.Index(b[from:], []byte(phrase))
		if at < 0 {
			return false
		}
		start := from + at
		end := start + len(phrase)
		before := start == 0 || !partOfWord(b[start-1]) || !partOfWord(b[start])
		after := star || end == len(b) || !partOfWord(b[end]) || !partOfWord(b[end-1])
		if before && after {
			return true
		}
		from = start + 1
	}
}
