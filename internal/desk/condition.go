package desk

import "slices"

// Facts are what a [Condition] asks about: what is known of a text, or of the case that it stands for.
type Facts struct {
	Source   string
	Site     Site
	Kind     MentionKind
	Brands   []Named
	Products []Named
	Topics   []Named

	Language, Sentiment, Urgency, Intent, Spam, Offensive string // labels; empty when not known

	Rating      Rating
	Reach       int64 // followers of the author
	AuthorPosts int   // what the author wrote about us in the 30 days before
}

// Holds tells whether every part of the condition that is given holds; the empty one does. Said answers whether the text has one of
// the condition's words. It is asked last, and only when there are any, as reading is what costs.
func (c *Condition) Holds(f Facts, said func() bool) bool {
	return oneOf(c.Source, f.Source) && oneOf(c.Site, string(f.Site)) && oneOf(c.Kind, string(f.Kind)) &&
		oneOf(c.Language, f.Language) && oneOf(c.Sentiment, f.Sentiment) && oneOf(c.Urgency, f.Urgency) &&
		oneOf(c.Intent, f.Intent) && oneOf(c.Spam, f.Spam) && oneOf(c.Offensive, f.Offensive) &&
		anyOf(c.Brand, f.Brands) && anyOf(c.Product, f.Products) && anyOf(c.Topic, f.Topics) &&
		(c.MaxStars == nil || f.Rating.Known() && f.Rating.Stars() <= *c.MaxStars) &&
		(c.MinReach == 0 || f.Reach >= c.MinReach) && (c.AuthorPosts == 0 || f.AuthorPosts >= c.AuthorPosts) &&
		(len(c.Words) == 0 || said())
}

func oneOf(want []string, is string) bool { return len(want) == 0 || slices.Contains(want, is) }

func anyOf(want []string, are []Named) bool {
	return len(want) == 0 || slices.ContainsFunc(are, func(n Named) bool { return slices.Contains(want, n.Name) })
}
