package x

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// spend puts a number of micros on what was spent already.
func spend(t *testing.T, p *connectortest.Purse, micros int64) {
	t.Helper()
	if err := p.Pay(t.Context(), connectors.Spend{Micros: micros}); err != nil {
		t.Fatal(err)
	}
}

func spent(t *testing.T, p *connectortest.Purse) int64 {
	t.Helper()
	s, err := p.Spent(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Micros
}

func TestNothingIsReadWithoutABudget(t *testing.T) {
	t.Parallel()
	env := connectortest.Env(t, "x", nil)
	env.Account = &connectors.Account{Keys: connectortest.Keys(desk.Grant{})}
	_, err := New(env, func(any) error { return nil })
	if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), "budget is needed") {
		t.Errorf("got %v", err)
	}
	for _, set := range []func(*Options){
		func(o *Options) { o.Budget = -1 }, func(o *Options) { o.Reserve = 91 }, func(o *Options) { o.Query = strings.Repeat("ő", 513) },
		func(o *Options) { o.History = desk.Duration(window) }, func(o *Options) { o.Fields = "toot" }, func(o *Options) { o.Server = "x" },
	} {
		if _, err := New(env, func(o any) error { o.(*Options).Budget = 1; set(o.(*Options)); return nil }); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	}
}

func TestReadingCosts(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		set  func(*Options)
		want int64
	}{
		"with authors":    {nil, pricePost + priceUser},
		"without":         {func(o *Options) { o.Authors = false }, pricePost},
		"the app is ours": {func(o *Options) { o.Authors, o.Owner = false, true }, priceOwned},
		"and a search":    {func(o *Options) { o.Query = "hibás" }, 2 * (pricePost + priceUser)},
	} {
		c, _ := connect(t, newNetwork(), tt.set)
		if b, err := c.Poll(t.Context(), ""); err != nil || b.Spend.Micros != tt.want || len(b.Mentions) != 1 {
			t.Errorf("%s: it cost %d, want %d; %d mentions, %v", name, b.Spend.Micros, tt.want, len(b.Mentions), err)
		}
	}
}

func TestReadingStopsBeforeTheMoneyIsGone(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c, purse := connect(t, n, nil)
	spend(t, purse, 20_000_000-7*(pricePost+priceUser)) // 20 of 25 are for reads
	b, err := c.Poll(t.Context(), "")
	if err != nil || n.asked[0].Query().Get("max_results") != "7" {
		t.Fatalf("it asked %v, %v", n.asked, err)
	}
	spend(t, purse, 3*(pricePost+priceUser))
	n.asked = nil
	_, err = c.Poll(t.Context(), b.Next)
	passing, ok := errors.AsType[*desk.Transient](err)
	if !ok || passing.After != 10*24*time.Hour+12*time.Hour || !strings.Contains(err.Error(), "1 December") || len(n.asked) != 0 {
		t.Errorf("got %v; it asked %v", err, n.asked)
	}
}

// TestAWalkMovesItsMarkAtTheEnd: what the first page's newest id promises is true only when all pages were stored.
func TestAWalkMovesItsMarkAtTheEnd(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	for _, id := range []string{"3", "4", "5", "6", "7", "8"} {
		n.add(tweet{id: "198500000000000000" + id, by: "5", text: "@mintabolt " + id, at: connectortest.Now().Add(-time.Hour)})
	}
	n.page = 1
	c, _ := connect(t, n, nil)
	b, err := c.Poll(t.Context(), "")
	if err != nil || !b.More || len(b.Mentions) != pagesAPoll {
		t.Fatalf("got %d mentions, %v", len(b.Mentions), err)
	}
	n.add(tweet{id: "1985000000000000009", by: "5", text: "@mintabolt meanwhile", at: connectortest.Now()})
	var rest []string
	for range 3 {
		if b, err = c.Poll(t.Context(), b.Next); err != nil {
			t.Fatal(err)
		}
		for _, m := range b.Mentions {
			rest = append(rest, m.Text)
		}
	}
	if want := []string{"@mintabolt 3", "@mintabolt hibás csomagot kaptam 😞", "@mintabolt meanwhile"}; !slices.Equal(rest, want) {
		t.Errorf("got %q, want %q", rest, want)
	}
}

// TestAPageThatIsForgottenIsNotPaidForEver: the walk begins anew once, then a person is told.
func TestAPageThatIsForgottenIsNotPaidForEver(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(tweet{id: "1985000000000000003", by: "5", text: "@mintabolt", at: connectortest.Now()})
	n.page, n.forgets = 1, true
	c, _ := connect(t, n, nil)
	b, err := c.Poll(t.Context(), "")
	if err != nil || !b.More {
		t.Fatalf("got %+v, %v", b, err)
	}
	if b, err = c.Poll(t.Context(), b.Next); !errors.Is(err, desk.ErrInvalid) || b.More {
		t.Fatalf("got %+v, %v", b, err)
	}
	n.forgets = false
	if b, err = c.Poll(t.Context(), b.Next); err != nil || len(b.Mentions) != 1 || b.Mentions[0].Remote != evaID {
		t.Errorf("got %+v, %v", b, err)
	}
}

