package connectors_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestRoundReadsAllLists(t *testing.T) {
	t.Parallel()
	var asked []string
	more := map[string]int{"b": 1}
	r := connectors.Round{Lists: []string{"a", "b", "c"}, Poll: func(_ context.Context, list string, since connectors.Cursor) (connectors.Batch, error) {
		asked = append(asked, list+string(since))
		b := connectors.Batch{Mentions: make([]desk.Mention, 2), Next: since + "1", More: more[list] > 0}
		b.Spend.Units = 1
		more[list]--
		return b, nil
	}}
	first, err := r.Next(t.Context(), "")
	if err != nil || !first.More || len(first.Mentions) != 4 || first.Spend.Units != 2 {
		t.Fatalf("a list with more: %v %+v", err, first)
	}
	second, err := r.Next(t.Context(), first.Next)
	if err != nil || second.More || len(second.Mentions) != 4 {
		t.Fatalf("its rest and the last: %v %+v", err, second)
	}
	r.Most = 1
	if third, err := r.Next(t.Context(), second.Next); err != nil || !third.More || len(third.Mentions) != 2 {
		t.Fatalf("enough for one batch: %v %+v", err, third)
	}
	if diff := cmp.Diff([]string{"a", "b", "b1", "c", "a1"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
}

func TestRoundGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	failing := map[string]error{"b": desk.Deniedf("no right")}
	var asked []string
	r := connectors.Round{Lists: []string{"a", "b", "c", "d", "e"}, Poll: func(_ context.Context, list string, since connectors.Cursor) (connectors.Batch, error) {
		asked = append(asked, list)
		return connectors.Batch{Next: since + connectors.Cursor(list)}, failing[list]
	}}
	b, err := r.Next(t.Context(), "")
	if !errors.Is(err, desk.ErrDenied) || !strings.HasPrefix(err.Error(), "b: ") || len(asked) != 5 {
		t.Errorf("one that may not be read: %v after %v", err, asked)
	}
	failing = map[string]error{"b": &desk.Transient{After: time.Hour, Err: errors.New("slow down")}}
	asked = nil
	b, err = r.Next(t.Context(), b.Next)
	if passing, ok := errors.AsType[*desk.Transient](err); !ok || passing.After != time.Hour || len(asked) != 2 {
		t.Errorf("asked to wait: %v after %v", err, asked)
	}
	failing, asked = nil, nil
	if b, err = r.Next(t.Context(), b.Next); err != nil || !slices.Equal(asked, []string{"b", "c", "d", "e"}) {
		t.Errorf("after the wait it began at %v, %v", asked, err)
	}
	failing = map[string]error{}
	for _, list := range r.Lists {
		failing[list] = errors.New("broken")
	}
	asked = nil
	if _, err = r.Next(t.Context(), b.Next); err == nil || len(asked) != 3 {
		t.Errorf("when all fail: %v after %v", err, asked)
	}
}

func TestRoundForgetsListsThatAreGone(t *testing.T) {
	t.Parallel()
	poll := func(_ context.Context, list string, since connectors.Cursor) (connectors.Batch, error) {
		if since != "" && string(since) != list {
			t.Errorf("%s got the cursor of %s", list, since)
		}
		return connectors.Batch{Next: connectors.Cursor(list)}, nil
	}
	b, err := connectors.Round{Lists: []string{"a", "b"}, Poll: poll}.Next(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	b, err = connectors.Round{Lists: []string{"b", "c"}, Poll: poll}.Next(t.Context(), b.Next)
	if err != nil || strings.Contains(string(b.Next), `"a"`) {
		t.Errorf("got %s, %v", b.Next, err)
	}
	if _, err := (connectors.Round{Lists: []string{"b"}, Poll: poll}).Next(t.Context(), "{"); err == nil {
		t.Error("a broken cursor was taken")
	}
}
