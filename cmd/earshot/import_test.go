package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestImportSurvivesKills kills an import at ten moments; going on each time must end with the same rows as one run.
func TestImportSurvivesKills(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const rows = 20000
	write(t, filepath.Join(dir, "desk.yaml"), "database: sqlite:desk.db\nbrands:\n  - name: acme\n")
	write(t, filepath.Join(dir, "rows.csv"), csvOf(rows))
	args := []string{"import", "--config", "desk.yaml", "--source", "old", "rows.csv"}
	for range 10 {
		cmd := program(t, dir, args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(50+rand.IntN(400)) * time.Millisecond) // the kill must come at any moment, so real time it is
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	finish(t, dir, args)
	out := finish(t, dir, args)
	if want := fmt.Sprintf("0 new, 0 edited, %d known, 0 could not be read", rows); !strings.Contains(out, want) {
		t.Errorf("the last run says %q, want %q", out, want)
	}
}

// TestImportOfRealTweets imports real customer tweets where they are at hand.
func TestImportOfRealTweets(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("EARSHOT_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	file, err := filepath.Abs(filepath.Join(shared, "data", "sentiment.airline.en.tsv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Skip("the labelled data is not there; name its folder in EARSHOT_SHARED")
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "desk.yaml"), "database: sqlite:desk.db\nbrands:\n  - name: airline\n")
	args := []string{"import", "--config", "desk.yaml", "--source", "tweets", "--map", "text=text,id=id", file}
	if out := finish(t, dir, args); !strings.Contains(out, "11401 new, 0 edited, 0 known, 0 could not be read; 0 cases opened") {
		t.Errorf("the first run says %q", out)
	}
	if out := finish(t, dir, args); !strings.Contains(out, "0 new, 0 edited, 11401 known, 0 could not be read") {
		t.Errorf("the second run says %q", out)
	}
}

func program(t *testing.T, dir string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asEarshot+"=1")
	return cmd
}

func finish(t *testing.T, dir string, args []string) string {
	t.Helper()
	out, err := program(t, dir, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return regexp.MustCompile(`(?m)^.*known.*$`).FindString(string(out))
}

func csvOf(rows int) string {
	var b strings.Builder
	b.WriteString("id,author,text\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d,author%d,Row %d says that the parcel was late again.\n", i, i%977, i)
	}
	return b.String()
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
