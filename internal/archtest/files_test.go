package archtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// walk calls fn with every file of the project, paths relative to its root.
func walk(t *testing.T, fn func(name string, data []byte)) {
	t.Helper()
	top := root(t)
	skip := []string{".git", ".build", ".realservers", "node_modules", "vendor"}
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains(skip, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() && filepath.Ext(name) == ".go" {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(top, name)
			if err != nil {
				return err
			}
			fn(filepath.ToSlash(rel), data)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoFileIsTooLong(t *testing.T) {
	t.Parallel()
	const most = 400
	seen := 0
	walk(t, func(name string, data []byte) {
		seen++
		if n := bytes.Count(data, []byte("\n")); n > most {
			t.Errorf("%s has %d lines; %d are the most, split it by what it is about", name, n, most)
		}
	})
	if seen < 20 {
		t.Fatalf("saw %d files; the rule would check nothing", seen)
	}
}

// TestNoHiddenState fails on init functions and on package variables that code assigns to.
func TestNoHiddenState(t *testing.T) {
	t.Parallel()
	walk(t, func(name string, data []byte) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, data, 0)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function; make it a value that is handed in", name)
			}
		}
	})
}

// TestConnectorsAreComplete wants from every kind its sample, its README, cases or tests, and its line in connectors/all.
func TestConnectorsAreComplete(t *testing.T) {
	t.Parallel()
	top := filepath.Join(root(t), "connectors")
	all, err := os.ReadFile(filepath.Join(top, "all", "all.go"))
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	kinds := 0
	for _, e := range entries {
		if !e.IsDir() || e.Name() == "all" || e.Name() == "connectortest" || e.Name() == "internal" || e.Name() == "testdata" {
			continue
		}
		kinds++
		for _, want := range []string{"sample.yaml", "README.md", "testdata"} {
			if _, err := os.Stat(filepath.Join(top, e.Name(), want)); err != nil {
				t.Errorf("connectors/%s has no %s", e.Name(), want)
			}
		}
		if !bytes.Contains(all, []byte(e.Name()+".Spec()")) {
			t.Errorf("connectors/%s has no line in connectors/all", e.Name())
		}
	}
	if kinds < 2 {
		t.Fatalf("saw %d kinds; the rule would check nothing", kinds)
	}
}

// released holds the digest of every migration that a release has carried. Such a file never changes again: databases out there
// have run it. A new one gets its line when it is released.
var released = map[string]string{}

func TestMigrationsAreUnchanged(t *testing.T) {
	t.Parallel()
	top := filepath.Join(root(t), "internal", "store", "migrations")
	for name, want := range released {
		data, err := os.ReadFile(filepath.Join(top, name))
		if err != nil {
			t.Errorf("a released migration is missing: %v", err)
			continue
		}
		sum := sha256.Sum256(data)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s was released and has changed since; write a new migration instead", name)
		}
	}
	if s, p := names(t, filepath.Join(top, "sqlite")), names(t, filepath.Join(top, "postgres")); !slices.Equal(s, p) || len(s) == 0 {
		t.Errorf("the engines have different migrations: sqlite %v, postgres %v", s, p)
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
