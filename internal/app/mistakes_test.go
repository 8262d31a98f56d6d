package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What only a kind can find wrong with its settings is said of all sources at once, with its place, and no secret is repeated.
func TestMistakesOfKindsHaveAPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "desk.yaml")
	check(t, os.WriteFile(file, []byte(`desk: {listen: "127.0.0.1:0"}
database: "sqlite:`+dir+`/desk.db"
brands: [{name: acme, title: Acme}]
sources:
  - {name: a, kind: feed, brand: acme, url: "ftp://x"}
  - name: b
    kind: webhook
    brand: acme
    secret: pl4nted
  - {name: c, kind: telegram, brand: acme}
  - {name: d, kind: webhook, brand: acme, secret: 0123456789abcdef}
`), 0o600))
	var out bytes.Buffer
	if err := Check(t.Context(), Options{Config: file, Out: &out, Err: &out}, false); !errors.Is(err, ErrProblems) {
		t.Errorf("the check ends with %v", err)
	}
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(out.String(), file, "desk.yaml")), "\n")
	for i, want := range []string{"desk.yaml:5:45: sources[0].url ", "desk.yaml:9:13: sources[1].secret: it must have", "desk.yaml:10:5: sources[2]: a source of kind telegram needs an account"} {
		if len(lines) != 3 || !strings.HasPrefix(lines[i], want) {
			t.Fatalf("said:\n%s", out.String())
		}
	}
	if _, err := Open(t.Context(), Options{Config: file, Out: &out, Err: &out}); err == nil || !strings.Contains(err.Error(), ":9:13: ") {
		t.Errorf("opening says %v", err)
	}
	if strings.Contains(out.String(), "pl4nted") {
		t.Error("a secret is repeated")
	}
}
