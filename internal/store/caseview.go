package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// What the case page shows at most; a person cannot read more, and a thread may have a hundred thousand comments.
const (
	mostThread  = 300 // mentions, of the case and around it, each
	mostHistory = 300 // events
)

// CaseView returns everything the case page shows.
func (s *Store) CaseView(ctx context.Context, scope desk.Scope, id desk.CaseID) (desk.CaseView, error) {
	var v desk.CaseView
	var w where
	w.add("c.id = ?", id)
	w.scope("c.brand", scope.Brands)
	var err error
	v.Case, err = scanCase(s.read.QueryRowContext(ctx, "SELECT "+caseColumns+" FROM cases c"+w.String(), w.args...))
	if err != nil {
		return v, one(err, "case "+string(id))
	}
	if v.Thread, err = s.thread(ctx, scope, &v.Case); err != nil {
		return v, fmt.Errorf("reading the thread of case %s: %w", id, err)
	}
	if v.Versions, err = s.versions(ctx, v.Thread); err != nil {
		return v, fmt.Errorf("reading the wordings of case %s: %w", id, err)
	}
	v.Replies, err = collect(ctx, s.read, scanReply, "SELECT "+replyColumns+" FROM reply r WHERE r.case_id = $1 ORDER BY r.id", id)
	if err != nil {
		return v, fmt.Errorf("reading the replies of case %s: %w", id, err)
	}
	if v.Past, err = s.past(ctx, id); err != nil {
		return v, fmt.Errorf("reading what the replies of case %s said: %w", id, err)
	}
	v.History, err = collect(ctx, s.read, scanEvent, "SELECT "+eventColumns+" FROM event e WHERE e.case_id = $1 AND e.case_id <> '' ORDER BY e.n DESC LIMIT $2", id, mostHistory)
	if err != nil {
		return v, fmt.Errorf("reading the history of case %s: %w", id, err)
	}
	if v.Names, err = s.names(ctx, &v); err != nil {
		return v, fmt.Errorf("reading the people of case %s: %w", id, err)
	}
	v.OwnerName = v.Names[v.Case.Owner]
	return v, nil
}

// thread returns the mentions of a case and what is known of the conversations around them, oldest first. What another brand's
// people may see only stays out.
func (s *Store) thread(ctx context.Context, scope desk.Scope, c *desk.Case) ([]desk.MentionRow, error) {
	found := map[int64]desk.MentionRow{}
	add := func(w where) error {
		w.scope("m.brand", scope.Brands)
		rows, err := collect(ctx, s.read, scanJudged, "SELECT "+judgedColumns+" FROM "+judgedFrom+w.String()+" ORDER BY m.n DESC"+w.number(" LIMIT ?", mostThread), w.args...)
		for _, r := range rows {
			found[r.N] = r
		}
		return err
	}
	var own where
	own.add("m.case_id = ?", c.ID)
	own.add("m.case_id <> ''")
	if err := add(own); err != nil {
		return nil, err
	}
	for _, k := range conversations(c, found) {
		var around, root where
		around.add("m.site = ?", k.Site)
		around.add("m.thread = ?", k.Remote)
		root.add("m.site = ?", k.Site)
		root.add("m.remote_id = ?", k.Remote)
		if err := cmp.Or(add(around), add(root)); err != nil {
			return nil, err
		}
	}
	out := make([]desk.MentionRow, 0, len(found))
	for _, r := range found {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b desk.MentionRow) int { return cmp.Or(said(a).Compare(said(b)), cmp.Compare(a.N, b.N)) })
	return out, nil
}

// said is when something was said, as well as we know.
func said(r desk.MentionRow) time.Time {
	if r.PostedAt.IsZero() {
		return r.SeenAt
	}
	return r.PostedAt
}

// conversations names the threads that a case touches; a post that starts one may not say so itself.
func conversations(c *desk.Case, mentions map[int64]desk.MentionRow) []desk.Key {
	keys := []desk.Key{{Site: c.Site, Remote: c.Thread}}
	for _, m := range mentions {
		keys = append(keys, desk.Key{Site: m.Site, Remote: cmp.Or(m.Thread, m.Remote)})
	}
	keys = slices.DeleteFunc(keys, func(k desk.Key) bool { return k.Remote == "" })
	slices.SortFunc(keys, func(a, b desk.Key) int { return cmp.Or(cmp.Compare(a.Site, b.Site), cmp.Compare(a.Remote, b.Remote)) })
	return slices.Compact(keys)
}

// versions returns the wordings of each mention that has more than one, oldest first.
func (s *Store) versions(ctx context.Context, thread []desk.MentionRow) (map[desk.MentionID][]desk.Version, error) {
	ids := map[int64]desk.MentionID{}
	var numbers []any
	for _, m := range thread {
		if m.Version > 1 {
			ids[m.N] = m.ID
			numbers = append(numbers, m.N)
		}
	}
	out := make(map[desk.MentionID][]desk.Version, len(ids))
	if len(numbers) == 0 {
		return out, nil
	}
	var w where
	w.add("n IN ("+marks(len(numbers))+")", numbers...)
	_, err := collect(ctx, s.read, func(row scanner) (v desk.Version, err error) {
		var n, when int64
		err = row.Scan(&n, &v.Number, &when, &v.Title, &v.Text, &v.Rating.Value, &v.Rating.Best)
		v.At = at(when)
		out[ids[n]] = append(out[ids[n]], v)
		return v, err
	}, "SELECT n, version, at, title, text, rating, rating_best FROM mention_version"+w.String()+" ORDER BY n, version", w.args...)
	return out, err
}

// names returns the name of every user that a case, its replies and its history mention.
func (s *Store) names(ctx context.Context, v *desk.CaseView) (map[desk.UserID]string, error) {
	ids := []string{string(v.Case.Owner)}
	for _, r := range v.Replies {
		ids = append(ids, string(r.Author), string(r.ApprovedBy), string(r.Change.By))
		for _, p := range v.Past[r.ID] {
			ids = append(ids, string(p.By))
		}
	}
	for _, e := range v.History {
		ids = append(ids, e.Actor)
		if e.What == desk.EventCaseOwner {
			ids = append(ids, e.From, e.To)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := make(map[desk.UserID]string, len(ids))
	var w where
	w.in("id", ids)
	_, err := collect(ctx, s.read, func(row scanner) (name string, err error) {
		var id desk.UserID
		err = row.Scan(&id, &name)
		out[id] = name
		return name, err
	}, "SELECT id, name FROM users"+w.String(), w.args...)
	return out, err
}
