package notify_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// An account that nobody looks after is told of a week before its end, a day before, when it has ended, and when it is well again:
// once each, however often the desk looks.
func TestAccountIsToldOfInTime(t *testing.T) {
	engines(t, func(t *testing.T, dsn string) {
		r := newRig(t, dsn, desk.Route{Target: "team"})
		if err := r.store.SyncAccounts(t.Context(), []desk.AccountState{{Name: "acme", Kind: "net", Site: "net:acme"}}); err != nil {
			t.Fatal(err)
		}
		row := desk.GrantRow{Account: "acme", Sealed: []byte("x"), Ends: r.now.Add(30 * 24 * time.Hour), EndsSince: r.now}
		put := func() {
			if err := r.store.PutGrant(t.Context(), row, false); err != nil {
				t.Fatal(err)
			}
		}
		put()
		for range 33 * 8 {
			if err := r.store.TellStages(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.run(3 * time.Hour)
		}
		row.Ends = r.now.Add(30 * 24 * time.Hour)
		put()
		r.run(time.Minute)
		if err := r.store.MarkAccount(t.Context(), "acme", 2, "The network refuses it."); err != nil {
			t.Fatal(err)
		}
		r.run(time.Minute)
		var said []string
		for _, n := range r.target.notices {
			said = append(said, n.Trouble.Text())
			if !n.Loud {
				t.Errorf("said in a whisper: %s", n.Trouble.Text())
			}
		}
		want := []string{
			"The access of account acme ends on 1 April 2026. Connect it again before that.",
			"The access of account acme ends on 1 April 2026. Connect it again before that.",
			"The access of account acme ended on 1 April 2026. Connect it again.",
			"Account acme needs nobody any more.",
			"Account acme needs a person: its network refuses its access.",
		}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
	})
}
