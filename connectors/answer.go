package connectors

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// OneAnswer answers where a review has one answer and writing another replaces it. It reads before it writes, so that an answer
// which a person wrote elsewhere is never replaced. Embedded in a connector it makes it a [Replier] and an [Editor]; between its
// look and its call lies an instant that such networks offer no way to close.
type OneAnswer struct {
	Account *Account
	Caps    Capabilities
	// Look reads the review and its answer as they are now. An error that wraps [desk.ErrNotFound] says that the review is gone.
	// Nothing has left, whatever the error.
	Look func(ctx context.Context, parent desk.Mention) (Standing, error)
	// Put writes the answer and returns it as the network keeps it. Its errors are those of [Replier.Reply].
	Put func(ctx context.Context, out desk.Outgoing) (Standing, error)
}

// Standing is a review as it stands at its network, and its answer.
type Standing struct {
	Review  desk.Mention // as it reads now; without words it is not compared with what the agent read
	Words   string       // of the answer; empty when there is none
	Void    bool         // the network rejected the answer: nobody sees it, and other words may take its place
	Receipt desk.Receipt
}

// receipt proves the answer that stands.
func (s Standing) receipt(parent desk.Mention) desk.Receipt {
	r := s.Receipt
	r.Remote, r.Sum = parent.Remote+AnswerSuffix, Sum(s.Words)
	if r.URL == "" {
		r.URL = parent.URL
	}
	return r
}

// edited tells whether the review has other words or other stars than when the agent read it.
func (s Standing) edited(read desk.Mention) bool {
	words, stars := read.Words() != "" && s.Review.Words() != "", read.Rating.Known() && s.Review.Rating.Known()
	return words && !SameWords(read.Words(), s.Review.Words()) || stars && read.Rating != s.Review.Rating
}

// Reply says the answer, unless it stands there already.
func (a OneAnswer) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := Sayable(a.Account, a.Caps, out); err != nil {
		return desk.Receipt{}, err
	}
	s, err := a.look(ctx, out.Parent)
	switch {
	case err != nil:
		return desk.Receipt{}, err
	case s.Words != "" && SameWords(s.Words, out.Text):
		return s.receipt(out.Parent), nil
	case s.Words != "" && !s.Void:
		return desk.Receipt{}, desk.Deniedf("the review has been answered already by somebody else; another answer would replace that one")
	case s.edited(out.Parent):
		return desk.Receipt{}, desk.Deniedf("the review was edited after it was read; read it again before answering")
	}
	return a.put(ctx, out)
}

// look is [OneAnswer.Look] whose ErrNotFound has become a sentence.
func (a OneAnswer) look(ctx context.Context, parent desk.Mention) (Standing, error) {
	s, err := a.Look(ctx, parent)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return s, fmt.Errorf("the review is no longer there: %w", desk.ErrGone)
	case err != nil:
		return s, fmt.Errorf("looking at the review: %w", err)
	}
	return s, nil
}

func (a OneAnswer) put(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	s, err := a.Put(ctx, out)
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	}
	if s.Words == "" {
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the network took the answer but did not confirm its words")}
	}
	return s.receipt(out.Parent), nil
}

// Find looks whether the review's answer is this one, and what the network makes of it. What somebody else answered is not it.
func (a OneAnswer) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	s, err := a.look(ctx, out.Parent)
	switch {
	case errors.Is(err, desk.ErrGone): // the review went, and what stood under it
		return desk.Found{Finding: desk.FoundAbsent}, nil
	case err != nil:
		return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading the answer back: %w", err)
	case s.Words == "" || !SameWords(s.Words, out.Text):
		return desk.Found{Finding: desk.FoundAbsent}, nil
	}
	return desk.Found{Finding: desk.FoundIt, Receipt: s.receipt(out.Parent)}, nil
}

// Edit gives our answer other words. Repeating it does no harm.
func (a OneAnswer) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	if err := Sayable(a.Account, a.Caps, out); err != nil {
		return desk.Receipt{}, err
	}
	s, err := a.look(ctx, out.Parent)
	switch {
	case err != nil:
		return desk.Receipt{}, err
	case s.Words == "":
		return desk.Receipt{}, fmt.Errorf("the answer is no longer there: %w", desk.ErrGone)
	case SameWords(s.Words, out.Text):
		return s.receipt(out.Parent), nil
	case !ours(out, receipt, s.Words):
		return desk.Receipt{}, desk.Deniedf("the answer was changed at the network since; the desk does not replace what a person wrote there")
	}
	return a.put(ctx, out)
}

// OneRemovable is [OneAnswer] where an answer can be removed again. Embedded in a connector it makes it a [Deleter] too.
type OneRemovable struct {
	OneAnswer
	Remove func(ctx context.Context, parent desk.Mention) error // an error that wraps ErrNotFound: it was gone already
}

// Delete removes our answer. One that is gone already counts as removed.
func (a OneRemovable) Delete(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) error {
	s, err := a.look(ctx, out.Parent)
	switch {
	case errors.Is(err, desk.ErrGone), err == nil && s.Words == "":
		return nil
	case err != nil:
		return err
	case !ours(out, receipt, s.Words):
		return desk.Deniedf("the answer was changed at the network since; the desk does not remove what a person wrote there")
	}
	if err := a.Remove(ctx, out.Parent); err != nil && !errors.Is(err, desk.ErrNotFound) {
		return fmt.Errorf("deleting: %w", err)
	}
	return nil
}

// Sum identifies the words of an answer, for [desk.Receipt.Sum]: equal where [SameWords] says so.
func Sum(words string) string {
	sum := sha256.Sum256([]byte(plainWords(words)))
	return hex.EncodeToString(sum[:8])
}

// Ours tells whether an answer that stands under a review is still the one that a receipt proves. Where a review has one answer only,
// editing or removing it must not touch what a person has put in its place since.
func Ours(receipt desk.Receipt, words string) bool {
	return receipt.Sum != "" && receipt.Sum == Sum(words)
}

// ours tells whether an answer may be changed: it is as the network kept it, or reads as the person saw it who asked. The latter is all
// there is of an answer that was not sent from here, or whose receipt got lost.
func ours(out desk.Outgoing, receipt desk.Receipt, words string) bool {
	return Ours(receipt, words) || out.Was != "" && SameWords(out.Was, words)
}
