package desk

import "time"

// NoticeCase is a case as the planner of notices looks at it.
type NoticeCase struct {
	Card
	AuthorPosts int // by the author of the head about us in the 30 days before; 0 when nobody asked
}

// NoticeGroup is what is told in one message: the cases of one route that share the values of its group_by, or the health of one
// source, or what the outbox gave up. Its generations are the notices that were planned for it, counted from 1 without end.
type NoticeGroup struct {
	Key    string
	Route  string            // stable identifier of the route; empty for the desk's own troubles
	Target string            // where it is told
	Labels map[string]string // what its members share

	Generation int64 // of the newest notice planned
	Anchor     int64 // the generation that began the present message; later ones rewrite it
	SaidAt     time.Time
	ToldAt     time.Time // when a notice last asked for attention; zero when never
	DueAt      time.Time // when something must be said next; zero when nothing waits

	Receipt   Receipt // of the newest delivered notice
	Delivered int64   // its generation

	Members []NoticeMember
}

// NoticeMember is one case of a group, or the source or entry that a trouble is about, and what was last said of it.
type NoticeMember struct {
	Subject      string // CaseID, name of a source, or EntryID
	State        CaseState
	Urgency      int // as UrgencyRank orders it
	SnoozedUntil time.Time
	Print        string    // differs when a reader of the message would see a difference
	Since        time.Time // since when it asks for work, as far as this group knows
	ChangedAt    time.Time

	SaidState   CaseState // empty while nothing was said of it
	SaidUrgency int
	SaidPrint   string
}
