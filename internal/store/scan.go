package store

import (
	"encoding/json"
	"fmt"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Each list of columns goes with the function below it and expects the alias that its columns carry. The functions named …With
// scan further columns that a query adds after the list.

// mentionColumns are of mention m; [scanMention] reads them. Raw and the verdict stand in their own tables.
const mentionColumns = `m.n, m.id, m.site, m.remote_id, m.kind, m.thread, m.parent, m.author_key, m.author_id, m.handle, m.author_name,
	m.author_url, m.followers, m.title, m.text, m.said_lang, m.url, m.rating, m.rating_best, m.posted_at, m.edited_at, m.seen_at,
	m.gone_at, m.visibility, m.ours, m.likes, m.shares, m.replies, m.views, m.source, m.brand, m.version, m.extra, m.case_id`

func scanMention(row scanner) (desk.MentionRow, error) { return scanMentionWith(row) }

func scanMentionWith(row scanner, more ...any) (r desk.MentionRow, err error) {
	m := &r.Mention
	var authorKey, extra string
	var posted, edited, seen, gone, ours int64
	err = row.Scan(append([]any{&r.N, &m.ID, &m.Site, &m.Remote, &m.Kind, &m.Thread, &m.Parent, &authorKey, &m.Author.ID,
		&m.Author.Handle, &m.Author.Name, &m.Author.URL, &m.Author.Followers, &m.Title, &m.Text, &m.Language, &m.URL,
		&m.Rating.Value, &m.Rating.Best, &posted, &edited, &seen, &gone, &m.Visibility, &ours, &m.Counts.Likes, &m.Counts.Shares,
		&m.Counts.Replies, &m.Counts.Views, &m.Source, &m.Brand, &m.Version, &extra, &m.Case}, more...)...)
	if err != nil {
		return r, err
	}
	m.PostedAt, m.EditedAt, m.SeenAt, m.GoneAt = at(posted), at(edited), at(seen), at(gone)
	m.Ours, m.Anonymous = ours != 0, authorKey == ""
	return r, fromJSON(extra, &m.Extra)
}

// judgedColumns and judgedFrom add the verdict in force; [scanJudged] reads both.
const (
	judgedColumns = mentionColumns + `, COALESCE(v.body, '')`
	judgedFrom    = `mention m LEFT JOIN verdict v ON v.n = m.n AND v.at = m.judged_at`
)

func scanJudged(row scanner) (desk.MentionRow, error) { return scanJudgedWith(row) }

func scanJudgedWith(row scanner, more ...any) (desk.MentionRow, error) {
	var body string
	r, err := scanMentionWith(row, append([]any{&body}, more...)...)
	if err != nil {
		return r, err
	}
	return r, fromJSON(body, &r.Verdict)
}

// caseColumns are of cases c; [scanCase] reads them.
const caseColumns = `c.id, c.brand, c.site, c.thread, c.author, c.head, c.state, c.owner, c.snoozed_until, c.version, c.urgency, c.sentiment,
	c.mentions, c.opened_at, c.changed_at, c.remark_at, c.taken_at, c.answered_at, c.resolved_at, c.reopened, c.reason`

func scanCase(row scanner) (desk.Case, error) { return scanCaseWith(row) }

func scanCaseWith(row scanner, more ...any) (c desk.Case, err error) {
	var snoozed, urgency, opened, changed, remark, taken, answered, resolved int64
	err = row.Scan(append([]any{&c.ID, &c.Brand, &c.Site, &c.Thread, &c.Author, &c.Head, &c.State, &c.Owner, &snoozed, &c.Version,
		&urgency, &c.Sentiment, &c.Mentions, &opened, &changed, &remark, &taken, &answered, &resolved, &c.Reopened, &c.Reason}, more...)...)
	c.Urgency = desk.UrgencyOf(int(urgency))
	c.SnoozedUntil, c.OpenedAt, c.ChangedAt, c.RemarkAt = at(snoozed), at(opened), at(changed), at(remark)
	c.TakenAt, c.AnsweredAt, c.ResolvedAt = at(taken), at(answered), at(resolved)
	return c, err
}

// replyColumns are of reply r; [scanReply] reads them.
const replyColumns = `r.id, r.case_id, r.parent, r.account, r.text, r.state, r.visibility, r.outdated, r.version, r.seen_case, r.seen_target,
	r.author, r.approved_by, r.note, r.created_at, r.changed_at, r.send_at, r.started_at, r.published_at, r.receipt, r.changing`

func scanReply(row scanner) (r desk.Reply, err error) {
	var outdated, created, changed, send, started, published int64
	var receipt, changing string
	err = row.Scan(&r.ID, &r.Case, &r.Parent, &r.Account, &r.Text, &r.State, &r.Visibility, &outdated, &r.Version, &r.SeenCase,
		&r.SeenTarget, &r.Author, &r.ApprovedBy, &r.Note, &created, &changed, &send, &started, &published, &receipt, &changing)
	if err != nil {
		return r, err
	}
	r.Outdated = outdated != 0
	r.CreatedAt, r.ChangedAt, r.SendAt, r.StartedAt, r.PublishedAt = at(created), at(changed), at(send), at(started), at(published)
	if err := fromJSON(receipt, &r.Receipt); err != nil {
		return r, err
	}
	return r, fromJSON(changing, &r.Change)
}

// entryColumns are of outbox o; [scanEntry] reads them.
const entryColumns = `o.id, o.kind, o.key, o.order_key, o.subject, o.account, o.body, o.state, o.attempts, o.next_at, o.created_at,
	o.started_at, o.lease_owner, o.fence, o.lease_until, o.error, o.receipt`

func scanEntry(row scanner) (desk.Entry, error) { return scanEntryWith(row) }

func scanEntryWith(row scanner, more ...any) (e desk.Entry, err error) {
	var next, created, started, until int64
	var receipt string
	err = row.Scan(append([]any{&e.ID, &e.Kind, &e.Key, &e.Order, &e.Subject, &e.Account, &e.Body, &e.State, &e.Attempts, &next,
		&created, &started, &e.Lease.Owner, &e.Lease.Fence, &until, &e.Error, &receipt}, more...)...)
	if err != nil {
		return e, err
	}
	e.Lease.Name, e.Lease.Until = string(e.ID), at(until)
	e.NextAt, e.CreatedAt, e.StartedAt = at(next), at(created), at(started)
	return e, fromJSON(receipt, &e.Receipt)
}

// eventColumns are of event e; [scanEvent] reads them.
const eventColumns = `e.n, e.at, e.actor, e.what, e.case_id, e.mention_id, e.reply_id, e.subject, e.brand, e.from_state, e.to_state`

func scanEvent(row scanner) (e desk.Event, err error) {
	var when int64
	err = row.Scan(&e.N, &when, &e.Actor, &e.What, &e.Case, &e.Mention, &e.Reply, &e.Subject, &e.Brand, &e.From, &e.To)
	e.At = at(when)
	return e, err
}

// toJSON writes a value as a text column keeps it. What the desk stores always encodes.
func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encoding a column: %w", err)
	}
	return string(b), nil
}

// fromJSON reads a text column; an empty one leaves v as it is.
func fromJSON(text string, v any) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("decoding a column: %w", err)
	}
	return nil
}
