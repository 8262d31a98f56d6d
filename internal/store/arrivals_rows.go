package store

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/earshotdesk/earshot/internal/desk"
)

// putEdits replaces the wording of known mentions and keeps the old one as a version.
func (tx *Tx) putEdits(ctx context.Context, edited []*arrival) error {
	for _, a := range edited {
		m, v, old := &a.Mention, &a.Verdict, a.old.words
		_, err := tx.exec(ctx, `INSERT INTO mention_version (n, version, at, title, text, rating, rating_best) VALUES `+tx.d.rows(2, 7)+` ON CONFLICT DO NOTHING`,
			a.n, old.Number, us(old.At), old.Title, old.Text, old.Rating.Value, old.Rating.Best,
			a.n, a.landed.Version, us(tx.now), m.Title, m.Text, m.Rating.Value, m.Rating.Best)
		if err != nil {
			return fmt.Errorf("keeping a version: %w", err)
		}
		edited := m.EditedAt
		if edited.IsZero() {
			edited = tx.now
		}
		_, err = tx.exec(ctx, `UPDATE mention SET title = $1, text = $2, rating = $3, rating_best = $4, edited_at = $5, version = $6, digest = $7,
			language = $8, sentiment = $9, urgency = $10, intent = $11, spam = $12, judged_at = $13, search = $14, gone_at = 0,
			likes = $15, shares = $16, replies = $17, views = $18 WHERE n = $19`,
			m.Title, m.Text, m.Rating.Value, m.Rating.Best, us(edited), a.landed.Version, a.digest,
			v.Language.Label, v.Sentiment.Label, desk.UrgencyRank(v.Urgency.Label), v.Intent.Label, v.Spam.Label, us(tx.now), searchText(m),
			m.Counts.Likes, m.Counts.Shares, m.Counts.Replies, m.Counts.Views, a.n)
		if err != nil {
			return fmt.Errorf("storing an edit: %w", err)
		}
		if _, err := tx.exec(ctx, `DELETE FROM mention_tag WHERE n = $1`, a.n); err != nil {
			return fmt.Errorf("clearing tags: %w", err)
		}
	}
	return nil
}

// putAgain notes what may change without an edit: that it is there, and how it was received.
func (tx *Tx) putAgain(ctx context.Context, again []*arrival) error {
	for _, a := range again {
		c := a.Mention.Counts
		if !a.old.gone && (c.Zero() || c == a.old.counts) {
			continue
		}
		if c.Zero() {
			c = a.old.counts
		}
		_, err := tx.exec(ctx, `UPDATE mention SET gone_at = 0, likes = $1, shares = $2, replies = $3, views = $4 WHERE n = $5`,
			c.Likes, c.Shares, c.Replies, c.Views, a.n)
		if err != nil {
			return fmt.Errorf("noting a mention again: %w", err)
		}
	}
	return nil
}

// putVerdicts stores the conclusions and their tags. Mentions of ours have none.
func (tx *Tx) putVerdicts(ctx context.Context, list []*arrival) error {
	type tag struct {
		kind, name string
		n          int64
	}
	var verdicts, tags []any
	seen := map[tag]bool{}
	for _, a := range list {
		if a.Mention.Ours {
			continue
		}
		v := &a.Verdict
		body, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("writing a verdict: %w", err)
		}
		verdicts = append(verdicts, a.n, us(tx.now), v.Model, v.Rules, v.Failed, string(body))
		for kind, names := range map[string][]desk.Named{"brand": v.Brands, "product": v.Products, "topic": v.Topics} {
			for _, named := range names {
				if t := (tag{kind, named.Name, a.n}); !seen[t] {
					seen[t] = true
					tags = append(tags, t.kind, t.name, t.n)
				}
			}
		}
	}
	if err := tx.insertMany(ctx, "verdict (n, at, model, rules, failed, body)", 6, "DO NOTHING", verdicts); err != nil {
		return fmt.Errorf("storing verdicts: %w", err)
	}
	if err := tx.insertMany(ctx, "mention_tag (kind, name, n)", 3, "DO NOTHING", tags); err != nil {
		return fmt.Errorf("storing tags: %w", err)
	}
	return nil
}

