package triage

import (
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Matches tells whether a condition holds for a text and what is known of it so far. It is pure; the empty condition holds.
func Matches(c desk.Condition, in Input, v *desk.Verdict) bool {
	return c.Holds(factsOf(&in.TriageInput, v), func() bool {
		return slices.ContainsFunc(c.Words, func(w string) bool { return text.NewPhrase(w).In(in.Doc.Folded) })
	})
}

// factsOf gathers what conditions ask about.
func factsOf(in *desk.TriageInput, v *desk.Verdict) desk.Facts {
	return desk.Facts{
		Source: in.Source, Site: in.Site, Kind: in.Kind, Brands: v.Brands, Products: v.Products, Topics: v.Topics, Language: v.Language.Label,
		Sentiment: v.Sentiment.Label, Urgency: v.Urgency.Label, Intent: v.Intent.Label, Spam: v.Spam.Label, Offensive: v.Offensive.Label, Rating: in.Rating,
		Reach: in.Author.Followers, AuthorPosts: in.Context.AuthorPosts,
	}
}
