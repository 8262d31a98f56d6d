package app

import (
	"path/filepath"
	"testing"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

// What its author removes at the site is marked at the desk by the next poll.
func TestRemovedAtTheSite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "desk.db"))
	w.say("eve", "My Acme Phone is broken, @acme")
	w.start()
	seen := func() []desk.MentionRow {
		rows, err := w.app.store.ListMentions(t.Context(), desk.Everything, desk.MentionFilter{Author: "eve"}, desk.Page{Limit: 10})
		check(t, err)
		return rows
	}
	w.until("the post is stored", func() bool { return len(seen()) == 1 })
	check(t, w.net.Delete("eve", string(seen()[0].Remote)))
	who := operator()
	w.until("the desk knows that it is gone", func() bool {
		check(t, w.app.work.PollNow(t.Context(), &who, "town"))
		return !seen()[0].GoneAt.IsZero()
	})
	if w.net.All()[0].State != demonet.StateDeleted {
		t.Error("the network still has the post")
	}
}
