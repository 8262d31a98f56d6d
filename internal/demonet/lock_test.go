package demonet

import (
	"path/filepath"
	"strings"
	"testing"
)

// Two networks on one log would tear it apart; the second is refused in a sentence, and welcome when the first has ended.
func TestOneNetworkPerFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.db")
	first, _ := start(t, path)
	if n, err := Open(Options{Data: path}); err == nil || !strings.Contains(err.Error(), path+" is in use by another demo network") {
		if n != nil {
			_ = n.Close()
		}
		t.Fatalf("a second network on the same file: %v", err)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait()
	n, err := Open(Options{Data: path})
	if err != nil {
		t.Fatalf("after the first was killed: %v", err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
}
