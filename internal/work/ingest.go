package work

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// historySpan is how far back an author's earlier mentions count.
const historySpan = 30 * 24 * time.Hour

// Ingest stores an intake whole or not at all: judges what is new or edited, then writes mentions, cases, counts, events and the
// cursor in one transaction. ErrConflict when the lease is lost.
func (d *Desk) Ingest(ctx context.Context, in desk.Intake) (desk.IngestResult, error) {
	tidy(&in)
	for try := 1; ; try++ {
		arrivals, judged, err := d.judge(ctx, in)
		if err != nil {
			return desk.IngestResult{}, fmt.Errorf("judging: %w", err)
		}
		var r desk.IngestResult
		err = d.o.Store.Update(ctx, func(tx Tx) error {
			r = desk.IngestResult{} // the transaction may have been tried before
			return d.store(ctx, tx, in, arrivals, judged, &r)
		})
		if errors.Is(err, errUnjudged) && try < mostTries {
			continue
		}
		if err != nil {
			return desk.IngestResult{}, fmt.Errorf("storing what %s brought: %w", in.Source.Name, err)
		}
		return r, nil
	}
}

// errUnjudged says that a mention needs a verdict after all: when triage looked, its words were the stored ones, and another
// source has stored others since.
var errUnjudged = errors.New("the words changed while they were judged")

// mostTries bounds how often that is tried.
const mostTries = 5

