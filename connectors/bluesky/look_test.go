package bluesky

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Gone is what the network says is not found, not what it does not show.
func TestRecheck(t *testing.T) {
	t.Parallel()
	s, c, m := stage(t, nil)
	other := desk.Mention{Remote: desk.RemoteID(s.say(them, "3other2222222", "Another", connectortest.Now().Add(-time.Minute)))}
	known := []desk.Mention{m, other}
	for range 60 { // more than one request takes
		known = append(known, m)
	}
	b, err := c.Recheck(t.Context(), known)
	if err != nil || len(b.Mentions) != 2+60 || len(b.Gone) != 0 {
		t.Fatalf("of 62 %d are there, %v gone, %v", len(b.Mentions), b.Gone, err)
	}
	if b.Mentions[0].Digest() != m.Digest() {
		t.Errorf("a post that nobody edited reads otherwise: %q", b.Mentions[0].Text)
	}
	s.remove(string(other.Remote))
	if b, err = c.Recheck(t.Context(), known[:2]); err != nil || len(b.Mentions) != 1 || !slices.Equal(b.Gone, []desk.RemoteID{other.Remote}) {
		t.Errorf("after one was removed: %d are there, %v gone, %v", len(b.Mentions), b.Gone, err)
	}
	s.blocked = true
	if b, err = c.Recheck(t.Context(), known[:1]); err != nil || len(b.Mentions)+len(b.Gone) != 0 {
		t.Errorf("hidden by a block: %d are there, %v gone, %v", len(b.Mentions), b.Gone, err)
	}
}

func TestThreadOfWhatIsGone(t *testing.T) {
	t.Parallel()
	s, c, m := stage(t, nil)
	s.remove(string(m.Remote))
	if thread, err := c.Thread(t.Context(), m); !errors.Is(err, desk.ErrGone) || len(thread) != 0 {
		t.Errorf("%v, %v", thread, err)
	}
}
