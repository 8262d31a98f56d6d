package app

import (
	"errors"
	"fmt"
	"strings"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	ourWords     = "answer " // followed by a number that only one reply has
	foreignWords = "Said by a colleague in the network's own app "
)

// expected tells whether an error is one that an agent meets every day: somebody or something was faster, or it may not be.
func expected(err error) bool {
	return errors.Is(err, desk.ErrConflict) || errors.Is(err, desk.ErrDenied)
}

// disturb lets the public talk, and now and then edit, delete, lock, or a colleague answer by hand. Then it asks for a poll.
func (w *siege) disturb() {
	w.t.Helper()
	if w.dice.IntN(5) < 2 {
		w.posts++
		handle := fmt.Sprintf("person%d", w.dice.IntN(40))
		w.control("POST", "accounts", map[string]any{"handle": handle, "name": handle}, nil)
		w.control("POST", "posts", map[string]any{"handle": handle, "text": fmt.Sprintf("@acme number %d: %s", w.posts, asksWork)}, nil)
	}
	check(w.t, w.app.store.DueNow(w.t.Context(), "town"))
	if w.dice.IntN(25) > 0 {
		return
	}
	cards := w.cards(desk.ColumnTaken, 20)
	if len(cards) == 0 {
		return
	}
	id := string(cards[w.dice.IntN(len(cards))].Head.Remote)
	what := w.dice.IntN(4)
	w.spoiled[desk.RemoteID(id)] = w.spoiled[desk.RemoteID(id)] || what == 1 || what == 2
	switch what {
	case 0:
		w.control("POST", "edit", map[string]any{"id": id, "text": "@acme on second thoughts: " + asksWork}, nil)
	case 1:
		w.control("POST", "remove", map[string]any{"id": id}, nil)
	case 2:
		w.control("POST", "lock", map[string]any{"id": id, "locked": w.dice.IntN(3) > 0}, nil)
	case 3:
		w.colleagues++
		w.control("POST", "posts", map[string]any{"handle": "acme", "parent": id, "text": fmt.Sprintf("%s%d", foreignWords, w.colleagues)}, nil)
	}
}

func (w *siege) cards(column desk.Column, most int) []desk.Card {
	w.t.Helper()
	page, err := w.app.store.ListCards(w.t.Context(), desk.Everything, desk.CaseFilter{}, column, "", most)
	check(w.t, err)
	return page.Cards
}

// work answers a few open cases as an agent would.
func (w *siege) work() {
	w.t.Helper()
	column := desk.ColumnNew
	if w.dice.IntN(3) == 0 {
		column = desk.ColumnTaken
	}
	cards := w.cards(column, 50)
	w.dice.Shuffle(len(cards), func(i, j int) { cards[i], cards[j] = cards[j], cards[i] })
	for _, c := range cards[:min(3, len(cards))] {
		if c.ReplyState.Pending() || c.ReplyState == desk.ReplyUnconfirmed {
			continue
		}
		if err := w.answer(c); err != nil && !expected(err) {
			w.t.Fatalf("answering: %v\n%s", err, w.tail())
		}
	}
}

// answer writes a reply, or takes the one that failed or was taken back, and sends it. Now and then it is taken back at once.
func (w *siege) answer(c desk.Card) error {
	ctx := w.t.Context()
	if c.Owner == "" {
		if err := w.app.work.Claim(ctx, w.agent, c.ID); err != nil {
			return err
		}
	}
	v, err := w.app.store.CaseView(ctx, desk.Everything, c.ID)
	if err != nil {
		return err
	}
	var r desk.Reply
	if n := len(v.Replies); n > 0 && (v.Replies[n-1].State == desk.ReplyDraft || v.Replies[n-1].State == desk.ReplyFailed) {
		r = v.Replies[n-1]
	}
	if r.ID == "" || r.State == desk.ReplyDraft && r.Parent != v.Case.Head {
		words := r.Text
		if words == "" {
			w.answers++
			words = fmt.Sprintf("We are sorry, %s%d.", ourWords, w.answers)
		}
		if r, err = w.app.work.SaveDraft(ctx, w.agent, c.ID, v.Case.Head, words, r.Version); err != nil {
			return err
		}
	}
	target, err := w.app.store.Mention(ctx, desk.Everything, r.Parent)
	if err != nil {
		return err
	}
	if !target.GoneAt.IsZero() {
		return w.app.work.Resolve(ctx, w.agent, c.ID, v.Case.Version, "it was removed")
	}
	if _, err := w.app.work.Send(ctx, w.agent, r.ID, r.Version, desk.Seen{Case: v.Case.Version, Target: target.Version}); err != nil {
		return err
	}
	if w.dice.IntN(15) == 0 {
		_, err = w.app.work.Withdraw(ctx, w.agent, r.ID)
	}
	return err
}

