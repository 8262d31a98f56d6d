package app

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/google/go-cmp/cmp"
)

func printed(t *testing.T, kind, format string) string {
	t.Helper()
	var out bytes.Buffer
	if err := Connectors(Options{Out: &out}, kind, format); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestNetworksDoc: the page of the docs says what the connectors say of themselves today.
func TestNetworksDoc(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/networks.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(printed(t, "", "markdown"), string(page)); diff != "" {
		t.Errorf("internal/docs/networks.md is out of date; `make networks` writes it anew (-want +got):\n%s", diff)
	}
}

// TestNetworksAreReachable: every kind has the README that the docs and the product's README lead to.
func TestNetworksAreReachable(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds, _, err := registries()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds.Kinds() {
		link := "connectors/" + k + "/README.md"
		if _, err := os.Stat("../../" + link); err != nil {
			t.Errorf("%v", err)
		}
		if !strings.Contains(string(readme), "("+link+")") {
			t.Errorf("the product's README does not lead to %s", link)
		}
	}
}

// TestConnectorsFit: the table is readable on 120 columns, and so is what is said of one kind but for its sample.
func TestConnectorsFit(t *testing.T) {
	t.Parallel()
	kinds, _, err := registries()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"table": printed(t, "", "table")}
	for _, k := range kinds.Kinds() {
		texts[k], _, _ = strings.Cut(printed(t, k, "table"), "A source to copy:")
	}
	for name, s := range texts {
		for line := range strings.Lines(s) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 120 {
				t.Errorf("%s has a line of %d columns: %s", name, n, line)
			}
		}
	}
}

// TestConnectorsJSON: what programs read keeps its names, and one kind brings its settings and its sample.
func TestConnectorsJSON(t *testing.T) {
	t.Parallel()
	var all []map[string]any
	if err := json.Unmarshal([]byte(printed(t, "", "json")), &all); err != nil {
		t.Fatal(err)
	}
	names := strings.Fields("kind summary polls replies many edit delete limit counts certainty resend moderates cost noTraining seesEdits seesGone forgets pushes title group")
	for _, k := range all {
		for _, name := range names {
			if _, ok := k[name]; !ok {
				t.Errorf("%v lacks %s", k["kind"], name)
			}
		}
		if k["settings"] != nil || k["sample"] != nil {
			t.Errorf("the list carries what belongs to one kind: %v", k["kind"])
		}
	}
	var one struct {
		Kind, Window, Sample, Login string
		Settings                    []struct{ Name, Form, Default, Doc string }
	}
	if err := json.Unmarshal([]byte(printed(t, "telegram", "json")), &one); err != nil {
		t.Fatal(err)
	}
	if one.Kind != "telegram" || one.Window != "24h0m0s" || one.Login != "token" || len(one.Settings) == 0 || !strings.Contains(one.Sample, "kind: telegram") {
		t.Errorf("telegram is %+v", one)
	}
	if err := Connectors(Options{Out: &bytes.Buffer{}}, "myspace", "json"); err == nil || !strings.Contains(err.Error(), "myspace") {
		t.Errorf("an unknown kind: %v", err)
	}
}

// TestTell: the sentences follow from the table, whatever it holds.
func TestTell(t *testing.T) {
	t.Parallel()
	said := func(c connectors.Capabilities) string {
		var b strings.Builder
		for _, f := range tell(connectors.Spec{Kind: "net", Caps: c}) {
			b.WriteString(f.About + ": " + f.Says + "\n")
		}
		return b.String()
	}
	for _, c := range []struct {
		name  string
		caps  connectors.Capabilities
		wants []string
		never []string
	}{
		{"read only", connectors.Capabilities{Polls: true, Certainty: connectors.CertainNone}, []string{"Not from the desk", "Neither edits nor removals", "Free.", "None is needed"}, []string{"Exactly once", "Longest"}},
		{"blind", connectors.Capabilities{Polls: true, Replies: true, Many: true, Certainty: connectors.CertainBlind, Limit: 4096, Counts: "utf16", Window: 24 * time.Hour, SeesEdits: true},
			[]string{"nobody but a person can look", "4,096 characters", "older than 1 day", "Removals cannot be seen", "none can be edited or deleted", "Its token"}, nil},
		{"window", connectors.Capabilities{Polls: true, Replies: true, Certainty: connectors.CertainWindow, Resend: 50 * time.Minute, Edit: true}, []string{"within 50 minutes", "Not documented", "edited, not deleted"}, nil},
		{"upsert", connectors.Capabilities{Polls: true, Replies: true, Certainty: connectors.CertainUpsert, Delete: true, Moderates: true, Delay: time.Second}, []string{"never replaces what somebody else wrote", "it may refuse", "deleted, not edited"}, []string{"Within 1 second"}},
		{"pushed, bound", connectors.Capabilities{Pushes: true, Certainty: connectors.CertainNone, SeesGone: true, NoTraining: true, Forgets: true, Cost: "Ten crowns a call."}, []string{"cannot ask", "Ten crowns", "forbid learning", "is removed here"}, []string{"Free."}},
	} {
		got := said(c.caps)
		for _, want := range c.wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s does not say %q:\n%s", c.name, want, got)
			}
		}
		for _, bad := range c.never {
			if strings.Contains(got, bad) {
				t.Errorf("%s says %q:\n%s", c.name, bad, got)
			}
		}
	}
}
