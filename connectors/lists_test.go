package connectors_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// script is a list that gives its batches one after another and notes with which cursors it was asked.
func script(asked *[]string, name string, batches map[connectors.Cursor]connectors.Batch, failure error) connectors.List {
	return connectors.List{Name: name, Poll: func(_ context.Context, since connectors.Cursor) (connectors.Batch, error) {
		*asked = append(*asked, name+"@"+string(since))
		return batches[since], failure
	}}
}

func mentions(ids ...string) []desk.Mention {
	var all []desk.Mention
	for _, id := range ids {
		all = append(all, desk.Mention{Site: "s", Remote: desk.RemoteID(id), Text: id})
	}
	return all
}

func ids(b connectors.Batch) []string {
	var all []string
	for _, m := range b.Mentions {
		all = append(all, string(m.Remote))
	}
	return all
}

func TestListsKeepTheirOwnCursors(t *testing.T) {
	t.Parallel()
	var asked []string
	lists := connectors.Lists{
		script(&asked, "a", map[connectors.Cursor]connectors.Batch{
			"":   {Mentions: mentions("1", "2"), Next: "a1", More: true, Spend: connectors.Spend{Units: 1}},
			"a1": {Mentions: mentions("4"), Next: "a2", Wait: time.Minute},
		}, nil),
		script(&asked, "b", map[connectors.Cursor]connectors.Batch{
			"": {Mentions: mentions("2", "3"), Next: "b1", Spend: connectors.Spend{Units: 2}},
		}, nil),
	}
	first, err := lists.Poll(t.Context(), "")
	if err != nil || !first.More || first.Spend.Units != 3 || !slices.Equal(ids(first), []string{"1", "2", "3"}) {
		t.Fatalf("first: %+v, %v", first, err)
	}
	second, err := lists.Poll(t.Context(), first.Next)
	if err != nil || second.More || second.Wait != time.Minute || !slices.Equal(ids(second), []string{"4"}) {
		t.Fatalf("second: %+v, %v", second, err)
	}
	if _, err := lists[1:].Poll(t.Context(), first.Next); err != nil { // a, which has more, was taken out
		t.Fatal(err)
	}
	if _, err := lists.Poll(t.Context(), second.Next); err != nil {
		t.Fatal(err)
	}
	if want := []string{"a@", "b@", "a@a1", "b@b1", "a@a2", "b@b1"}; !slices.Equal(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}
}

func TestListsThatFail(t *testing.T) {
	t.Parallel()
	var asked []string
	good := script(&asked, "good", map[connectors.Cursor]connectors.Batch{"": {Mentions: mentions("1"), Next: "g"}}, nil)
	closed := script(&asked, "closed", nil, desk.Deniedf("closed"))
	busy := script(&asked, "busy", nil, &desk.Transient{After: time.Minute, Err: errors.New("busy")})

	b, err := connectors.Lists{closed, good}.Poll(t.Context(), `{"at":{"closed":"kept"}}`)
	if !errors.Is(err, desk.ErrDenied) || len(b.Mentions) != 1 {
		t.Errorf("one closed list: %+v, %v", b, err)
	}
	if b.Next != `{"at":{"closed":"kept","good":"g"}}` {
		t.Errorf("cursor %s", b.Next)
	}
	asked = nil
	b, err = connectors.Lists{busy, good}.Poll(t.Context(), `{"at":{"good":"kept"}}`)
	if _, ok := errors.AsType[*desk.Transient](err); !ok || len(asked) != 1 || b.Next != `{"at":{"busy":"","good":"kept"}}` {
		t.Errorf("a busy network: asked %v, %+v, %v", asked, b, err)
	}
	if b, err := (connectors.Lists{good}).Poll(t.Context(), "not ours"); err == nil || b.Next != "not ours" {
		t.Errorf("a cursor that is none: %+v, %v", b, err)
	}
}

func TestManyLists(t *testing.T) {
	t.Parallel()
	var asked []string
	var lists connectors.Lists
	for i := range 70 {
		lists = append(lists, script(&asked, strconv.Itoa(i), map[connectors.Cursor]connectors.Batch{"": {Next: "1"}}, nil))
	}
	b, err := lists.Poll(t.Context(), "")
	if err != nil || !b.More || len(asked) != 50 {
		t.Fatalf("asked %d lists at once, %v", len(asked), err)
	}
	if b, err = lists.Poll(t.Context(), b.Next); err != nil || b.More || len(asked) != 70 || asked[50] != "50@" {
		t.Fatalf("then up to %d, %v", len(asked), err)
	}

	asked = nil
	lists = nil
	for i := range 5 {
		lists = append(lists, script(&asked, strconv.Itoa(i), nil, &desk.Transient{Err: errors.New("broken")}))
	}
	if b, err = lists.Poll(t.Context(), ""); err == nil || len(asked) != 3 {
		t.Errorf("after %d failures it went on", len(asked))
	}
	if _, err = lists.Poll(t.Context(), b.Next); err == nil || !slices.Equal(asked[3:], []string{"3@", "4@"}) {
		t.Errorf("the others had no turn: %v", asked)
	}
}

func TestMuchIsStoredBetweenLists(t *testing.T) {
	t.Parallel()
	var asked []string
	much := connectors.Batch{Next: "1"}
	for i := range 600 {
		much.Mentions = append(much.Mentions, mentions(strconv.Itoa(i))...)
	}
	lists := connectors.Lists{
		script(&asked, "a", map[connectors.Cursor]connectors.Batch{"": much}, nil),
		script(&asked, "b", map[connectors.Cursor]connectors.Batch{"": {Next: "1"}}, nil),
	}
	b, err := lists.Poll(t.Context(), "")
	if err != nil || !b.More || len(b.Mentions) != 600 || len(asked) != 1 {
		t.Fatalf("got %d mentions of %v, %v", len(b.Mentions), asked, err)
	}
	if b, err = lists.Poll(t.Context(), b.Next); err != nil || b.More || !slices.Equal(asked, []string{"a@", "b@"}) {
		t.Errorf("asked %v, %v", asked, err)
	}
}

func TestOddItems(t *testing.T) {
	t.Parallel()
	a, b := connectors.Odd("", time.Time{}, "no id", []byte("a")), connectors.Odd("", time.Time{}, "no id", []byte("b"))
	if a.ID == "" || a.ID == b.ID || a.Poison.Remote != "" || string(a.Poison.Raw) != "a" {
		t.Errorf("%+v, %+v", a, b)
	}
	if c := connectors.Odd("7", time.Time{}, "bad", nil); c.ID != "7" || c.Poison.Remote != "7" {
		t.Errorf("%+v", c)
	}
}
