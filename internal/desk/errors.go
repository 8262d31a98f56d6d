package desk

import (
	"errors"
	"fmt"
	"time"
)

// Callers act on these four and on [Transient]; every other error is reported as it is. Wrap them with what was being done and
// with a sentence fit for the person who asked.
var (
	ErrNotFound = errors.New("not found")           // it is not there, or it may not be seen
	ErrConflict = errors.New("changed meanwhile")   // somebody else was first; read again
	ErrInvalid  = errors.New("invalid")             // the request makes no sense as it stands
	ErrDenied   = errors.New("not allowed")         // the person, account or site may not
	ErrGone     = fmt.Errorf("gone: %w", ErrDenied) // what was to be answered is no longer there
)

// Transient is the only way to say "try again". Poller and outbox do the trying.
type Transient struct {
	After time.Duration // how long the other side asked to wait; 0 when it did not say
	Err   error
}

// Error returns the cause in words.
func (t *Transient) Error() string { return t.Err.Error() }

// Unwrap returns the cause.
func (t *Transient) Unwrap() error { return t.Err }

// Unknown wraps the error of an act that may have happened all the same: the request left, the answer did not arrive.
// The outbox reads back before it does anything else.
type Unknown struct{ Err error }

// Error returns the cause in words.
func (u *Unknown) Error() string { return "outcome unknown: " + u.Err.Error() }

// Unwrap returns the cause.
func (u *Unknown) Unwrap() error { return u.Err }

// Invalidf returns an [ErrInvalid] with a sentence for the person who asked.
func Invalidf(format string, args ...any) error {
	return &said{fmt.Sprintf(format, args...), ErrInvalid}
}

// Conflictf returns an [ErrConflict] with a sentence for the person who asked.
func Conflictf(format string, args ...any) error {
	return &said{fmt.Sprintf(format, args...), ErrConflict}
}

// Deniedf returns an [ErrDenied] with a sentence for the person who asked.
func Deniedf(format string, args ...any) error {
	return &said{fmt.Sprintf(format, args...), ErrDenied}
}

// said is a sentence that stands for one of the sentinels.
type said struct {
	sentence string
	kind     error
}

func (s *said) Error() string { return s.sentence }
func (s *said) Unwrap() error { return s.kind }
