package triage

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// TestMerge keeps one reason for each place and tag, and the sum of the moves whole.
func TestMerge(t *testing.T) {
	t.Parallel()
	moves := []desk.Move{{Label: "negative", By: 1}}
	got := merge([]desk.Reason{
		{Tag: "sentiment", By: "word", Text: "awful", To: 5, Weight: -1, Moves: moves},
		{Tag: "spam", By: "word", Text: "awful", To: 5, Weight: 1},
		{Tag: "sentiment", By: "emoji", Text: "awful", To: 5, Weight: -0.5, Moves: []desk.Move{{Label: "negative", By: 0.5}, {Label: "positive", By: -2}}},
		{Tag: "spam", By: "rule", Text: "awful", To: 5, Weight: 3},
		{Tag: "sentiment", By: "prior", Moves: moves},
	})
	want := []desk.Reason{
		{Tag: "sentiment", By: "word", Text: "awful", To: 5, Weight: -1.5, Moves: []desk.Move{{Label: "negative", By: 1.5}, {Label: "positive", By: -2}}},
		{Tag: "spam", By: "rule", Text: "awful", To: 5, Weight: 3},
		{Tag: "sentiment", By: "prior", Moves: []desk.Move{{Label: "negative", By: 1}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
