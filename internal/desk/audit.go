package desk

import "time"

// Draw asks for mentions at random.
type Draw struct {
	Since time.Time // those that arrived from then on; zero for all
	Most  int       // no more than so many
	Seed  uint64    // the same seed draws the same from the same desk
}

// Drawn is what came of a [Draw].
type Drawn struct {
	Rows []MentionRow // in order of arrival
	Of   int          // how many mentions they stand for: exact when all were read, else estimated from how many draws found one
}
