package seal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSealedComesBackForItsNameAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	box, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	sealed := box.Seal("acme", "hunter2")
	if bytes.Contains(sealed, []byte("hunter2")) || bytes.Equal(sealed, box.Seal("acme", "hunter2")) {
		t.Error("what is sealed shows the secret, or that two secrets are equal")
	}
	again, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open("acme", sealed); err != nil || got.Reveal() != "hunter2" {
		t.Errorf("after a restart: %v", err)
	}
	other, err := Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	sealedHere := func(change int) []byte { s := bytes.Clone(sealed); s[change] ^= 1; return s }
	for what, open := range map[string]func() (desk.Secret, error){
		"another name": func() (desk.Secret, error) { return box.Open("globex", sealed) },
		"another key":  func() (desk.Secret, error) { return other.Open("acme", sealed) },
		"a flipped bit": func() (desk.Secret, error) {
			return box.Open("acme", sealedHere(len(sealed)-1))
		},
		"too short": func() (desk.Secret, error) { return box.Open("acme", sealed[:5]) },
	} {
		if got, err := open(); !errors.Is(err, desk.ErrInvalid) || got != "" {
			t.Errorf("%s: %v, want a sentence", what, err)
		}
	}
}

func TestDerivedSecretsAreStableAndApart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	one, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if a := one.Derive("a"); len(a) != 64 || a != again.Derive("a") || a == one.Derive("b") {
		t.Errorf("derived %d characters; the same after a start: %v; as for another name: %v", len(a), a == again.Derive("a"), a == one.Derive("b"))
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for want, file := range map[string]string{
		"chmod 600":             write("open", strings.Repeat("ab", 32), 0o644),
		"64 hexadecimal digits": write("short", "abcd", 0o600),
		"key file":              filepath.Join(dir, "missing", "key"),
	} {
		if _, err := Open(file); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "abab") {
			t.Errorf("%s: %v, want a sentence with %q and without the key", file, err, want)
		}
	}
}

func TestProcessesThatStartAtOnceShareTheKey(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	boxes := make([]*Box, 8)
	var group sync.WaitGroup
	for i := range boxes {
		group.Go(func() {
			box, err := Open(file)
			if err != nil {
				t.Error(err)
				return
			}
			boxes[i] = box
		})
	}
	group.Wait()
	for _, b := range boxes {
		if got, err := b.Open("x", boxes[0].Seal("x", "y")); err != nil || got.Reveal() != "y" {
			t.Fatalf("the keys differ: %v", err)
		}
	}
}
