package connectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Backward reads a list that is ordered newest first and pages only into the past. Tokens of such pages serve one walk, so the
// cursor holds a high-water mark: every walk goes from the top down to where the last one began, less the overlap.
type Backward struct {
	// Page fetches a page; an empty token is the top. An error that wraps [desk.ErrInvalid], [desk.ErrNotFound] or [desk.ErrGone] for
	// a token that is not empty means that the network does not know it any more: the walk begins anew.
	Page func(ctx context.Context, token string) (Page, error)

	Overlap time.Duration // looked at again by every walk; 10 min when 0
	History time.Duration // how far back the first walk goes; 0 for everything there is
	Window  time.Duration // after which the network gives an item no more; a longer silence of ours is a gap; 0 when items stay
	Pages   int           // fetched in one poll before the batch is stored; 5 when 0
	Now     func() time.Time
}

// Page is one page of a list.
type Page struct {
	Items []Item
	Next  string // token of the next older page; empty at the end
	Spend Spend
}

// Item is one thing on a page.
type Item struct {
	ID     desk.RemoteID
	At     time.Time      // by which the list is ordered; zero takes that of the item before
	Tell   []desk.Mention // told together when the item is new or their wording changed: a review and its answer, or nothing
	Mark   string         // what else makes it another when it changes: whether an answer is still checked
	Poison *desk.Poison   // instead, when it could not be read
}

// backwardPlace is what the cursor of a backward walk holds.
type backwardPlace struct {
	Seen
	OK   int64         `json:"ok,omitempty"`   // when the last walk began that reached its end, ms since 1970
	Walk *backwardWalk `json:"walk,omitempty"` // that takes several polls
}

// backwardWalk is a walk that has not reached its end.
type backwardWalk struct {
	Token string     `json:"token,omitempty"` // of the page that comes next
	Began int64      `json:"began"`           // ms
	Anew  bool       `json:"anew,omitempty"`  // it had to begin again, and no token was taken since
	Top   int64      `json:"top,omitempty"`   // newest moment seen, ms
	Kept  []SeenItem `json:"kept,omitempty"`  // what the next walk will see again, newest first
	Short int64      `json:"short,omitempty"` // the overlap must not reach back beyond here: no more were kept, ms
}

// Poll walks on from a cursor. Its batch and error are those of [Connector.Poll].
func (b Backward) Poll(ctx context.Context, since Cursor) (Batch, error) {
	var at backwardPlace
	if err := since.Resume(&at); err != nil {
		return Batch{Next: since}, err
	}
	var out Batch
	err := b.walk(ctx, &at, &out)
	return out.At(at, since, err)
}

func (b Backward) walk(ctx context.Context, at *backwardPlace, out *Batch) error {
	if at.Walk == nil {
		b.begin(at, out)
	}
	for range cmp.Or(b.Pages, 5) {
		w := at.Walk
		p, err := b.Page(ctx, w.Token)
		out.Spend.Micros += p.Spend.Micros
		out.Spend.Units += p.Spend.Units
		if err != nil && w.Token != "" && forgotten(err) {
			if w.Anew { // twice in a row: the network refuses whatever it hands out. The next poll sees at least the top again
				at.Walk = nil
				return err
			}
			b.begin(at, out)
			at.Walk.Anew, out.More = true, true
			return nil
		}
		if err != nil {
			return err
		}
		w.Anew = w.Anew && w.Token == ""
		past := b.take(at, out, p)
		if past || p.Next == "" {
			b.finish(at)
			return nil
		}
		if p.Next == w.Token {
			return errors.New("the list does not end: a page names itself as the next")
		}
		w.Token = p.Next
	}
	out.More = true
	return nil
}

// forgotten tells whether an error to a page's token means that the token is of no use any more.
func forgotten(err error) bool {
	return errors.Is(err, desk.ErrInvalid) || errors.Is(err, desk.ErrNotFound) || errors.Is(err, desk.ErrGone)
}

// begin starts a walk at the top.
func (b Backward) begin(at *backwardPlace, out *Batch) {
	now := b.Now()
	if at.OK == 0 && at.Low == 0 && b.History > 0 {
		at.Low = now.Add(-b.History).UnixMilli()
	}
	if ok := time.UnixMilli(at.OK).UTC(); at.OK > 0 && b.Window > 0 && now.Sub(ok) > b.Window {
		out.Gap = &Gap{Since: ok, Note: fmt.Sprintf("The network gives what is older than %s no more, and the last complete poll was longer ago.", days(b.Window))}
	}
	at.Walk = &backwardWalk{Began: now.UnixMilli()}
}

// take tells what is new on a page and says whether the walk came to what earlier walks told.
func (b Backward) take(at *backwardPlace, out *Batch, p Page) (past bool) {
	var moment time.Time
	for _, item := range p.Items {
		switch {
		case !item.At.IsZero():
			moment = item.At
		case moment.IsZero():
			moment = b.Now()
		}
		past = at.Past(moment)
		mark := SeenItem{item.ID, moment.UnixMilli(), item.sum()}
		if at.told(mark) {
			at.Walk.keep(mark, b.overlap(), b.Now())
			continue
		}
		at.Walk.keep(mark, b.overlap(), b.Now())
		out.Mentions = append(out.Mentions, item.Tell...)
		if item.Poison != nil {
			out.Poison = append(out.Poison, *item.Poison)
		}
	}
	return past
}

// told tells whether an item was told as it reads now.
func (at *backwardPlace) told(mark SeenItem) bool {
	same := func(one SeenItem) bool { return one.ID == mark.ID }
	for _, list := range [][]SeenItem{at.Walk.Kept, at.Items} {
		if i := slices.IndexFunc(list, same); i >= 0 {
			return list[i].Sum == mark.Sum
		}
	}
	return mark.At < at.Low
}

// keep remembers an item for the next walk, when that will see it again.
func (w *backwardWalk) keep(mark SeenItem, overlap time.Duration, now time.Time) {
	w.Top = max(w.Top, mark.At)
	if mark.At < min(w.Top, now.UnixMilli())-overlap.Milliseconds() {
		return
	}
	w.Kept = slices.DeleteFunc(w.Kept, func(one SeenItem) bool { return one.ID == mark.ID })
	if len(w.Kept) >= maxSeen {
		w.Short = max(w.Short, mark.At+1)
		return
	}
	w.Kept = append(w.Kept, mark)
}

// finish ends a walk that reached its end.
func (b Backward) finish(at *backwardPlace) {
	w := at.Walk
	at.OK, at.Walk = w.Began, nil
	if w.Top == 0 {
		return
	}
	// A clock that runs ahead at the network must not make us skip what is said until ours has caught up.
	top := min(w.Top, b.Now().UnixMilli())
	at.Low = max(at.Low, top-b.overlap().Milliseconds(), w.Short)
	at.Items = slices.DeleteFunc(w.Kept, func(one SeenItem) bool { return one.At < at.Low })
}

func (b Backward) overlap() time.Duration { return cmp.Or(max(0, b.Overlap), 10*time.Minute) }

// sum identifies what an item says.
func (i Item) sum() string {
	if i.Poison != nil {
		return "poison"
	}
	all := desk.Mention{Text: i.Mark}
	for _, m := range i.Tell {
		all.Text += m.Digest()
	}
	return all.Digest()[:8]
}

func days(d time.Duration) string {
	if d >= 48*time.Hour && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.String()
}
