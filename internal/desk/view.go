package desk

import "time"

// MentionFilter narrows the stream. Zero fields do not narrow.
type MentionFilter struct {
	Query     string // words, folded and split as the index does; all must occur
	Brand     string
	Source    string
	Site      Site
	Kind      MentionKind
	Language  string
	Sentiment string
	Urgency   string
	Intent    string
	Spam      string // "", yes, no
	Product   string
	Topic     string
	Author    string // handle
	Ours      bool   // only ours; otherwise ours are left out
	Since     time.Time
	Until     time.Time
}

// Page asks for a stretch of a list, newest first by arrival.
type Page struct {
	Before int64 // rows that arrived before this number; 0 starts at the newest
	After  int64 // rows that arrived after this number (towards newer); 0 does not narrow
	Limit  int
}

// MentionRow is a mention as lists show it.
type MentionRow struct {
	Mention
	N       int64 // order of arrival; pages continue from it
	Verdict Verdict
}

// Count is a capped count: when More is true there are at least N.
type Count struct {
	N    int
	More bool
}

// CaseFilter narrows the board.
type CaseFilter struct {
	Brand   string
	Site    Site
	Owner   UserID
	Nobody  bool // without an owner
	Urgency string
	Query   string
}

// Card is a case as the board shows it.
type Card struct {
	Case
	Head       MentionRow // the newest word of the customer
	OwnerName  string
	ReplyState ReplyState // of the newest reply; empty when there is none
	ReplyNote  string
	ReplySeen  ReplyVisibility // what the public sees of it
	ReplyAt    time.Time       // when it left, or was given to a person's hand
}

// Column of the board. Awaiting approval and by hand are derived from the newest reply.
type Column string

// The columns of the board.
const (
	ColumnNew      Column = "new"
	ColumnTaken    Column = "taken"
	ColumnAwaiting Column = "awaiting"
	ColumnByHand   Column = "by_hand"
	ColumnAnswered Column = "answered"
	ColumnResolved Column = "resolved"
)

// Columns lists the columns in the order of the board.
func Columns() []Column {
	return []Column{ColumnNew, ColumnTaken, ColumnAwaiting, ColumnByHand, ColumnAnswered, ColumnResolved}
}

// CaseView is everything the case page shows.
type CaseView struct {
	Case      Case
	OwnerName string
	Thread    []MentionRow // oldest first; ours among them
	Replies   []Reply      // oldest first
	Versions  map[MentionID][]Version
	Past      map[ReplyID][]ReplyVersion // of the replies that were changed once public, oldest first
	History   []Event                    // newest first, capped
	Names     map[UserID]string
}

// CardPage is a stretch of a column of the board.
type CardPage struct {
	Cards []Card
	Next  string // opaque; continues after the last card; empty when there are no more
}

// OutRow is an outward act as the outbox page shows it.
type OutRow struct {
	Entry
	Case  CaseID // of a reply; empty for notices
	Brand string
	Site  Site
	To    string     // whom it answers, or the target it tells
	Reply ReplyState // of a reply; empty for notices
}

// Seen is what the sender of a reply had before the eyes. The send guard compares it with what is there.
type Seen struct {
	Case   int64 // Case.Version
	Target int   // Mention.Version of the mention that is answered
}

// HourCount is how many mentions of one kind were posted within an hour.
type HourCount struct {
	Hour      time.Time // its beginning
	Brand     string
	Source    string
	Language  string
	Sentiment string
	N         int64
}
