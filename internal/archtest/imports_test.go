package archtest

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/earshotdesk/earshot/"

// may lists, for each room, the rooms of ours that it may import. A trailing * stands for every package below. What a room needs
// from another it declares as an interface, and internal/app hands it in.
var may = map[string][]string{
	"internal/desk":       {},
	"internal/text":       {},
	"internal/archtest":   {},
	"internal/realsrv":    {"internal/realsrv/pg"},
	"internal/realsrv/pg": {},
	"internal/bench":      {"internal/desk", "triage", "internal/realsrv/pg"},
	"internal/seal":       {"internal/desk"},
	"internal/demonet":    {"internal/desk", "internal/text"},

	"internal/config":  {"internal/desk", "internal/text"},
	"internal/fetch":   {"internal/desk", "internal/text"},
	"internal/keyring": {"internal/desk"},
	"internal/markup":  {"internal/text"},
	"internal/store":   {"internal/desk", "internal/text"},
	"internal/outbox":  {"internal/desk", "internal/text"},
	"internal/work":    {"internal/desk", "internal/text"},

	"triage/labelled":          {"internal/desk"},
	"triage":                   {"triage/labelled", "internal/desk", "internal/text", "triage/langid", "triage/model"},
	"triage/langid":            {"internal/text"},
	"triage/model":             {"internal/text"},
	"triage/train":             {"triage/labelled", "internal/desk", "internal/text", "triage/langid", "triage/model"},
	"connectors":               {"internal/desk", "internal/text"},
	"connectors/all":           {"connectors", "connectors/*"},
	"connectors/connectortest": {"internal/desk", "internal/text", "connectors", "internal/fetch"},
	"connectors/*":             {"internal/desk", "internal/text", "internal/markup", "connectors", "connectors/internal/*", "internal/fetch"},
	"connectors/internal/*":    {"internal/desk", "internal/text", "internal/markup", "connectors", "internal/fetch"},
	"notify":                   {"internal/desk", "internal/text"},
	"notify/*":                 {"internal/desk", "internal/text", "notify"},
	"web":                      {"internal/desk", "internal/text", "internal/work"},
	"web/*":                    {"internal/desk", "internal/text"},
	"configs":                  {},

	"internal/app": {"internal/*", "connectors", "connectors/*", "triage", "triage/*", "notify", "notify/*", "web"},
	"cmd/earshot":  {"internal/app", "internal/desk"},
}

// outside lists packages of others that only the named rooms may import.
var outside = map[string][]string{
	"database/sql":                       {"internal/store"},
	"github.com/mattn/go-sqlite3":        {"internal/store"},
	"github.com/jackc/pgx/v5":            {"internal/store"},
	"github.com/slack-go/slack":          {"notify/slack"},
	"github.com/mmcdole/gofeed":          {"connectors/feed"},
	"github.com/jdkato/prose/v2":         {"triage"},
	"github.com/BobuSumisu/aho-corasick": {"triage"},
	"github.com/spf13/cobra":             {"cmd/earshot"},
	"github.com/goccy/go-yaml":           {"internal/config", "connectors/connectortest", "notify/notifytest", "triage/train"},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Standard   bool
	Doc        string
	Dir        string
	GoFiles    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Doc,Dir,GoFiles", "./...")
	cmd.Dir = root(t)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, errs.String())
	}
	var list []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	if len(list) < 10 {
		t.Fatalf("go list found %d packages; the rules would check nothing", len(list))
	}
	return list
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		allowed, ok := row(room)
		if !ok {
			t.Errorf("%s has no row in archtest's table: say which rooms it may import", room)
			continue
		}
		for _, imp := range p.Imports {
			if ours, ok := strings.CutPrefix(imp, module); ok && !matches(allowed, ours) {
				t.Errorf("%s imports %s; it may import %v", room, ours, allowed)
			}
			if room == "internal/desk" && strings.Contains(imp, ".") {
				t.Errorf("internal/desk imports %s; it may import the standard library alone", imp)
			}
			for reserved, rooms := range outside {
				if (imp == reserved || strings.HasPrefix(imp, reserved+"/")) && !matches(rooms, room) {
					t.Errorf("%s imports %s; only %v may", room, imp, rooms)
				}
			}
		}
	}
}

// row finds the rule of a room: its own, or that of its parent's star.
func row(room string) ([]string, bool) {
	if r, ok := may[room]; ok {
		return r, true
	}
	r, ok := may[path.Dir(room)+"/*"]
	return r, ok
}

func matches(list []string, name string) bool {
	return slices.ContainsFunc(list, func(l string) bool {
		return l == name || (strings.HasSuffix(l, "/*") && strings.HasPrefix(name, strings.TrimSuffix(l, "*")))
	})
}

func TestPackageComments(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && len(p.Doc) < 40 {
			t.Errorf("%s: the package comment does not say what the package is for, owns and promises", p.ImportPath)
		}
	}
}
