package work_test

import (
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// What a network says it keeps after an edit is what the next change must find there; and who changes is told which words the person
// saw who asked, not those that a poll brought since.
func TestChangesKnowWhatTheyReplace(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("First", desk.Receipt{Sum: "s1"})
		begin := func(kind string) (desk.Entry, desk.Outgoing, desk.Receipt) {
			t.Helper()
			b.now = b.now.Add(time.Minute)
			e := b.due(kind)
			out, receipt, err := b.desk.BeginChange(b.ctx, e)
			b.must(err)
			return e, out, receipt
		}
		_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, "Second", 0)
		b.must(err)
		e, out, receipt := begin(desk.EntryEdit)
		if out.Was != "First" || out.Text != "Second" || receipt.Sum != "s1" {
			t.Errorf("the edit replaces %q (%s) by %q", out.Was, receipt.Sum, out.Text)
		}
		b.must(b.desk.SettleChange(b.ctx, e, desk.Settlement{State: desk.EntryDone, Receipt: desk.Receipt{Remote: "r1", Sum: "s2"}}))
		_, err = b.desk.DeletePublished(b.ctx, b.anna, r.ID, 0)
		b.must(err)
		ours := post("r1", "acme", func(m *desk.Mention) { m.Text, m.Ours, m.Parent, m.Thread = "Another hand's", true, "1", "1" })
		b.bring(ours)
		if _, out, receipt = begin(desk.EntryDelete); out.Was != "Second" || receipt.Sum != "s2" {
			t.Errorf("the deletion takes away %q (%s)", out.Was, receipt.Sum)
		}
	}, editable)
}
