package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// A lean verdict lacks its reasons and nothing else that a rule asks about, whatever is said in its names.
func TestLeanVerdicts(t *testing.T) {
	t.Parallel()
	full := mention("acme", "1", "x").Verdict
	full.Products = []desk.Named{{Name: `an ,"reasons":[ in the name`, Score: 1}}
	full.Reasons = []desk.Reason{{Tag: "sentiment", By: "word", Text: `,"reasons":[`}}
	full.Model, full.Rules = "m", "r"
	body, err := toJSON(full)
	if err != nil {
		t.Fatal(err)
	}
	var lean, whole desk.Verdict
	if err := readVerdict(body, true, &lean); err != nil {
		t.Fatal(err)
	}
	if err := readVerdict(body, false, &whole); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(full, whole); diff != "" {
		t.Errorf("whole (-want +got):\n%s", diff)
	}
	full.Reasons, full.Model, full.Rules = nil, "", ""
	if diff := cmp.Diff(full, lean); diff != "" {
		t.Errorf("lean (-want +got):\n%s", diff)
	}
}

// A walk shows every mention of customers once, in either order, in stretches of any size; ours and what is forgotten are left out.
func TestWalk(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		for i, words := range []string{"one", "two", "three", "four", "five", "six"} {
			now = now.Add(time.Hour)
			put(t, s, "src", mention([]string{"acme", "globex"}[i%2], desk.RemoteID(words), words, func(a *desk.Arrival) { a.Mention.Ours = words == "two" }))
		}
		m, err := s.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{Query: "four"}, desk.Page{Limit: 1})
		if err != nil || len(m) != 1 {
			t.Fatal(err)
		}
		if err := s.Update(t.Context(), func(tx *Tx) error { return tx.Forget(t.Context(), m) }); err != nil {
			t.Fatal(err)
		}
		for name, tc := range map[string]struct {
			scope desk.Scope
			walk  desk.Walk
			want  []string
		}{
			"oldest": {desk.Everything, desk.Walk{Limit: 2}, []string{"one", "three", "five", "six"}},
			"newest": {desk.Everything, desk.Walk{Limit: 3, Newest: true, Lean: true}, []string{"six", "five", "three", "one"}},
			"since":  {desk.Everything, desk.Walk{Limit: 10, Since: at1.Add(3 * time.Hour)}, []string{"three", "five", "six"}},
			"brand":  {desk.Scope{Brands: []string{"globex"}}, desk.Walk{Limit: 10}, []string{"six"}},
			"stale":  {desk.Everything, desk.Walk{Limit: 10, Stale: &desk.Judges{}}, nil},
			"others": {desk.Everything, desk.Walk{Limit: 10, Stale: &desk.Judges{Model: "new"}}, []string{"one", "three", "five", "six"}},
		} {
			var got []string
			for walk := tc.walk; ; {
				list, err := s.Judged(t.Context(), tc.scope, walk)
				if err != nil {
					t.Fatal(err)
				}
				if len(list) == 0 {
					break
				}
				for _, j := range list {
					got = append(got, j.Text)
				}
				if walk.After = list[len(list)-1].N; walk.Newest {
					walk.After, walk.Before = 0, list[len(list)-1].N
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// What an author had written, and how much of it waited, is what was known when a mention arrived, not what is known today.
func TestPasts(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		span := 30 * 24 * time.Hour
		say := func(remote desk.RemoteID, who desk.RemoteID) desk.Landed {
			now = now.Add(time.Hour)
			return put(t, s, "src", mention("acme", remote, "words", func(a *desk.Arrival) { a.Mention.Author.ID = who }))[0]
		}
		say("ancient", "eve")
		now = now.Add(span)
		first := say("first", "eve")
		opened := desk.Case{ID: "case", Brand: "acme", Site: "demo:example", Head: first.ID, State: desk.CaseNew, OpenedAt: now}
		err := s.Update(t.Context(), func(tx *Tx) error {
			if err := tx.InsertCase(t.Context(), &opened); err != nil {
				return err
			}
			return tx.Join(t.Context(), first.ID, opened.ID)
		})
		if err != nil {
			t.Fatal(err)
		}
		say("waiting", "eve")
		say("other", "ann")
		now = now.Add(time.Hour)
		err = s.Update(t.Context(), func(tx *Tx) error {
			if err := opened.Move(desk.CaseAnswered, now); err != nil {
				return err
			}
			return tx.UpdateCase(t.Context(), &opened)
		})
		if err != nil {
			t.Fatal(err)
		}
		say("answered", "eve")
		if diff := cmp.Diff([]desk.Context{{}, {}, {AuthorPosts: 1, AuthorUnhandled: 1}, {}, {AuthorPosts: 2}}, s.contexts(t, span)); diff != "" {
			t.Errorf("pasts (-want +got):\n%s", diff)
		}
	})
}

// contexts returns what was known around all mentions.
func (s *Store) contexts(t *testing.T, span time.Duration) (out []desk.Context) {
	t.Helper()
	list, err := s.Judged(t.Context(), desk.Everything, desk.Walk{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	pasts, err := s.Pasts(t.Context(), list, span)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pasts {
		out = append(out, p.Context)
	}
	return out
}

// The pace of a thread and the echo of a mention are those of its arrival, and old threads that were brought at once have none.
func TestPastPace(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		now := at1
		s := e.open(t, clock(&now))
		say := func(remote desk.RemoteID, age time.Duration, likes int64) {
			put(t, s, "src", mention("acme", remote, "words", func(a *desk.Arrival) {
				a.Mention.Thread, a.Mention.Author.ID, a.Mention.PostedAt, a.Mention.Counts.Likes = "root", remote, now.Add(-age), likes
			}))
		}
		for _, old := range []desk.RemoteID{"1", "2", "3"} {
			say(old, 48*time.Hour, 0)
		}
		now = now.Add(2 * time.Hour)
		say("4", time.Minute, 7)
		now = now.Add(time.Minute)
		say("5", time.Minute, 0)
		now = now.Add(time.Hour)
		say("4", 0, 5000)
		if diff := cmp.Diff([]desk.Context{{}, {}, {}, {}, {ThreadHour: 1}}, s.contexts(t, time.Hour)); diff != "" {
			t.Errorf("contexts (-want +got):\n%s", diff)
		}
		list, err := s.Judged(t.Context(), desk.Everything, desk.Walk{After: 3, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		pasts, err := s.Pasts(t.Context(), list, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if p := pasts[0]; p.Counts.Likes != 7 || !p.At.Equal(at1.Add(2*time.Hour)) || list[0].Counts.Likes != 5000 {
			t.Errorf("the mention has %d likes by now and had %+v", list[0].Counts.Likes, p)
		}
	})
}
