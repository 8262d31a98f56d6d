package demonet

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
)

// TextLimit is the longest text of a post, in UTF-16 units.
const TextLimit = 500

// State is what became of a post.
type State string

// The states of a post.
const (
	StatePublic   State = "public"
	StatePending  State = "pending"  // awaits a moderator; only its author sees it
	StateRejected State = "rejected" // a moderator said no; only its author sees it
	StateDeleted  State = "deleted"
)

// Account is somebody on the network.
type Account struct {
	ID        string    `json:"id"`
	Handle    string    `json:"handle"` // a to z, 0 to 9 and _, lower case, at most 30
	Name      string    `json:"name"`
	Followers int64     `json:"followers"`
	JoinedAt  time.Time `json:"joined_at"`
}

// Post is one post as the log keeps it.
type Post struct {
	ID        string    `json:"id"`
	Parent    string    `json:"parent,omitempty"` // what it answers
	Thread    string    `json:"thread"`           // the root of the conversation; itself at the root
	Author    string    `json:"author"`           // handle
	Text      string    `json:"text"`
	Language  string    `json:"language,omitempty"` // ISO 639-1, as the author set it
	CreatedAt time.Time `json:"created_at"`
	EditedAt  time.Time `json:"edited_at,omitzero"`
	DeletedAt time.Time `json:"deleted_at,omitzero"`
	TakenAt   time.Time `json:"taken_at"`            // when the network accepted it; later than CreatedAt when backdated
	VisibleAt time.Time `json:"visible_at,omitzero"` // reads do not show it before
	Version   int       `json:"version"`
	State     State     `json:"state"`
	Locked    bool      `json:"locked,omitempty"` // of a root: the thread takes no replies
	Key       string    `json:"key,omitempty"`    // the Idempotency-Key it came with
	Likes     int64     `json:"likes,omitempty"`
	Shares    int64     `json:"shares,omitempty"`
	Replies   int64     `json:"replies,omitempty"` // public ones
}

// Draft is a post before the network takes it.
type Draft struct {
	Text      string
	Parent    string
	Language  string
	Key       string    // Idempotency-Key; empty for none
	CreatedAt time.Time // zero means now
	Likes     int64
	Shares    int64
	Guest     bool // came in over the public API: moderation applies
}

// Refusal is the network's no: a status, a code for programs and a sentence for people. Nothing was done.
type Refusal struct {
	Status  int
	Code    string
	Message string
}

// Error returns the sentence.
func (r *Refusal) Error() string { return r.Message }

func refuse(status int, code, message string) error { return &Refusal{status, code, message} }

// Change is an edit, a deletion or a late appearance. Numbers grow by one.
type Change struct {
	N    int64
	What string // edited, deleted, appeared
	ID   string
	At   time.Time
}

// units counts a text as the network limits it.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// addressed returns the @handles and #tags of a text, in lower case and with their sign.
func addressed(text string) []string {
	var found []string
	before := ' '
	for i, r := range text {
		if (r == '@' || r == '#') && !isWord(before) {
			rest := text[i+1:]
			end := strings.IndexFunc(rest, func(r rune) bool { return !isWord(r) })
			if end < 0 {
				end = len(rest)
			}
			if end > 0 {
				found = append(found, string(r)+strings.ToLower(rest[:end]))
			}
		}
		before = r
	}
	return found
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// cleanHandle returns a handle as the network spells it, or "" when it cannot be one.
func cleanHandle(s string) string {
	h := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "@"))
	if h == "" || len(h) > 30 || strings.Trim(h, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return ""
	}
	return h
}