func TestALongSilenceIsAGap(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	c, _ := connect(t, n, func(o *Options) { o.Query = "csomag" })
	b, err := c.Poll(t.Context(), "")
	if err != nil || b.Gap != nil {
		t.Fatalf("got %+v, %v", b.Gap, err)
	}
	n.asked = nil
	c.now = func() time.Time { return connectortest.Now().Add(8 * 24 * time.Hour) }
	b, err = c.Poll(t.Context(), b.Next)
	if err != nil || b.Gap == nil || !b.Gap.Since.Equal(connectortest.Now()) {
		t.Errorf("got %+v, %v", b.Gap, err)
	}
	if q := n.asked[2].Query(); q.Get("since_id") != "" || q.Get("start_time") == "" {
		t.Errorf("it asked %v", q)
	}
}

func TestRecheck(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.posts[0].edits = []string{evaID, "1985000000000000077"}
	n.add(tweet{id: "1985000000000000077", by: "222", text: "@mintabolt a csomag megjött", at: connectortest.Now(), edits: []string{evaID, "1985000000000000077"}})
	n.add(tweet{id: "1985000000000000078", by: "5", text: "régi", at: connectortest.Now()})
	c, purse := connect(t, n, nil)
	gone := desk.Mention{Site: site, Remote: "456"}
	known := []desk.Mention{eva(), gone, {Site: site, Remote: "1985000000000000078"}}
	b, err := recheckForADay(t, c, known)
	if err != nil || !slices.Equal(b.Gone, []desk.RemoteID{"456"}) || len(b.Mentions) != 2 || b.Spend.Micros != 3*pricePost {
		t.Fatalf("got %+v, %v", b, err)
	}
	for _, m := range b.Mentions {
		if m.Remote == evaID && (m.Text != "@mintabolt a csomag megjött" || m.Author.Handle != "kovacs_eva" || m.Extra["summons"] != "mention" || m.EditedAt.IsZero()) {
			t.Errorf("got %+v", m)
		}
	}
	spend(t, purse, 6_300_000) // of 10 for looking again in the whole month, after 19 to 20 days of 30
	if _, err := recheckForADay(t, c, known); err != nil {
		t.Error(err)
	}
	spend(t, purse, 400_000)
	n.asked = nil
	if _, err := recheckForADay(t, c, known); err == nil || !strings.Contains(err.Error(), "day of the month") || len(n.asked) != 0 {
		t.Errorf("got %v; it asked %v", err, n.asked)
	}
}

// recheckForADay looks at the same mentions in every hour of a day and adds up what came of it.
func recheckForADay(t *testing.T, c *Connector, known []desk.Mention) (connectors.Batch, error) {
	t.Helper()
	var all connectors.Batch
	var first error
	for h := range 24 {
		c.now = func() time.Time {
			return connectortest.Now().Truncate(24 * time.Hour).Add(time.Duration(h) * time.Hour)
		}
		b, err := c.Recheck(t.Context(), known)
		all.Mentions, all.Gone = append(all.Mentions, b.Mentions...), append(all.Gone, b.Gone...)
		all.Spend.Micros += b.Spend.Micros
		first = cmp.Or(first, err)
	}
	return all, first
}

func TestThread(t *testing.T) {
	t.Parallel()
	n := newNetwork()
	n.add(tweet{id: "1985000000000000078", by: meID, text: "utánanézünk", parent: evaID, at: connectortest.Now()})
	c, purse := connect(t, n, nil)
	all, err := c.Thread(t.Context(), eva())
	if err != nil || len(all) != 2 || !all[1].Ours || spent(t, purse) != 2*(pricePost+priceUser) {
		t.Errorf("got %+v, %v; it cost %d", all, err, spent(t, purse))
	}
}

// closed is a purse that cannot be looked into.
type closed struct{ connectortest.Purse }

// Spent fails.
func (*closed) Spent(context.Context, time.Time) (connectors.Spend, error) {
	return connectors.Spend{}, errors.New("the store is away")
}

func TestWithoutAPurseNothingIsSpent(t *testing.T) {
	t.Parallel()
	c, _ := connect(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("it called %s", r.URL) }), nil)
	c.purse = nil
	if _, err := c.Poll(t.Context(), ""); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("without any: %v", err)
	}
	c.purse = &closed{}
	_, polled := c.Poll(t.Context(), "")
	_, replied := c.Reply(t.Context(), outgoing(eva(), "Elnézést!"))
	_, checked := recheckForADay(t, c, []desk.Mention{eva()})
	for _, err := range []error{polled, replied, checked} {
		if _, ok := errors.AsType[*desk.Transient](err); !ok {
			t.Errorf("got %v", err)
		}
	}
}
