package connectors

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestLookedAndDeleted(t *testing.T) {
	t.Parallel()
	other := &desk.Transient{Err: errors.New("busy")}
	for name, c := range map[string]struct {
		err             error
		looked, deleted string
	}{
		"none":      {nil, "", ""},
		"not found": {fmt.Errorf("404: %w", desk.ErrNotFound), "the post to answer is no longer there", ""},
		"gone":      {fmt.Errorf("410: %w", desk.ErrGone), "the post to answer is no longer there", ""},
		"other":     {other, "looking at the post to answer: busy", "deleting: busy"},
	} {
		looked, deleted := Looked("the post to answer", c.err), Deleted(c.err)
		for _, one := range []struct {
			got  error
			want string
		}{{looked, c.looked}, {deleted, c.deleted}} {
			if (one.got != nil) != (one.want != "") || one.got != nil && !strings.HasPrefix(one.got.Error(), one.want) {
				t.Errorf("%s: got %v, want %q", name, one.got, one.want)
			}
		}
		if Missing(c.err) != errors.Is(looked, desk.ErrGone) {
			t.Errorf("%s: %v does not say whether it is gone", name, looked)
		}
	}
	if passing, ok := errors.AsType[*desk.Transient](Looked("x", other)); !ok || passing != other {
		t.Error("a look that may be tried again must stay one")
	}
}

func TestAgain(t *testing.T) {
	t.Parallel()
	known := []desk.Mention{{Remote: "there"}, {Remote: "gone"}, {Remote: "odd"}, {Remote: "hidden"}, {Remote: "broken"}, {Remote: "never"}}
	b, err := Again(t.Context(), known, func(_ context.Context, m desk.Mention) (Batch, error) {
		switch m.Remote {
		case "there":
			return Batch{Mentions: []desk.Mention{m}, Gone: []desk.RemoteID{"there#reply"}}, nil
		case "gone":
			return Batch{}, desk.ErrNotFound
		case "odd":
			return Batch{Poison: []desk.Poison{{Remote: m.Remote}}}, nil
		case "hidden":
			return Batch{}, nil
		case "broken":
			return Batch{}, errors.New("down")
		}
		t.Errorf("asked for %s after an error", m.Remote)
		return Batch{}, nil
	})
	if err == nil || !strings.Contains(err.Error(), "down") || len(b.Mentions) != 1 || len(b.Poison) != 1 || !slices.Equal(b.Gone, []desk.RemoteID{"there#reply", "gone"}) {
		t.Errorf("got %+v, %v", b, err)
	}
}
