package triage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

func stream(t *testing.T, in string) []map[string]any {
	t.Helper()
	var out bytes.Buffer
	if err := triage.JSONL(t.Context(), strings.NewReader(in), &out, pipeline(t, acme())); err != nil {
		t.Fatal(err)
	}
	var list []map[string]any
	for line := range strings.Lines(out.String()) {
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, o)
	}
	return list
}

func TestJSONL(t *testing.T) {
	t.Parallel()
	got := stream(t, strings.Join([]string{
		"Szörnyű volt, soha többet!",
		"",
		`{"text":"fine","rating":1,"language":"en-GB"}`,
		`{"rating":1}`,
		`{"text":`,
		`{"text":"x","rating":7}`,
		strings.Repeat("a", 17<<20),
		"last line without its end",
	}, "\n"))
	if len(got) != 8 {
		t.Fatalf("%d answers to 8 lines", len(got))
	}
	label := func(i int, tag string) any { m, _ := got[i][tag].(map[string]any); return m["label"] }
	if label(0, "sentiment") != desk.Negative || label(0, "language") != "hu" {
		t.Errorf("line 1: %v", got[0])
	}
	if label(1, "sentiment") != desk.Neutral || label(1, "language") != desk.Undetermined {
		t.Errorf("the empty line: %v", got[1])
	}
	for _, tag := range []string{"products", "topics", "reasons"} {
		if list, ok := got[1][tag].([]any); !ok || len(list) != 0 {
			t.Errorf("%s of the empty line: %v", tag, got[1][tag])
		}
	}
	if label(2, "sentiment") != desk.Negative || label(2, "language") != "en" {
		t.Errorf("one star: %v", got[2])
	}
	for _, i := range []int{3, 4, 5, 6} {
		if s, ok := got[i]["error"].(string); !ok || s == "" || len(got[i]) != 1 {
			t.Errorf("line %d: %.200v", i+1, got[i])
		}
	}
}

// TestJSONLKeepsOrder sends more lines than fit in one batch and asks each to come back in its place.
func TestJSONLKeepsOrder(t *testing.T) {
	t.Parallel()
	var in strings.Builder
	const n = 20_000
	for i := range n {
		if i%3 == 0 {
			fmt.Fprintf(&in, "{bad %d\n", i)
			continue
		}
		fmt.Fprintf(&in, "This is a terrible line\n")
	}
	got := stream(t, in.String())
	if len(got) != n {
		t.Fatalf("%d answers to %d lines", len(got), n)
	}
	for i, o := range got {
		if _, failed := o["error"]; failed != (i%3 == 0) {
			t.Fatalf("answer %d is out of place: %v", i, o)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestJSONLFails(t *testing.T) {
	t.Parallel()
	p := pipeline(t, triage.Options{})
	in := strings.Repeat("some words\n", 100_000)
	if err := triage.JSONL(t.Context(), strings.NewReader(in), full{}, p); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("writing to a full disk: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := triage.JSONL(ctx, strings.NewReader(in), &bytes.Buffer{}, p); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
