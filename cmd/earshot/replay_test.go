package main

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestReplaySurvivesKills kills a replay at ten moments; going on each time must end as one run does.
func TestReplaySurvivesKills(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const rows = 20000
	const desk = "database: sqlite:desk.db\nbrands:\n  - name: acme\n"
	write(t, filepath.Join(dir, "desk.yaml"), desk)
	write(t, filepath.Join(dir, "rows.csv"), csvOf(rows))
	finish(t, dir, []string{"import", "--config", "desk.yaml", "--source", "old", "rows.csv"})
	write(t, filepath.Join(dir, "desk.yaml"), desk+"triage:\n  rules:\n    - name: all\n      set: {urgency: critical, topics: [everything]}\n")
	args := []string{"replay", "--config", "desk.yaml", "--format", "jsonl"}
	for range 10 {
		cmd := program(t, dir, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(30+rand.IntN(300)) * time.Millisecond) // the kill must come at any moment, so real time it is
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	said := func() string {
		t.Helper()
		out, err := program(t, dir, args...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	lines := strings.Split(said(), "\n")
	if sum := lines[len(lines)-1]; !strings.HasPrefix(sum, `{"mentions":20000,"changed":20000,`) || !strings.Contains(sum, `{"tag":"topic","from":"","to":"everything","n":20000}`) {
		t.Errorf("all in all: %s", sum)
	}
	if again := said(); !strings.HasPrefix(again, `{"mentions":0,`) {
		t.Errorf("the next run says %q", again)
	}
}