// missing says what the public said that the desk does not know.
func (w *siege) missing() string {
	w.t.Helper()
	known := w.known()
	for _, p := range w.witness() {
		if p.State == demonet.StatePublic && known[desk.RemoteID(p.ID)] == 0 {
			s, err := w.app.store.Source(w.t.Context(), "town")
			return fmt.Sprintf("post %s by %s is not stored: %s; the source is %s %s %v", p.ID, p.Author, p.Text, s.Health, s.Error, err)
		}
	}
	return ""
}

// witness is everything that the network ever took.
func (w *siege) witness() []demonet.Post {
	w.t.Helper()
	var all struct{ Posts []demonet.Post }
	w.control("GET", "posts", nil, &all)
	return all.Posts
}

// known counts how often the desk stored each post.
func (w *siege) known() map[desk.RemoteID]int {
	w.t.Helper()
	known := map[desk.RemoteID]int{}
	for _, ours := range []bool{false, true} {
		for page, more := (desk.Page{Limit: 200}), true; more; {
			rows, err := w.app.store.ListMentions(w.t.Context(), desk.Everything, desk.MentionFilter{Ours: ours}, page)
			check(w.t, err)
			for _, m := range rows {
				known[m.Remote]++
				page.Before = m.N
			}
			more = len(rows) == page.Limit
		}
	}
	return known
}

// audit compares what the desk says with what the network saw.
func (w *siege) audit() {
	w.t.Helper()
	for id, n := range w.known() {
		if n != 1 {
			w.t.Errorf("post %s is stored %d times", id, n)
		}
	}
	said := map[string][]demonet.Post{} // by us, by words
	for _, p := range w.witness() {
		if p.Author == "acme" && !strings.HasPrefix(p.Text, foreignWords) {
			said[p.Text] = append(said[p.Text], p)
		}
	}
	states := map[desk.ReplyState]int{}
	ambiguous := 0
	for _, r := range w.replies() {
		states[r.State]++
		public := said[r.Text]
		delete(said, r.Text)
		if r.State == desk.ReplyUnconfirmed && len(public) > 0 {
			ambiguous++
		}
		w.auditReply(r, public)
		w.auditChange(r, public)
	}
	for words, posts := range said {
		w.t.Errorf("%d times public, and the desk knows of no such reply: %s", len(posts), words)
	}
	w.t.Logf("kills %d (while a reply was with a worker: %d), mentions %d, replies %d, published %d, unconfirmed %d (of these public: %d), failed %d",
		w.kills, w.hits, w.posts, w.answers, states[desk.ReplyPublished], states[desk.ReplyUnconfirmed], ambiguous, states[desk.ReplyFailed])
	w.t.Logf("asked for %d edits and %d deletions", w.edits, w.deletions)
	if states[desk.ReplyPublished] == 0 {
		w.t.Errorf("nothing was published; this run shows nothing\n%s", w.tail())
	}
	if log := w.logged(); strings.Contains(log, "DATA RACE") || strings.Contains(log, "panic") {
		w.t.Errorf("the desks' log:\n%s", log)
	} else if w.t.Failed() {
		w.t.Logf("the end of the desks' log:\n%s", w.tail())
	}
}

// auditReply holds one reply against what of it was ever public.
func (w *siege) auditReply(r desk.Reply, public []demonet.Post) {
	w.t.Helper()
	times := len(public)
	switch {
	case times > 1:
		w.t.Errorf("%q is public %d times, the desk says %s", r.Text, times, r.State)
	case r.State == desk.ReplyPublished && times != 1:
		w.t.Errorf("%q is public %d times, the desk says published", r.Text, times)
	case r.State == desk.ReplyPublished && string(r.Receipt.Remote) != public[0].ID:
		w.t.Errorf("%q is post %s, the receipt says %q", r.Text, public[0].ID, r.Receipt.Remote)
	case r.State.Pending():
		w.t.Errorf("%q is stuck: %s, %s", r.Text, r.State, r.Note)
	case r.State == desk.ReplyUnconfirmed && !w.readBack && !(w.spoiled[w.parent(r)] && strings.Contains(r.Note, "refuses")):
		w.t.Errorf("%q is unconfirmed on a network that drops repetitions: %s", r.Text, r.Note)
	case r.State != desk.ReplyPublished && r.State != desk.ReplyUnconfirmed && times > 0:
		w.t.Errorf("%q is public, the desk says %s", r.Text, r.State)
	}
}

// parent is the post that a reply answers.
func (w *siege) parent(r desk.Reply) desk.RemoteID {
	w.t.Helper()
	m, err := w.app.store.Mention(w.t.Context(), desk.Everything, r.Parent)
	check(w.t, err)
	return m.Remote
}

// replies are all that the desk knows.
func (w *siege) replies() []desk.Reply {
	w.t.Helper()
	var all []desk.Reply
	for _, column := range desk.Columns() {
		for after := ""; ; {
			page, err := w.app.store.ListCards(w.t.Context(), desk.Everything, desk.CaseFilter{}, column, after, 100)
			check(w.t, err)
			for _, c := range page.Cards {
				v, err := w.app.store.CaseView(w.t.Context(), desk.Everything, c.ID)
				check(w.t, err)
				all = append(all, v.Replies...)
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	return all
}
