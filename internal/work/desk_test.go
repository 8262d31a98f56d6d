package work_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
	"github.com/earshotdesk/earshot/internal/store"
	"github.com/earshotdesk/earshot/internal/work"
)

// inTx hands the store's transactions to the use cases.
type inTx struct{ *store.Store }

func (s inTx) Update(ctx context.Context, fn func(work.Tx) error) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error { return fn(tx) })
}

// bench is a desk on a real store, with one source and a few people.
type bench struct {
	t     *testing.T
	ctx   context.Context
	store *store.Store
	desk  *work.Desk
	now   time.Time
	lease desk.Lease
	src   desk.Source

	anna, bela, chief *desk.User
}

type option func(*work.Options)

// engines runs a test on both engines.
func engines(t *testing.T, test func(t *testing.T, b *bench), change ...option) {
	t.Helper()
	t.Parallel()
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return realsrv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, setup(t, dsn(t), change...))
		})
	}
}

func setup(t *testing.T, dsn string, change ...option) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	var err error
	b.store, err = store.Open(b.ctx, store.Options{DSN: dsn, Now: func() time.Time { return b.now }, Log: slog.New(slog.DiscardHandler)})
	b.must(err)
	t.Cleanup(func() { _ = b.store.Close() })
	o := work.Options{
		Store: inTx{b.store},
		Judge: judge,
		Workflow: desk.Workflow{
			Undo: desk.Duration(10 * time.Second), Join: desk.Duration(7 * 24 * time.Hour), Open: desk.OpenPolicy{Sentiment: []string{desk.Negative}},
		},
		Answer: func(desk.Mention) work.Answer {
			return work.Answer{Account: "acme", Publish: true, Replies: true, Many: true, Limit: 40, Unit: "characters"}
		},
	}
	for _, f := range change {
		f(&o)
	}
	b.desk = work.New(o)
	b.src = desk.Source{Name: "wall", Kind: "demo", Site: "demo:x", Brand: "acme", Every: time.Minute, Account: "acme"}
	b.must(b.store.SyncSources(b.ctx, []desk.Source{b.src}))
	_, lease, ok, err := b.store.LeaseSource(b.ctx, "wall", "test", time.Hour, b.now, true)
	b.must(err)
	if !ok {
		t.Fatal("the source could not be leased")
	}
	b.lease = lease
	b.anna, b.bela, b.chief = b.person("Anna", desk.RoleAgent), b.person("Béla", desk.RoleAgent), b.person("Chief", desk.RoleAdmin)
	return b
}

// judge is triage with an opinion about one word, so that these tests do not depend on a model.
func judge(in desk.TriageInput) desk.Verdict {
	v := desk.Verdict{
		Language: desk.Tag{Label: "en"}, Sentiment: desk.Sentiment{Label: desk.Neutral}, Urgency: desk.Tag{Label: desk.UrgencyNormal},
		Intent: desk.Tag{Label: desk.IntentOther}, Spam: desk.Tag{Label: desk.No},
	}
	if strings.Contains(in.Text, "broken") {
		v.Sentiment.Label = desk.Negative
	}
	if strings.Contains(in.Text, "fire") {
		v.Urgency.Label = desk.UrgencyCritical
	}
	return v
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) person(name string, role desk.Role) *desk.User {
	b.t.Helper()
	u, _, err := b.desk.AddUser(b.ctx, &desk.User{ID: "setup"}, desk.User{Email: strings.ToLower(strings.ReplaceAll(name, "é", "e")) + "@example.com", Name: name, Role: role})
	b.must(err)
	return &u
}

// post is a mention that asks for work.
func post(remote, author string, change ...func(*desk.Mention)) desk.Mention {
	m := desk.Mention{Remote: desk.RemoteID(remote), Kind: desk.KindPost, Author: desk.Author{ID: desk.RemoteID(author), Handle: author}, Text: "it is broken " + remote}
	for _, f := range change {
		f(&m)
	}
	return m
}

func words(s string) func(*desk.Mention) { return func(m *desk.Mention) { m.Text = s } }
func under(id string) func(*desk.Mention) {
	return func(m *desk.Mention) { m.Parent, m.Thread = desk.RemoteID(id), desk.RemoteID(id) }
}
func byUs(m *desk.Mention) { m.Ours = true }

// bring ingests mentions as a later poll does.
func (b *bench) bring(mentions ...desk.Mention) desk.IngestResult {
	b.t.Helper()
	return b.intake(desk.Intake{Mentions: mentions})
}

func (b *bench) intake(in desk.Intake) desk.IngestResult {
	b.t.Helper()
	in.Source, in.Lease, in.At, in.Cursor = b.src, b.lease, b.now, strconv.FormatInt(b.now.UnixMicro(), 10)
	r, err := b.desk.Ingest(b.ctx, in)
	b.must(err)
	return r
}

// cards returns the board's cases, all columns together.
func (b *bench) cards() []desk.Card {
	b.t.Helper()
	var out []desk.Card
	for _, col := range desk.Columns() {
		page, err := b.store.ListCards(b.ctx, desk.Everything, desk.CaseFilter{}, col, "", 100)
		b.must(err)
		out = append(out, page.Cards...)
	}
	return out
}

// only returns the one case there is.
func (b *bench) only() desk.Card {
	b.t.Helper()
	cards := b.cards()
	if len(cards) != 1 {
		b.t.Fatalf("there are %d cases, want one", len(cards))
	}
	return cards[0]
}

func (b *bench) view(id desk.CaseID) desk.CaseView {
	b.t.Helper()
	v, err := b.store.CaseView(b.ctx, desk.Everything, id)
	b.must(err)
	return v
}

// seen is what somebody sees who looks now.
func (b *bench) seen(id desk.CaseID, target desk.MentionID) desk.Seen {
	b.t.Helper()
	m, err := b.store.Mention(b.ctx, desk.Everything, target)
	b.must(err)
	return desk.Seen{Case: b.view(id).Case.Version, Target: m.Version}
}

// draft writes an answer to the only case.
func (b *bench) draft(text string) (desk.Card, desk.Reply) {
	b.t.Helper()
	c := b.only()
	r, err := b.desk.SaveDraft(b.ctx, b.anna, c.ID, c.Case.Head, text, 0)
	b.must(err)
	return b.only(), r
}

// queued writes and sends an answer to the only case.
func (b *bench) queued(text string) (desk.Card, desk.Reply) {
	b.t.Helper()
	c, r := b.draft(text)
	r, err := b.desk.Send(b.ctx, b.anna, r.ID, r.Version, b.seen(c.ID, c.Case.Head))
	b.must(err)
	return b.only(), r
}

// claim leases the entry that is due.
func (b *bench) claim() desk.Entry {
	b.t.Helper()
	entries, err := b.store.ClaimEntries(b.ctx, desk.EntryPublish, "test", time.Minute, 10)
	b.must(err)
	if len(entries) != 1 {
		b.t.Fatalf("%d entries are due, want one", len(entries))
	}
	return entries[0]
}
