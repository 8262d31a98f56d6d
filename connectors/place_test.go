package connectors

import (
	"errors"
	"testing"
)

func TestPlace(t *testing.T) {
	t.Parallel()
	at := map[string]int{"n": 7}
	if err := Cursor("").Resume(&at); err != nil || at["n"] != 7 {
		t.Errorf("first contact: %v, %v", at, err)
	}
	failure := errors.New("down")
	b, err := Batch{More: true}.At(at, "old", failure)
	if !errors.Is(err, failure) || b.Next != `{"n":7}` || !b.More {
		t.Errorf("got %+v, %v", b, err)
	}
	var again map[string]int
	if err := b.Next.Resume(&again); err != nil || again["n"] != 7 {
		t.Errorf("resumed %v, %v", again, err)
	}
	if err := Cursor("{").Resume(&again); err == nil {
		t.Error("a broken cursor is taken")
	}
	if b, err := (Batch{More: true}).At(func() {}, "old", nil); err == nil || b.Next != "old" || b.More {
		t.Errorf("a place that cannot be written: %+v, %v", b, err)
	}
}
