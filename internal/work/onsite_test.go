package work_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Another hand edits and deletes what we published: the desk notices and says so.
func TestChangedOnTheSite(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		id, r := b.published("We are on it.", desk.Receipt{})
		b.bring(post("r1", "acme", byUs, under("1"), words("We are on it. https://acme.example/help")))
		b.bring(post("r1", "acme", byUs, under("1"), words("We are on it. acme.example/he…")))
		if b.life(r.ID) != "" {
			t.Errorf("a link that the site shortens is taken for an edit: %s", b.life(r.ID))
		}
		b.bring(post("r1", "acme", byUs, under("1"), words("We will refund 50 euros.")))
		if got := b.reply(r.ID); got.Text != "We will refund 50 euros." || b.life(r.ID) != "published us We are on it.\nedited site We will refund 50 euros." {
			t.Errorf("%q\n%s", got.Text, b.life(r.ID))
		}
		b.intake(desk.Intake{Gone: []desk.RemoteID{"r1"}})
		if got := b.reply(r.ID); got.Visibility != desk.VisibleDeleted || !strings.HasSuffix(b.life(r.ID), "\ndeleted site ") {
			t.Errorf("%s\n%s", got.Visibility, b.life(r.ID))
		}
		seen := 0
		for _, e := range b.view(id).History {
			if e.To == desk.ChangeSeen && e.Actor == desk.Automatic {
				seen++
			}
		}
		if seen != 2 {
			t.Errorf("%d events tell of it, want two", seen)
		}
	}, editable)
}

// Our own edit comes back through a poll before the outbox has noted it, and another that had been given up has arrived after all.
func TestOwnEditComesBack(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{})
		b.bring(post("r1", "acme", byUs, under("1"), words("We are on it.")))
		_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, "It is mended.", 0)
		b.must(err)
		b.bring(post("r1", "acme", byUs, under("1"), words("It is mended.")))
		if got := b.reply(r.ID); !got.Change.Pending() || b.life(r.ID) != "" {
			t.Errorf("noted twice: %+v\n%s", got, b.life(r.ID))
		}
		b.mend(desk.EntryEdit, &wall{errs: []error{desk.Deniedf("no")}})
		b.bring(post("r1", "acme", byUs, under("1"), words("It is mended!")))
		b.bring(post("r1", "acme", byUs, under("1"), words("It is mended, really.")))
		if diff := cmp.Diff("published us We are on it.\nedited us It is mended.\nedited site It is mended, really.", b.life(r.ID)); diff != "" {
			t.Error(diff)
		}
	}, editable)
}

// A poll that read the site before our edits is stored after them: the words that it brings are ours of a moment ago, and no other
// hand's. Once that can no longer be, the same words are somebody's edit.
func TestLateEchoOfOurOwnWords(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		_, r := b.published("We are on it.", desk.Receipt{})
		b.bring(post("r1", "acme", byUs, under("1"), words("We are on it.")))
		w := &wall{}
		for _, text := range []string{"It is mended.", "It is mended, sorry."} {
			_, err := b.desk.EditPublished(b.ctx, b.anna, r.ID, text, 0)
			b.must(err)
			b.mend(desk.EntryEdit, w)
		}
		b.bring(post("r1", "acme", byUs, under("1"), words("It is mended.")))
		if got := b.reply(r.ID); got.Text != "It is mended, sorry." || strings.Contains(b.life(r.ID), "site") {
			t.Errorf("%q\n%s", got.Text, b.life(r.ID))
		}
		b.bring(post("r1", "acme", byUs, under("1"), words("It is mended, sorry.")))
		b.now = b.now.Add(time.Hour)
		b.bring(post("r1", "acme", byUs, under("1"), words("It is mended.")))
		if got := b.reply(r.ID); got.Text != "It is mended." || !strings.HasSuffix(b.life(r.ID), "edited site It is mended.") {
			t.Errorf("an hour later: %q\n%s", got.Text, b.life(r.ID))
		}
	}, editable)
}
