package connectors

// Group says among which others lists show a kind.
type Group string

// The groups, in the order of lists. A kind that names none is among the others.
const (
	GroupSocial  Group = "social"  // networks where people speak to each other
	GroupReviews Group = "reviews" // places where customers judge what they bought
	GroupForums  Group = "forums"  // forums, and where code is made
	GroupOther   Group = "other"
)

// Groups lists all groups in the order of lists.
func Groups() []Group { return []Group{GroupSocial, GroupReviews, GroupForums, GroupOther} }
