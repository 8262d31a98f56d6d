package connectors_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// wall is a list that is ordered newest first and paged by offset, as strangers' lists are.
type wall struct {
	items   []connectors.Item // newest first
	size    int
	forgets bool // tokens are refused
	fails   error
	asked   int
}

func (w *wall) page(_ context.Context, token string) (connectors.Page, error) {
	w.asked++
	if w.fails != nil {
		return connectors.Page{}, w.fails
	}
	if token != "" && w.forgets {
		w.forgets = false
		return connectors.Page{}, desk.Invalidf("no such token")
	}
	from, _ := strconv.Atoi(token)
	p := connectors.Page{Items: w.items[min(from, len(w.items)):min(from+w.size, len(w.items))]}
	if from+w.size < len(w.items) {
		p.Next = strconv.Itoa(from + w.size)
	}
	return p, nil
}

func (w *wall) say(id string, at time.Time, text string) {
	m := desk.Mention{Site: "wall", Remote: desk.RemoteID(id), Text: text, PostedAt: at}
	w.items = append([]connectors.Item{{ID: m.Remote, At: at, Tell: []desk.Mention{m}}}, w.items...)
}

// walk polls until there is no more and returns the ids that were told.
func walk(t *testing.T, b connectors.Backward, since connectors.Cursor) ([]string, connectors.Cursor) {
	t.Helper()
	var told []string
	for range 100 {
		out, err := b.Poll(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range out.Mentions {
			told = append(told, string(m.Remote)+"="+m.Text)
		}
		since = out.Next
		if !out.More {
			return told, since
		}
	}
	t.Fatal("there is always more")
	return nil, ""
}

func TestBackwardTellsEachOnce(t *testing.T) {
	t.Parallel()
	w := &wall{size: 10}
	for i := range 3000 {
		w.say(fmt.Sprintf("p%d", i), noon.Add(time.Duration(i-3000)*time.Second), "x")
	}
	now := noon
	b := connectors.Backward{Page: w.page, Now: func() time.Time { return now }, Overlap: time.Minute}
	first, at := walk(t, b, "")
	if len(first) != 3000 {
		t.Fatalf("the first walk told %d of 3000", len(first))
	}
	if again, _ := walk(t, b, at); len(again) != 0 {
		t.Errorf("the second walk told %d again", len(again))
	}
	w.say("new", noon.Add(time.Second), "x")
	late := connectors.Item{ID: "late", At: noon.Add(-30 * time.Second), Tell: []desk.Mention{{Remote: "late", Text: "x"}}}
	w.items = slices.Insert(w.items, 32, late)
	w.items[5].Tell = []desk.Mention{{Remote: w.items[5].ID, Text: "edited"}}
	now = noon.Add(5 * time.Second)
	w.asked = 0
	got, at := walk(t, b, at)
	slices.Sort(got)
	if want := []string{"late=x", "new=x", string(w.items[5].ID) + "=edited"}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	if w.asked > 8 {
		t.Errorf("a walk over a minute's worth asked for %d pages", w.asked)
	}
	if again, _ := walk(t, b, at); len(again) != 0 {
		t.Errorf("told again: %v", again)
	}
}

// A busy minute holds more than is remembered: nothing is lost, and nearly nothing told twice.
func TestBackwardInABusyMinute(t *testing.T) {
	t.Parallel()
	w := &wall{size: 100}
	for i := range 5000 {
		w.say(fmt.Sprintf("p%d", i), noon.Add(time.Duration(i-5000)*time.Millisecond), "x")
	}
	b := connectors.Backward{Page: w.page, Now: func() time.Time { return noon }, Overlap: time.Hour}
	first, at := walk(t, b, "")
	if len(first) != 5000 {
		t.Fatalf("told %d of 5000", len(first))
	}
	again, at := walk(t, b, at)
	if len(again) > 1 {
		t.Errorf("told %d again", len(again))
	}
	w.say("next", noon, "x")
	if got, _ := walk(t, b, at); !slices.Equal(got, []string{"next=x"}) {
		t.Errorf("then told %v", got)
	}
}

func TestBackwardBeginsAnewWhenItsTokenIsForgotten(t *testing.T) {
	t.Parallel()
	w := &wall{size: 1}
	for i := range 9 {
		w.say(strconv.Itoa(i), noon.Add(time.Duration(i-100)*time.Hour), "x")
	}
	b := connectors.Backward{Page: w.page, Now: func() time.Time { return noon }, Pages: 3}
	out, err := b.Poll(t.Context(), "")
	if err != nil || !out.More || len(out.Mentions) != 3 {
		t.Fatalf("%+v, %v", out, err)
	}
	w.forgets = true
	rest, at := walk(t, b, out.Next)
	if !slices.Contains(rest, "0=x") {
		t.Errorf("after a forgotten token the oldest was not reached: %v", rest)
	}
	if again, _ := walk(t, b, at); len(again) != 0 {
		t.Errorf("told again: %v", again)
	}
}

// A network that refuses every second page is not asked for ever.
func TestBackwardGivesUpWhenEveryTokenIsRefused(t *testing.T) {
	t.Parallel()
	w := &wall{size: 1}
	for i := range 9 {
		w.say(strconv.Itoa(i), noon.Add(time.Duration(i-100)*time.Hour), "x")
	}
	b := connectors.Backward{Now: func() time.Time { return noon }, Page: func(ctx context.Context, token string) (connectors.Page, error) {
		w.forgets = true
		return w.page(ctx, token)
	}}
	out, err := b.Poll(t.Context(), "")
	if err != nil || !out.More {
		t.Fatalf("the first refusal: %+v, %v; want another try from the top", out, err)
	}
	if out, err = b.Poll(t.Context(), out.Next); !errors.Is(err, desk.ErrInvalid) || out.More {
		t.Errorf("the second refusal: more %v, %v", out.More, err)
	}
	w.say("news", noon, "x")
	if out, err = b.Poll(t.Context(), out.Next); err != nil || len(out.Mentions) == 0 || out.Mentions[0].Remote != "news" {
		t.Errorf("the next poll does not see what is new: %+v, %v", out.Mentions, err)
	}
}

func TestBackwardKeepsItsPlaceWhenAPageFails(t *testing.T) {
	t.Parallel()
	w := &wall{size: 10}
	w.say("a", noon, "x")
	b := connectors.Backward{Page: w.page, Now: func() time.Time { return noon }}
	_, at := walk(t, b, "")
	w.fails = &desk.Transient{Err: errors.New("busy")}
	out, err := b.Poll(t.Context(), at)
	if err == nil || out.Next == "" {
		t.Fatalf("%+v, %v", out, err)
	}
	w.fails = nil
	if again, _ := walk(t, b, out.Next); len(again) != 0 {
		t.Errorf("told again: %v", again)
	}
}

func TestBackwardHistoryWindowAndClocks(t *testing.T) {
	t.Parallel()
	w := &wall{size: 10}
	w.say("old", noon.Add(-48*time.Hour), "x")
	w.say("young", noon.Add(-time.Hour), "x")
	w.say("ahead", noon.Add(time.Hour), "x") // the network's clock runs ahead of ours
	now := noon
	b := connectors.Backward{Page: w.page, Now: func() time.Time { return now }, History: 24 * time.Hour, Window: 7 * 24 * time.Hour}
	got, at := walk(t, b, "")
	if !slices.Equal(got, []string{"ahead=x", "young=x"}) {
		t.Errorf("told %v", got)
	}
	now = noon.Add(30 * time.Minute)
	w.say("then", now, "x")
	if got, at = walk(t, b, at); !slices.Equal(got, []string{"then=x"}) {
		t.Errorf("after one from the future told %v", got)
	}
	now = noon.Add(8 * 24 * time.Hour)
	out, err := b.Poll(t.Context(), at)
	if err != nil || out.Gap == nil || out.Gap.Since.IsZero() {
		t.Errorf("eight days of silence at a network that keeps seven: %+v, %v", out.Gap, err)
	}
}
