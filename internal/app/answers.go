package app

import (
	"cmp"
	"context"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/outbox"
	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/internal/work"
	"github.com/earshotdesk/earshot/web"
)

// answer says who answers a mention: the account of the source that saw it first. Where nobody does, it says what the site takes.
func (a *App) answer(m desk.Mention) work.Answer {
	s, ok := a.sources[m.Source]
	if !ok {
		return work.Answer{}
	}
	_, edits := s.connector.(connectors.Editor)
	_, deletes := s.connector.(connectors.Deleter)
	w := work.Answer{
		Replies: s.caps.Replies, Many: s.caps.Many, Edit: s.caps.Edit && edits, Delete: s.caps.Delete && deletes,
		Limit: s.caps.Limit, Unit: unitWords(s.caps.Counts), Length: lengthOf(s.caps.Counts),
	}
	if s.account != nil {
		w.Account, w.Publish = s.account.Name, s.account.Publish == "on"
	}
	return w
}

// pageAnswer says the same to the pages.
func (a *App) pageAnswer(m *desk.Mention) web.Answer {
	w := a.answer(*m)
	s, known := a.sources[m.Source]
	out := web.Answer{
		Possible: w.Account != "" && w.Replies, As: w.Account, Max: w.Limit, Counts: s.caps.Counts, Length: w.Length,
		One: w.Replies && !w.Many, Edit: w.Edit, Delete: w.Delete, Delay: s.caps.Delay, Moderates: s.caps.Moderates, Cost: s.caps.Cost,
	}
	switch {
	case !w.Replies:
		out.ByHand, out.Why = known, "This site takes no answers from outside."
	case w.Account == "":
		out.ByHand, out.Why = known, "No account answers on this source."
	case !w.Publish:
		out.Hold = "Publishing is off for the account " + w.Account + ". An admin turns it on in the configuration."
	}
	if s.account != nil && s.account.Handle != "" {
		out.As = "@" + s.account.Handle
	}
	return out
}

func lengthOf(unit string) func(string) int {
	return func(s string) int { return text.Length(s, text.Unit(unit)) }
}

func unitWords(unit string) string {
	if unit == "bytes" {
		return "bytes"
	}
	return "characters"
}

// answering finds the source through which an account answers a mention.
func (a *App) answering(account string, parent desk.Mention) (source, outbox.Terms, error) {
	s, ok := a.sources[parent.Source]
	if !ok || s.account == nil || s.account.Name != account {
		return source{}, outbox.Terms{}, desk.Deniedf("The account %s does not answer on the source %s any more.", account, parent.Source)
	}
	return s, terms(s.caps, cmp.Or(a.opt.ReplyTimeout, replyTimeout)), nil
}

// speaker finds who speaks for an account about a mention, and what the network promises.
func (a *App) speaker(_ context.Context, account string, parent desk.Mention) (outbox.Speaker, outbox.Terms, error) {
	s, t, err := a.answering(account, parent)
	if err != nil {
		return nil, t, err
	}
	replier, ok := s.connector.(connectors.Replier)
	if !ok {
		return nil, t, desk.Deniedf("The source %s takes no replies.", parent.Source)
	}
	return replier, t, nil
}

// mender finds who edits and deletes an account's replies to a mention.
func (a *App) mender(_ context.Context, account string, parent desk.Mention) (outbox.Mender, outbox.Terms, error) {
	s, t, err := a.answering(account, parent)
	return hand{s.connector}, t, err
}

// hand changes what a connector said, as far as the connector can.
type hand struct{ connectors.Connector }

func (h hand) Edit(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) (desk.Receipt, error) {
	e, ok := h.Connector.(connectors.Editor)
	if !ok {
		return desk.Receipt{}, desk.Deniedf("Answers on %s cannot be edited from here.", out.Parent.Site)
	}
	return e.Edit(ctx, out, receipt)
}

func (h hand) Delete(ctx context.Context, out desk.Outgoing, receipt desk.Receipt) error {
	d, ok := h.Connector.(connectors.Deleter)
	if !ok {
		return desk.Deniedf("Answers on %s cannot be deleted from here.", out.Parent.Site)
	}
	return d.Delete(ctx, out, receipt)
}

// replyTimeout bounds one call that says something in public.
const replyTimeout = 20 * time.Second

// terms reads a network's promise as the outbox needs it.
func terms(c connectors.Capabilities, timeout time.Duration) outbox.Terms {
	t := outbox.Terms{Delay: c.Delay, Timeout: timeout}
	switch c.Certainty {
	case connectors.CertainReal, connectors.CertainUpsert:
		t.Resend = -1 // the second of two equal replies is dropped, or takes the place of the first
	case connectors.CertainWindow:
		t.Resend = c.Resend
	}
	return t
}
