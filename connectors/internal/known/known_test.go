package known

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestSet(t *testing.T) {
	t.Parallel()
	var s Set
	for i := range 100 {
		if !s.Tell(fmt.Sprint(i), "a") {
			t.Fatal("what is new is told")
		}
	}
	b, err := json.Marshal(&s)
	if err != nil {
		t.Fatal(err)
	}
	var again Set
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	if again.Tell("7", "a") || !again.Tell("8", "b") || again.Tell("8", "b") || !again.Tell("new", "") || !again.Has("99") {
		t.Error("only what is new or reads otherwise is told")
	}
	again.Trim(10)
	if again.Len() != 10 || !again.Has("7") || !again.Has("8") || !again.Has("new") || again.Has("99") {
		t.Errorf("of what is known %d remain, and what was seen last must be among it", again.Len())
	}
	for _, bad := range []string{`"AAA="`, `7`, `"?"`} {
		if json.Unmarshal([]byte(bad), &again) == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
