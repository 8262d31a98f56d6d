package desk

import "time"

// TermText is what words are counted in: a mention as far as that needs it.
type TermText struct {
	N        int64
	Brand    string
	Products []string
	Language string
	Text     string // title and words
	Author   string // who wrote it, the same for all their posts on a site; empty when nobody knows
	Names    string // handle and name of the author: words that must not be shown
}

// TermScope is what counts of words belong to.
type TermScope struct {
	Brand    string
	Product  string // empty for the brand as a whole
	Language string
}

// TermCount is how many mentions of one day hold a word or a phrase of two or three words. A count with an empty Term is the sum of
// all words of the scope and day, of those not kept, too.
type TermCount struct {
	TermScope
	Term string // the words as they are compared: folded, without endings
	Word string // as most people wrote it that day
	N    int
	// Small is how many of the mentions write it without a capital: a word that is somebody's name, and an ordinary one, too.
	Small int
	Who   string // up to three marks of different authors, a letter each, too short to find anybody by
}

// TermDay is how far one day has been counted.
type TermDay struct {
	Day     int64 // days since 1970 UTC
	Seen    int   // mentions there were when it was counted
	Forgets int64 // how often words had been forgotten by then
}

// The spans over which rising words are sought.
const (
	SpanDay  = "day"
	SpanWeek = "week"
)

// TrendFilter asks for rising words. Empty fields do not narrow.
type TrendFilter struct {
	Brand    string
	Product  string
	Language string
	Span     string // SpanDay or SpanWeek
	Limit    int
}

// Days is how many days the span has.
func (f TrendFilter) Days() int {
	if f.Span == SpanDay {
		return 1
	}
	return 7
}

// Trend is a word or phrase that is written more than before.
type Trend struct {
	Word     string
	Language string
	N        int     // mentions within the span
	Before   float64 // mentions in a span of the same length, on average of the four weeks before
	Rise     float64 // how many times more often than before, by share of all words
	Score    float64 // standard deviations from no change
	Days     []int   // mentions on each day of the four weeks before and the span, oldest first
}

// Trends are the rising words of a span, the surest first.
type Trends struct {
	From, Until time.Time // of the span; Until is not part of it
	Mentions    int       // within the span
	Before      int       // in the four weeks before
	Enough      bool      // false when there were too few mentions before to compare with
	List        []Trend
}
