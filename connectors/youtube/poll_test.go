package youtube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// connect makes a connector for a network, with a purse that can be looked into.
func connect(t *testing.T, h http.Handler, change func(*Options)) (*Connector, *connectortest.Purse) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	env := connectortest.Env(t, "youtube", nil)
	env.Account = account()
	purse := &connectortest.Purse{}
	env.Purse = purse
	c, err := New(env, func(into any) error {
		o, ok := into.(*Options)
		if !ok {
			return errors.New("other options")
		}
		o.Server = server.URL
		if change != nil {
			change(o)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector), purse
}

// drain polls until there is no more.
func drain(t *testing.T, c *Connector, since connectors.Cursor) ([]desk.Mention, connectors.Cursor) {
	t.Helper()
	var all []desk.Mention
	for range 100 {
		b, err := c.Poll(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		all, since = append(all, b.Mentions...), b.Next
		if !b.More {
			return all, since
		}
	}
	t.Fatal("there is always more")
	return nil, ""
}

// TestNewAnswersUnderOldThreads: they do not bring the thread to the front, so only looking again finds them.
func TestNewAnswersUnderOldThreads(t *testing.T) {
	t.Parallel()
	n := &tube{}
	for i := range 250 {
		n.add(fmt.Sprintf("Ugy%d", i), "Szia", connectortest.Now().Add(-time.Duration(251-i)*30*time.Minute))
	}
	c, _ := connect(t, n, nil)
	if all, _ := drain(t, c, ""); len(all) != 250 {
		t.Fatalf("%d threads at first", len(all))
	}
	_, cursor := drain(t, c, "")
	deep := n.threads[220]
	n.answer(deep, "UCeva", "Van itt valaki?", connectortest.Now())
	before := n.units
	if all, _ := drain(t, c, cursor); len(all) != 0 || n.units-before != 1 {
		t.Errorf("within the hour: %d mentions for %d units", len(all), n.units-before)
	}
	c.now = func() time.Time { return connectortest.Now().Add(61 * time.Minute) }
	before = n.units
	all, cursor := drain(t, c, cursor)
	if len(all) != 1 || all[0].Text != "Van itt valaki?" || all[0].Parent != desk.RemoteID(deep.root.id) || n.units-before != 4 {
		t.Errorf("after the hour: %+v for %d units", all, n.units-before)
	}
	for i := range 5 { // more than a page of threads carries along
		n.answer(deep, "UCeva", fmt.Sprint("Halló ", i), connectortest.Now().Add(time.Minute))
	}
	c.now = func() time.Time { return connectortest.Now().Add(3 * time.Hour) }
	if all, cursor = drain(t, c, cursor); len(all) != 6 || all[0].Text != "Van itt valaki?" {
		t.Errorf("%d answers; want 5 new ones and the last of before", len(all))
	}
	n.answer(deep, "UCbela", "Fél napig vártam jóváhagyásra", connectortest.Now().Add(-time.Hour)) // held back until now
	c.now = func() time.Time { return connectortest.Now().Add(5 * time.Hour) }
	if all, _ = drain(t, c, cursor); len(all) != 7 {
		t.Errorf("%d answers; one that was held back is older than the others and must not be missed", len(all))
	}
}

func TestReadingLeavesAReserve(t *testing.T) {
	t.Parallel()
	n := &tube{}
	n.add("UgyTHREAD", "Mennyibe kerül?", connectortest.Now().Add(-time.Hour))
	c, purse := connect(t, n, func(o *Options) { o.Quota, o.Reserve = 1000, 200 })
	b, err := c.Poll(t.Context(), "")
	if err != nil || b.Spend.Units != int64(n.units) || b.Spend.Units == 0 {
		t.Fatalf("a poll says that it spent %d of %d units, %v", b.Spend.Units, n.units, err)
	}
	_ = purse.Pay(t.Context(), connectors.Spend{Units: 800})
	before := n.units
	_, err = c.Poll(t.Context(), b.Next)
	wait, ok := errors.AsType[*desk.Transient](err)
	// 12:00 UTC is 4 in the morning in California.
	if !ok || wait.After != 20*time.Hour || n.units != before {
		t.Errorf("with the reserve reached: %v after %v, %d calls", err, wait, n.units-before)
	}
	if again, err := c.Recheck(t.Context(), []desk.Mention{parent("UgyTHREAD")}); err != nil || again.Spend.Units != 0 || len(again.Gone) != 0 {
		t.Errorf("looking again spent of the reserve: %+v, %v", again, err)
	}
	if _, err := c.Reply(t.Context(), outgoing("1490 Ft")); err != nil {
		t.Errorf("the reserve is for this: %v", err)
	}
	if spent, _ := purse.Spent(context.Background(), time.Time{}); spent.Units != 851 {
		t.Errorf("an answer cost %d units", spent.Units-800)
	}
	_ = purse.Pay(t.Context(), connectors.Spend{Units: 120})
	for what, err := range map[string]error{
		"reply":  second(c.Reply(t.Context(), outgoing("Még valami"))),
		"edit":   second(c.Edit(t.Context(), outgoing("Még valami"), desk.Receipt{Remote: "UgyTHREAD.9x1"})),
		"delete": c.Delete(t.Context(), outgoing(""), desk.Receipt{Remote: "UgyTHREAD.9x1"}),
	} {
		if wait, ok := errors.AsType[*desk.Transient](err); !ok || wait.After != 20*time.Hour {
			t.Errorf("%s with all spent: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestQuotaOfOthers(t *testing.T) {
	t.Parallel()
	c, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { refuse(w, 403, "quotaExceeded") }), nil)
	_, err := c.Poll(t.Context(), "")
	if wait, ok := errors.AsType[*desk.Transient](err); !ok || wait.After != 20*time.Hour {
		t.Errorf("got %v", err)
	}
}

func TestSeveralVideos(t *testing.T) {
	t.Parallel()
	n := &tube{}
	n.add("UgyTHREAD", "Mennyibe kerül?", connectortest.Now().Add(-time.Hour))
	c, _ := connect(t, n, func(o *Options) { o.Videos = []string{"closed", "vid1"} })
	b, err := c.Poll(t.Context(), "")
	if !errors.Is(err, desk.ErrDenied) || len(b.Mentions) != 1 || b.More {
		t.Errorf("one video without comments: %d mentions, %v", len(b.Mentions), err)
	}
	if err := c.Check(t.Context()); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("checking: %v", err)
	}
	c.opt.Videos = []string{"vid1"}
	if err := c.Check(t.Context()); err != nil {
		t.Errorf("checking: %v", err)
	}
}

// TestPayloads feeds every example of the interface through what reads it.
func TestPayloads(t *testing.T) {
	t.Parallel()
	read := func(name string, into any) {
		raw, err := os.ReadFile(filepath.Join("testdata/payloads", name))
		if err == nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var threads, inserted json.RawMessage
	read("commentThreads.list.json", &threads)
	c, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("pageToken") {
			_, _ = io.WriteString(w, `{"kind":"youtube#commentThreadListResponse"}`)
			return
		}
		_, _ = w.Write(threads)
	}), nil)
	if all, _ := drain(t, c, ""); len(all) != 2 || !all[1].Ours || all[0].Ours || all[0].Author.Handle != "kovacs.eva" || all[0].EditedAt.IsZero() {
		t.Errorf("commentThreads.list.json: %+v", all)
	}
	var request struct{ Body said }
	read("comments.insert.request.json", &request)
	read("comments.insert.response.json", &inserted)
	if m, err := readComment(inserted); err != nil || m.words() != request.Body.Snippet.TextOriginal || rootOf(desk.RemoteID(m.ID)) != desk.RemoteID(request.Body.Snippet.ParentID) {
		t.Errorf("comments.insert: %+v, %v", m, err)
	}
	var refusals []struct {
		Status int
		Body   struct {
			Error struct{ Errors []struct{ Reason string } }
		}
	}
	read("errors.json", &refusals)
	want := map[string]error{
		"commentsDisabled": desk.ErrDenied, "parentCommentNotFound": desk.ErrGone, "videoNotFound": desk.ErrNotFound, "commentTextTooLong": desk.ErrInvalid,
		"forbidden": desk.ErrDenied, "ineligibleAccount": desk.ErrDenied, "authError": desk.ErrDenied,
	}
	for _, one := range refusals {
		reason := one.Body.Error.Errors[0].Reason
		c, _ := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { refuse(w, one.Status, reason) }), nil)
		_, err := c.write(t.Context(), "POST", request.Body)
		_, unknown := errors.AsType[*desk.Unknown](err)
		_, passing := errors.AsType[*desk.Transient](err)
		if ok := reason == "processingFailure" && unknown || reason == "quotaExceeded" && passing || want[reason] != nil && errors.Is(err, want[reason]); !ok {
			t.Errorf("errors.json, %s: %v", reason, err)
		}
	}
}
