package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// stored is what the store has of a mention that arrives again.
type stored struct {
	n       int64
	id      desk.MentionID
	digest  string
	version int
	gone    bool
	caseID  desk.CaseID
	brand   string
	ours    bool
	counts  desk.Counts
	words   desk.Version // the wording in force, wanted when it is about to be replaced
}

// arrival is a judged mention between its checks and its rows.
type arrival struct {
	*desk.Arrival
	n      int64
	id     desk.MentionID
	digest string
	old    *stored // nil when it is new
	landed desk.Landed
}

// insertChunk is how many mentions one statement inserts: enough to spare round trips, few enough to keep the text small.
const insertChunk = 50

// PutArrivals stores what a source brought: new mentions with their verdict, new wordings of known ones, a sighting for each.
// The answer has one entry for each arrival, in order. Two arrivals of one key must not be in the same call. An arrival that is
// stored already takes the brand under which it was first seen, and stays ours if a source that knows our account said so.
func (tx *Tx) PutArrivals(ctx context.Context, source string, in []desk.Arrival) ([]desk.Landed, error) {
	list, err := tx.prepare(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("looking up mentions: %w", err)
	}
	fresh, edited, again := split(list)
	if err := tx.insertFresh(ctx, source, fresh); err != nil {
		return nil, fmt.Errorf("storing mentions: %w", err)
	}
	// What another process stored between our look and our insert is known now.
	var late []*arrival
	fresh = slices.DeleteFunc(fresh, func(a *arrival) bool {
		if a.landed.New {
			return false
		}
		late = append(late, a)
		return true
	})
	if err := tx.catchUp(ctx, late, &edited, &again); err != nil {
		return nil, err
	}
	tx.fresh += len(fresh)
	moved := map[rollupKey]int64{}
	for _, step := range []func() error{
		func() error { return tx.recount(ctx, edited, moved) },
		func() error { return tx.putEdits(ctx, edited) },
		func() error { return tx.putAgain(ctx, again) },
		func() error { return tx.putVerdicts(ctx, append(slices.Clone(fresh), edited...)) },
		func() error { return tx.putRaw(ctx, append(slices.Clone(fresh), edited...)) },
		func() error { return tx.putSightings(ctx, source, list) },
		func() error { return tx.putSamples(ctx, list) },
		func() error { return tx.countRollup(ctx, source, fresh, moved) },
		func() error { return tx.countSource(ctx, source, len(fresh)) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	out := make([]desk.Landed, len(list))
	for i, a := range list {
		a.landed.ID = a.id
		out[i] = a.landed
	}
	return out, nil
}

// prepare pairs each arrival with what is stored of it.
func (tx *Tx) prepare(ctx context.Context, in []desk.Arrival) ([]*arrival, error) {
	list := make([]*arrival, len(in))
	keys := make([]desk.Key, len(in))
	for i := range in {
		list[i] = &arrival{Arrival: &in[i], digest: in[i].Mention.Digest()}
		keys[i] = in[i].Mention.Key()
	}
	known, err := tx.stored(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i, a := range list {
		a.take(known[keys[i]])
	}
	return list, nil
}

// take notes what is stored of the arrival.
func (a *arrival) take(old *stored) {
	if a.old = old; old == nil {
		return
	}
	a.n, a.id = old.n, old.id
	a.Mention.Brand, a.Mention.Ours = old.brand, a.Mention.Ours || old.ours
	a.landed.Version, a.landed.Case = old.version, old.caseID
	if a.landed.Edited = old.digest != a.digest; a.landed.Edited {
		a.landed.Version++
	}
}

func split(list []*arrival) (fresh, edited, again []*arrival) {
	for _, a := range list {
		switch {
		case a.old == nil:
			fresh = append(fresh, a)
		case a.landed.Edited:
			edited = append(edited, a)
		default:
			again = append(again, a)
		}
	}
	return fresh, edited, again
}

// stored looks keys up, a statement for each site and stretch.
func (tx *Tx) stored(ctx context.Context, keys []desk.Key) (map[desk.Key]*stored, error) {
	return lookup(ctx, tx.q, keys, tx.d.maxArgs)
}

func lookup(ctx context.Context, q querier, keys []desk.Key, most int) (map[desk.Key]*stored, error) {
	found := make(map[desk.Key]*stored, len(keys))
	bySite := map[desk.Site][]string{}
	for _, k := range keys {
		bySite[k.Site] = append(bySite[k.Site], string(k.Remote))
	}
	for site, remotes := range bySite {
		for part := range slices.Chunk(remotes, min(500, most-1)) {
			var w where
			w.add("site = ?", site)
			w.in("remote_id", part)
			_, err := collect(ctx, q, func(s scanner) (struct{}, error) {
				o, remote, err := scanStored(s)
				found[desk.Key{Site: site, Remote: desk.RemoteID(remote)}] = o
				return struct{}{}, err
			}, `SELECT remote_id, n, id, digest, version, gone_at, case_id, brand, ours, likes, shares, replies, views, seen_at, title, text, rating, rating_best
				FROM mention`+w.String(), w.args...)
			if err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

func scanStored(s scanner) (*stored, string, error) {
	var o stored
	var remote string
	var gone, ours, seen int64
	err := s.Scan(&remote, &o.n, &o.id, &o.digest, &o.version, &gone, &o.caseID, &o.brand, &ours, &o.counts.Likes, &o.counts.Shares, &o.counts.Replies,
		&o.counts.Views, &seen, &o.words.Title, &o.words.Text, &o.words.Rating.Value, &o.words.Rating.Best)
	o.ours = ours != 0
	o.gone, o.words.Number, o.words.At = gone != 0, o.version, at(seen)
	return &o, remote, err
}

// Known tells of each key what the store remembers, so that what has not changed need not be judged again.
func (s *Store) Known(ctx context.Context, keys []desk.Key) (map[desk.Key]desk.Known, error) {
	found, err := lookup(ctx, s.read, keys, s.d.maxArgs)
	if err != nil {
		return nil, fmt.Errorf("looking up mentions: %w", err)
	}
	out := make(map[desk.Key]desk.Known, len(found))
	for k, o := range found {
		out[k] = desk.Known{ID: o.id, Digest: o.digest, Version: o.version, Gone: o.gone, Case: o.caseID}
	}
	return out, nil
}

// mentionInsert names the columns of a new mention; mentionArgs gives their values in the same order.
var mentionInsert = strings.Fields(`id site remote_id kind thread parent author_key author_id handle author_name author_url followers
	title text said_lang url rating rating_best posted_at edited_at seen_at visibility ours likes shares replies views source brand version
	digest extra language sentiment urgency intent spam judged_at search`)

func (a *arrival) args(source string, now time.Time) ([]any, error) {
	m, v := &a.Mention, &a.Verdict
	extra, err := extraJSON(m.Extra)
	if err != nil {
		return nil, err
	}
	return []any{a.id, m.Site, m.Remote, m.Kind, m.Thread, m.Parent, m.AuthorKey(), m.Author.ID, m.Author.Handle, m.Author.Name, m.Author.URL,
		m.Author.Followers, m.Title, m.Text, m.Language, m.URL, m.Rating.Value, m.Rating.Best, us(m.PostedAt), us(m.EditedAt), us(now),
		cmp.Or(m.Visibility, desk.Public), bit(m.Ours), m.Counts.Likes, m.Counts.Shares, m.Counts.Replies, m.Counts.Views, source, m.Brand,
		int64(1), a.digest, extra, v.Language.Label, v.Sentiment.Label, int64(desk.UrgencyRank(v.Urgency.Label)), v.Intent.Label, v.Spam.Label,
		us(now), searchText(m)}, nil
}

func (tx *Tx) insertFresh(ctx context.Context, source string, fresh []*arrival) error {
	for part := range slices.Chunk(fresh, insertChunk) {
		args := make([]any, 0, len(part)*len(mentionInsert))
		byID := make(map[desk.MentionID]*arrival, len(part))
		for _, a := range part {
			a.id = desk.MentionID(desk.NewID())
			if a.Mention.ID != "" { // seeds bring their own
				a.id = a.Mention.ID
			}
			byID[a.id] = a
			row, err := a.args(source, tx.now)
			if err != nil {
				return err
			}
			args = append(args, row...)
		}
		_, err := collect(ctx, tx.q, func(s scanner) (struct{}, error) {
			var n int64
			var id desk.MentionID
			if err := s.Scan(&n, &id); err != nil {
				return struct{}{}, err
			}
			a := byID[id]
			a.n, a.landed.New, a.landed.Version = n, true, 1
			return struct{}{}, nil
		}, `INSERT INTO mention (`+strings.Join(mentionInsert, ", ")+`) VALUES `+tx.d.rows(len(part), len(mentionInsert))+`
			ON CONFLICT (site, remote_id) DO NOTHING RETURNING n, id`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// catchUp sorts arrivals that somebody else stored a moment ago into what they are now.
func (tx *Tx) catchUp(ctx context.Context, late []*arrival, edited, again *[]*arrival) error {
	if len(late) == 0 {
		return nil
	}
	keys := make([]desk.Key, len(late))
	for i, a := range late {
		keys[i] = a.Mention.Key()
	}
	known, err := tx.stored(ctx, keys)
	if err != nil {
		return fmt.Errorf("looking up mentions again: %w", err)
	}
	for i, a := range late {
		if a.take(known[keys[i]]); a.old == nil {
			return fmt.Errorf("storing mention %s of %s: %w", a.Mention.Remote, a.Mention.Site, desk.ErrConflict)
		}
	}
	_, e, k := split(late)
	*edited, *again = append(*edited, e...), append(*again, k...)
	return nil
}

// searchMost is how much of a mention is searched, in bytes. PostgreSQL refuses to index more than a megabyte of words and positions.
const searchMost = 128 << 10

// searchText is what full-text search sees of a mention.
func searchText(m *desk.Mention) string {
	words := text.SearchTokens(m.Title + "\n" + m.Author.Handle + " " + m.Author.Name + "\n" + m.Text)
	return text.Cut(words, searchMost)
}

func extraJSON(extra map[string]string) (string, error) {
	if len(extra) == 0 {
		return "", nil
	}
	b, err := json.Marshal(extra)
	return string(b), err
}