// judge gives each new or edited mention its verdict, and tells which have one. It runs before the transaction, so that nothing
// waits for it.
func (d *Desk) judge(ctx context.Context, in desk.Intake) ([]desk.Arrival, []bool, error) {
	keys := make([]desk.Key, len(in.Mentions))
	for i := range in.Mentions {
		keys[i] = in.Mentions[i].Key()
	}
	known, err := d.o.Store.Known(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	past, err := d.history(ctx, in, known)
	if err != nil {
		return nil, nil, err
	}
	pace, err := d.pace(ctx, in, known)
	if err != nil {
		return nil, nil, err
	}
	out, judged := make([]desk.Arrival, len(in.Mentions)), make([]bool, len(in.Mentions))
	for i, m := range in.Mentions {
		out[i].Mention = m
		k, old := known[keys[i]]
		if m.Ours || (old && k.Digest == m.Digest()) {
			continue
		}
		c := past[desk.Key{Site: m.Site, Remote: desk.RemoteID(m.AuthorKey())}]
		if old && c.AuthorPosts > 0 {
			c.AuthorPosts-- // the edited one itself
		}
		if c.ThreadHour = pace[desk.Key{Site: m.Site, Remote: m.Thread}]; !old && fresh(&m, in.At) && c.ThreadHour > 0 {
			c.ThreadHour-- // itself
		}
		text := Input(m, c)
		text.Age = age(&m, in.At)
		out[i].Verdict, judged[i] = d.o.Judge(text), true
	}
	return out, judged, nil
}

// Input is a mention as triage looks at it.
func Input(m desk.Mention, c desk.Context) desk.TriageInput {
	return desk.TriageInput{
		Text: m.Words(), Language: m.Language, Rating: m.Rating, Kind: m.Kind, Source: m.Source, Site: m.Site, Author: m.Author, Context: c,
		Counts: m.Counts, Age: age(&m, m.SeenAt),
	}
}

// history reads what the authors of new and edited mentions wrote before, by site and author. First contact does without: there is
// no before.
func (d *Desk) history(ctx context.Context, in desk.Intake, known map[desk.Key]desk.Known) (map[desk.Key]desk.Context, error) {
	past := map[desk.Key]desk.Context{}
	if in.First || in.OpenNone {
		return past, nil
	}
	bySite := map[desk.Site][]string{}
	asked := map[desk.Key]bool{}
	for i := range in.Mentions {
		m := &in.Mentions[i]
		who := desk.Key{Site: m.Site, Remote: desk.RemoteID(m.AuthorKey())}
		k, old := known[m.Key()]
		if who.Remote == "" || m.Ours || asked[who] || (old && k.Digest == m.Digest()) {
			continue
		}
		asked[who] = true
		bySite[m.Site] = append(bySite[m.Site], m.AuthorKey())
	}
	for site, authors := range bySite {
		found, err := d.o.Store.History(ctx, site, authors, in.At.Add(-historySpan))
		if err != nil {
			return nil, err
		}
		for a, c := range found {
			past[desk.Key{Site: site, Remote: desk.RemoteID(a)}] = c
		}
	}
	return past, nil
}

// store writes an intake inside its transaction.
func (d *Desk) store(ctx context.Context, tx Tx, in desk.Intake, arrivals []desk.Arrival, judged []bool, r *desk.IngestResult) error {
	if err := tx.Hold(ctx, sites(in)...); err != nil {
		return err
	}
	if err := tx.TakeIntake(ctx, in); err != nil {
		return err
	}
	n, err := tx.PutPoison(ctx, in.Poison)
	if err != nil {
		return err
	}
	r.Poison = n
	landed, err := tx.PutArrivals(ctx, in.Source.Name, arrivals)
	if err != nil {
		return err
	}
	b, err := d.batch(ctx, tx, in, r)
	if err != nil {
		return err
	}
	news := map[string]*brandNews{}
	for i := range arrivals {
		m, l := &arrivals[i].Mention, landed[i]
		m.ID, m.Version, m.Case = l.ID, l.Version, l.Case
		if (l.New || l.Edited) && !m.Ours && !judged[i] {
			return errUnjudged
		}
		switch {
		case l.New:
			r.New++
			note(news, m)
		case l.Edited:
			r.Edited++
		default:
			r.Known++
			if err := d.lookSoon(ctx, tx, m.Case, m); err != nil {
				return fmt.Errorf("mention %s: %w", m.Remote, err)
			}
			continue
		}
		if err := d.follow(ctx, tx, b, &arrivals[i], l); err != nil {
			return fmt.Errorf("mention %s: %w", m.Remote, err)
		}
	}
	for brand, b := range news {
		tx.Emit(desk.Event{What: desk.EventMentionNew, Mention: b.newest, Subject: in.Source.Name, Brand: brand, To: strconv.Itoa(b.n)})
	}
	return d.gone(ctx, tx, in, r)
}

// sites lists the places that an intake is about.
func sites(in desk.Intake) []desk.Site {
	var out []desk.Site
	for i := range in.Mentions {
		if s := in.Mentions[i].Site; len(out) == 0 || out[len(out)-1] != s {
			out = append(out, s)
		}
	}
	if len(in.Gone) > 0 {
		out = append(out, in.Source.Site)
	}
	return out
}

// brandNews counts a batch's new mentions of one brand: one event tells of them all, or a million imported rows would leave a
// million events.
type brandNews struct {
	n      int
	newest desk.MentionID
}

func note(news map[string]*brandNews, m *desk.Mention) {
	b := news[m.Brand]
	if b == nil {
		b = &brandNews{}
		news[m.Brand] = b
	}
	b.n++
	b.newest = m.ID
}

// gone marks what the site removed.
func (d *Desk) gone(ctx context.Context, tx Tx, in desk.Intake, r *desk.IngestResult) error {
	if len(in.Gone) == 0 {
		return nil
	}
	rows, err := tx.MarkGone(ctx, in.Source.Site, in.Gone)
	if err != nil {
		return err
	}
	r.Gone = len(rows)
	if in.Forget {
		if err := tx.Forget(ctx, rows); err != nil {
			return err
		}
	}
	for _, m := range rows {
		tx.Emit(desk.Event{What: desk.EventMentionGone, Mention: m.ID, Case: m.Case, Brand: m.Brand})
		if m.Case == "" {
			continue
		}
		c, err := tx.Case(ctx, desk.Everything, m.Case)
		if err != nil {
			return err
		}
		if err := d.takenAway(ctx, tx, &c, &m.Mention); err != nil {
			return err
		}
		c.ChangedAt = tx.Now()
		if err := tx.UpdateCase(ctx, &c); err != nil { // the version grows: who writes an answer learns of it
			return err
		}
	}
	return nil
}
