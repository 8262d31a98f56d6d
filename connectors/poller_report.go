package connectors

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"regexp"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

const (
	defaultEvery   = 5 * time.Minute  // of a source that does not say
	firstRetry     = 30 * time.Second // after a failure that may pass by itself
	longestRetry   = 15 * time.Minute // between two tries at what may pass, unless the interval is longer
	longestPenalty = time.Hour        // between two tries at what a person must look at, unless the interval is longer
	longestAsked   = 24 * time.Hour   // a site that asks for more is tried again after a day all the same
	longestError   = 500              // bytes of an error that are kept
)

// report writes how the poll went and says in the log when a source begins to fail, stops or recovers.
func (p *Poller) report(ctx context.Context, state desk.SourceState, lease desk.Lease, b Batch, out outcome, src desk.Source) error {
	now := time.Now()
	r := desk.PollReport{Lease: lease, At: now, Spend: b.Spend.Micros, Units: b.Spend.Units, GapNote: gapNote(b.Gap)}
	r.Next = nextPoll(src, now, state.Failures, out.failure, b.Wait)
	if out.more {
		r.Next = now
	} else if out.failure == nil && b.More {
		r.Next = now.Add(min(b.Wait, longestAsked))
	}
	if out.failure != nil {
		r.Err, r.Stop = sentence(out.failure), errors.Is(out.failure, ErrStopped)
	}
	if err := p.store.ReportPoll(ctx, r); err != nil {
		return fmt.Errorf("reporting: %w", err)
	}
	p.say(state, out.failure, r.Stop)
	return nil
}

// say logs the turns of a source's health and nothing between them.
func (p *Poller) say(before desk.SourceState, failure error, stop bool) {
	log := p.opt.Log.With("source", before.Name)
	var panicked *Panic
	switch {
	case stop:
		log.Warn("source stopped until its configuration changes", "error", failure)
	case failure != nil && before.Health != desk.HealthFailing && errors.As(failure, &panicked):
		log.Warn("source fails", "error", failure, "stack", string(panicked.Stack))
	case failure != nil && before.Health != desk.HealthFailing:
		log.Warn("source fails", "error", failure)
	case failure == nil && before.Health == desk.HealthFailing:
		log.Info("source recovered", "after", time.Since(before.FailingSince).Round(time.Second))
	}
}

// nextPoll says when a source is polled next. The same source waits the same share beyond its interval every time, up to a
// tenth, different from other sources' shares: polls spread out, none comes early, and the moment can be foretold.
func nextPoll(src desk.Source, now time.Time, failures int, failure error, wait time.Duration) time.Time {
	every := src.Every
	if every <= 0 {
		every = defaultEvery
	}
	d := every
	var transient *desk.Transient
	switch {
	case errors.As(failure, &transient):
		d = doubled(min(firstRetry, every), failures, max(longestRetry, every))
		wait = max(wait, transient.After)
	case failure != nil:
		d = doubled(every, failures, max(longestPenalty, every))
	}
	d = max(d, min(wait, longestAsked))
	return now.Add(d + jitter(src.Name, d))
}

// doubled doubles d once for each earlier failure, up to a limit.
func doubled(d time.Duration, times int, limit time.Duration) time.Duration {
	for range times {
		if d >= limit/2 {
			return limit
		}
		d *= 2
	}
	return d
}

// jitter is a share of d from nothing to a tenth that depends on the name alone.
func jitter(name string, d time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return time.Duration(float64(d) / 10 * float64(h.Sum64()%1000) / 1000)
}

// sentence is an error as it is kept: one line of bounded length.
func sentence(err error) string {
	s := strings.ToValidUTF8(strings.Join(strings.Fields(err.Error()), " "), "�")
	if s == "" {
		return "the connector failed without saying why"
	}
	if len(s) > longestError {
		s = text.Cut(s, longestError) + "…"
	}
	return s
}

func gapNote(g *Gap) string {
	switch {
	case g == nil:
		return ""
	case g.Since.IsZero():
		return g.Note
	}
	return fmt.Sprintf("%s (complete until %s)", g.Note, g.Since.UTC().Format(time.RFC3339))
}

// worthStoring spares a transaction where nothing came and nothing moved. The end of first contact always counts.
func worthStoring(s desk.SourceState, in desk.Intake, failure error) bool {
	came := len(in.Mentions)+len(in.Gone)+len(in.Poison) > 0
	return came || in.Cursor != s.Cursor || in.First && failure == nil
}

// intake is a batch on its way into the store. An empty Next leaves the cursor where it was: a connector that fails before it
// knows where it stands must not send its source back to the beginning.
func intake(src desk.Source, s desk.SourceState, lease desk.Lease, b Batch, at time.Time) desk.Intake {
	complete(src, &b, at)
	in := desk.Intake{
		Source: src, Lease: lease, At: at,
		Mentions: b.Mentions, Gone: b.Gone, Poison: b.Poison,
		Cursor: string(b.Next), More: b.More, First: s.FirstPollAt.IsZero(),
	}
	if in.Cursor == "" {
		in.Cursor = s.Cursor
	}
	return in
}

// Pushed is a delivery's batch on its way into the store: it moves no cursor and holds no lease.
func Pushed(src desk.Source, b Batch, at time.Time) desk.Intake {
	complete(src, &b, at)
	return desk.Intake{Source: src, At: at, Mentions: b.Mentions, Gone: b.Gone, Poison: b.Poison}
}

// complete fills in what every mention of a source has in common. A mention that nobody could find again is poison.
func complete(src desk.Source, b *Batch, at time.Time) {
	kept := make([]desk.Mention, 0, len(b.Mentions))
	for _, m := range b.Mentions {
		if m.Site == "" {
			m.Site = src.Site
		}
		if m.Brand == "" {
			m.Brand = src.Brand
		}
		m.Source, m.SeenAt, m.Raw = src.Name, at, withoutTokens(m.Raw)
		if m.Site == "" || m.Remote == "" {
			b.Poison = append(b.Poison, desk.Poison{Err: "an item without an identifier: " + sentence(errors.New(m.Words())), Raw: m.Raw})
			continue
		}
		kept = append(kept, m)
	}
	b.Mentions = kept
	for i := range b.Poison {
		b.Poison[i].Source, b.Poison[i].At, b.Poison[i].Raw = src.Name, at, withoutTokens(b.Poison[i].Raw)
	}
}

// tokenInLink is a token in an address, as Meta puts the caller's own into the links to further pages that stand inside of an item.
var tokenInLink = regexp.MustCompile(`((?:access_token|appsecret_proof)(?:=|%3[Dd]))[^&"'<>\\\s]+`)

// withoutTokens takes tokens out of what a site sent: it is kept, backed up and shown to colleagues.
func withoutTokens(raw []byte) []byte {
	if !bytes.Contains(raw, []byte("access_token")) && !bytes.Contains(raw, []byte("appsecret_proof")) {
		return raw
	}
	return tokenInLink.ReplaceAll(raw, []byte("$1***"))
}