// insertMany inserts rows of the given width, a few hundred arguments a statement.
func (tx *Tx) insertMany(ctx context.Context, into string, width int, conflict string, args []any) error {
	for part := range slices.Chunk(args, width*100) {
		_, err := tx.exec(ctx, "INSERT INTO "+into+" VALUES "+tx.d.rows(len(part)/width, width)+" ON CONFLICT "+conflict, part...)
		if err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) putSightings(ctx context.Context, source string, list []*arrival) error {
	args := make([]any, 0, len(list)*3)
	for _, a := range list {
		args = append(args, source, a.n, us(tx.now))
	}
	if err := tx.insertMany(ctx, "sighting (source, n, first_at)", 3, "DO NOTHING", args); err != nil {
		return fmt.Errorf("storing sightings: %w", err)
	}
	return nil
}

// putSamples keeps how a mention was received whenever that changed.
func (tx *Tx) putSamples(ctx context.Context, list []*arrival) error {
	var args []any
	for _, a := range list {
		c := a.Mention.Counts
		if c.Zero() || (a.old != nil && a.old.counts == c) {
			continue
		}
		args = append(args, a.n, us(tx.now), c.Likes, c.Shares, c.Replies, c.Views)
	}
	if err := tx.insertMany(ctx, "sample (n, at, likes, shares, replies, views)", 6, "DO NOTHING", args); err != nil {
		return fmt.Errorf("storing samples: %w", err)
	}
	return nil
}

// countRollup adds new mentions to the hourly counts, and moves edited ones by their new verdicts.
func (tx *Tx) countRollup(ctx context.Context, source string, fresh []*arrival, moved map[rollupKey]int64) error {
	for _, a := range fresh {
		if a.Mention.Ours {
			continue
		}
		when := a.Mention.PostedAt
		if when.IsZero() {
			when = tx.now
		}
		moved[rollupKey{when.Unix() / 3600, a.Mention.Brand, source, a.Verdict.Language.Label, a.Verdict.Sentiment.Label}]++
	}
	return tx.shiftRollup(ctx, moved)
}

// recount notes how edits move the hourly counts, before their new labels are written.
func (tx *Tx) recount(ctx context.Context, edited []*arrival, moved map[rollupKey]int64) error {
	list := make([]desk.Rejudged, 0, len(edited))
	for _, a := range edited {
		if !a.Mention.Ours {
			list = append(list, desk.Rejudged{N: a.n, Verdict: a.Verdict})
		}
	}
	for part := range slices.Chunk(list, 200) {
		was, err := tx.standingVerdicts(ctx, part)
		if err != nil {
			return err
		}
		for i := range part {
			if old := was[part[i].N]; old != nil {
				old.move(&part[i].Verdict, moved)
			}
		}
	}
	return nil
}

func (tx *Tx) countSource(ctx context.Context, source string, fresh int) error {
	if fresh == 0 {
		return nil
	}
	_, err := tx.exec(ctx, `UPDATE source SET mentions = mentions + $1, last_new_at = $2 WHERE name = $3`, fresh, us(tx.now), source)
	if err != nil {
		return fmt.Errorf("counting a source's mentions: %w", err)
	}
	return nil
}

// putRaw keeps what the site sent, compressed.
func (tx *Tx) putRaw(ctx context.Context, list []*arrival) error {
	var args []any
	for _, a := range list {
		if len(a.Mention.Raw) == 0 {
			continue
		}
		packed, err := pack(a.Mention.Raw)
		if err != nil {
			return fmt.Errorf("compressing: %w", err)
		}
		args = append(args, a.n, a.landed.Version, us(tx.now), packed)
	}
	if err := tx.insertMany(ctx, "raw (n, version, at, body)", 4, "DO NOTHING", args); err != nil {
		return fmt.Errorf("storing what the site sent: %w", err)
	}
	return nil
}

// packers are reused: setting one up costs more than compressing a post.
var packers = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // the level is valid
	return w
}}

// small is below how many bytes compressing saves less room than it takes time: as much as storing the whole mention.
const small = 512

func pack(raw []byte) ([]byte, error) {
	if len(raw) < small {
		return plain(raw), nil
	}
	var b bytes.Buffer
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	w.Reset(&b)
	if _, err := w.Write(raw); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// plain wraps up to 64 kB as they are, in a form that [unpack] reads: one stored block, RFC 1951 section 3.2.4.
func plain(raw []byte) []byte {
	const last = 1
	out := make([]byte, 0, len(raw)+5)
	out = append(out, last)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(raw)))
	out = binary.LittleEndian.AppendUint16(out, ^uint16(len(raw)))
	return append(out, raw...)
}

func unpack(packed []byte) ([]byte, error) {
	return io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
}
