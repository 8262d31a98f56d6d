package connectors_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

// TestBackwardWithAClockBehind: a list that lies wholly in our future, and reaches back further than the overlap, is told once.
func TestBackwardWithAClockBehind(t *testing.T) {
	t.Parallel()
	w := &wall{size: 20}
	for i := range 50 {
		w.say(strconv.Itoa(i), noon.Add(-time.Hour+time.Duration(i)*time.Minute), "x")
	}
	b := connectors.Backward{Page: w.page, Now: func() time.Time { return noon.Add(-6 * time.Hour) }}
	first, cursor := walk(t, b, "")
	if len(first) != 50 {
		t.Errorf("%d of 50 were told", len(first))
	}
	if again, _ := walk(t, b, cursor); len(again) != 0 {
		t.Errorf("%d were told again", len(again))
	}
}
