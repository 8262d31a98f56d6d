package x

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Recheck looks known posts up by their ids, at the price of posts: each once a day, for that is how soon X wants removed posts to be
// removed, and how often it charges. A post that was edited meanwhile is looked up again under its new id.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	var b connectors.Batch
	known = slices.DeleteFunc(slices.Clone(known), func(m desk.Mention) bool { return hour(m) != c.now().UTC().Hour() })
	if len(known) == 0 {
		return b, nil
	}
	left, err := c.left(ctx, c.forLooks())
	if err != nil {
		return b, err
	}
	known = known[:min(int64(len(known)), max(0, left/(2*pricePost)))]
	if len(known) == 0 {
		return b, &desk.Transient{Err: errors.New("looking at known posts again: what may be spent on that by this day of the month is spent")}
	}
	by := make(map[string]desk.Mention, len(known))
	for _, m := range known {
		by[latest(m)] = m
	}
	edited, err := c.lookUp(ctx, by, &b)
	if err == nil && len(edited) > 0 {
		_, err = c.lookUp(ctx, edited, &b)
	}
	if err != nil {
		return b, fmt.Errorf("looking at known posts again: %w", err)
	}
	return b, nil
}

// hour is that of the day in which a post is looked at again.
func hour(m desk.Mention) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(m.Remote))
	return int(h.Sum32() % 24)
}

// latest is the id of a post's version that is known.
func latest(m desk.Mention) string {
	if id := m.Extra["id"]; id != "" {
		return id
	}
	return string(m.Remote)
}

// lookUp asks for posts by id and tells how they are, and which X says are gone. It returns those that have a newer version.
func (c *Connector) lookUp(ctx context.Context, by map[string]desk.Mention, b *connectors.Batch) (map[string]desk.Mention, error) {
	var p page
	q := c.fields(url.Values{"ids": {strings.Join(slices.Sorted(maps.Keys(by)), ",")}})
	if err := c.api.Get(ctx, "/2/tweets", q, &p); err != nil {
		return nil, err
	}
	if p.Data == nil && p.Errors == nil {
		return nil, errors.New("the answer of X holds neither posts nor what became of them")
	}
	b.Spend.Micros += int64(len(p.Data)) * pricePost
	for _, e := range p.Errors {
		for _, id := range []string{e.ID, e.Value} {
			if m, ok := by[id]; ok && e.gone() {
				b.Gone = append(b.Gone, m.Remote)
				delete(by, id)
			}
		}
	}
	edited := map[string]desk.Mention{}
	for _, raw := range p.Data {
		one, err := readPost(raw)
		if err != nil {
			continue // it was read before; what it is now nobody can say
		}
		m, ok := by[one.ID]
		switch {
		case !ok:
		case one.newest() != one.ID:
			edited[one.newest()] = m
		default:
			now := one.mention(self{}, m.Author, c.now())
			now.Ours = m.Ours
			if how := m.Extra["summons"]; how != "" {
				now.Extra["summons"] = how
			}
			b.Mentions = append(b.Mentions, now)
		}
	}
	return edited, nil
}
