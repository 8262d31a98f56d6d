package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := parse(t, "brands: []\n")
	if c.Desk.Listen != "127.0.0.1:8080" || c.Desk.Timezone != "UTC" || c.Desk.Workers != 4 || c.Desk.KeyFile != "earshot.key" ||
		c.Desk.Log != (config.Log{Level: "info", Format: "text"}) || c.Desk.Retention.Raw.Std() != 30*24*time.Hour ||
		c.Database.Reveal() != "sqlite:earshot.db" || c.Dir != "testdata" {
		t.Errorf("defaults: %+v", c)
	}
	want := desk.Workflow{Approval: "off", Undo: desk.Duration(10 * time.Second), Join: desk.Duration(7 * 24 * time.Hour),
		Open: desk.OpenPolicy{Sentiment: []string{"negative"}, Urgency: []string{"high", "critical"}, Intent: []string{"complaint", "fault"}}}
	if diff := cmp.Diff(want, c.Workflow); diff != "" {
		t.Errorf("workflow (-want +got):\n%s", diff)
	}
	// Writing one field of a section leaves the others at their defaults.
	c = parse(t, "workflow: {open: {urgency: [low]}}\nsources: [{name: a, kind: bare}]\n")
	if diff := cmp.Diff([]string{"negative"}, c.Workflow.Open.Sentiment); diff != "" || c.Workflow.Undo.Std() != 10*time.Second {
		t.Errorf("partial workflow: %+v", c.Workflow)
	}
	if c.Sources[0].Every.Std() != 5*time.Minute {
		t.Errorf("every: %v", c.Sources[0].Every)
	}
}

func TestOptionsOfEveryType(t *testing.T) {
	t.Parallel()
	c := parse(t, `
sources:
  - name: full
    kind: every
    every: 1d
    url: "${BASE}/x"
    key_file: secrets/token
    mode: slow
    pages: ${PAGES}
    small: 255
    ratio: ${RATIO:-0.25}
    deep: ${DEEP}
    age: 1d12h
    wait: ${WAIT}
    tags: [c]
    headers: {X-One: "1", X-Two: "$${kept} $5 ${BASE}"}
    inner: {token: in}
    many: [{left: a}, {token_file: secrets/token}]
    maybe: false
    site: mastodon:example.social
    agent: bot
  - {name: few, kind: every, url: x}
`, "BASE", "https://example.com", "PAGES", "7", "DEEP", "false", "WAIT", "90s")
	var got, few everything
	for i, into := range []*everything{&got, &few} {
		if err := c.Sources[i].Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	no := false
	want := everything{URL: "https://example.com/x", Key: "s3cret-token", Mode: "slow", Pages: 7, Small: 255, Ratio: 0.25,
		Age: desk.Duration(36 * time.Hour), Wait: 90 * time.Second, Tags: []string{"c"},
		Headers: map[string]string{"X-One": "1", "X-Two": "${kept} $5 https://example.com"},
		Inner:   inner{Left: "l", Token: "in"}, Many: []inner{{Left: "a"}, {Left: "l", Token: "s3cret-token"}},
		Maybe: &no, Site: "mastodon:example.social", Shared: Shared{Agent: "bot"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("full (-want +got):\n%s", diff)
	}
	want = everything{URL: "x", Mode: "fast", Pages: 3, Ratio: 0.5, Deep: true, Age: desk.Duration(7 * 24 * time.Hour),
		Wait: 2 * time.Second, Tags: []string{"a", "b"}, Inner: inner{Left: "l"}}
	if diff := cmp.Diff(want, few); diff != "" {
		t.Errorf("few (-want +got):\n%s", diff)
	}
}

// TestEnvironmentInjectsNothing: what a variable holds stays one value, whatever it looks like.
func TestEnvironmentInjectsNothing(t *testing.T) {
	t.Parallel()
	evil := "x\nbrands: [{name: evil}]\n\"'${HOME} # {[&*"
	c := parse(t, "desk:\n  name: ${EVIL}\n", "EVIL", evil, "HOME", "/root")
	if c.Desk.Name != evil || len(c.Brands) != 0 {
		t.Errorf("got %q and %d brands", c.Desk.Name, len(c.Brands))
	}
}

func TestDecodeGivesEveryCallerItsOwn(t *testing.T) {
	t.Parallel()
	c := parse(t, "sources: [{name: a, kind: every, url: x, headers: {a: b}, tags: [a]}]\n")
	var one, two everything
	if err := c.Sources[0].Decode(&one); err != nil {
		t.Fatal(err)
	}
	one.Headers["a"], one.Tags[0] = "changed", "changed"
	if err := c.Sources[0].Decode(&two); err != nil || two.Headers["a"] != "b" || two.Tags[0] != "a" {
		t.Errorf("got %+v, %v", two, err)
	}
	var wrong struct{}
	if err := c.Sources[0].Decode(&wrong); err == nil || !strings.Contains(err.Error(), "sources[0].url is not a known setting") {
		t.Errorf("another kind's struct: %v", err)
	}
	if err := c.Sources[0].Decode(everything{}); err == nil {
		t.Error("a struct that is no pointer was filled")
	}
	if err := (config.Source{}).Decode(&wrong); err == nil {
		t.Error("a source from nowhere was decoded")
	}
}

// TestSecretsAreReadOnce: a token file may be gone, or belong to somebody else, by the time a connector is made again.
func TestSecretsAreReadOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	token := filepath.Join(dir, "url")
	if err := os.WriteFile(token, []byte("https://hooks.example.com/T1\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "earshot.yaml")
	if err := os.WriteFile(file, []byte("notify: {targets: [{name: h, kind: hook, url_file: url}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, kinds())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(token); err != nil {
		t.Fatal(err)
	}
	var h hook
	if err := c.Notify.Targets[0].Decode(&h); err != nil || h.URL.Reveal() != "https://hooks.example.com/T1" {
		t.Errorf("got %q, %v", h.URL.Reveal(), err)
	}
}

// TestKeysOfManyLines: vendors hand out keys as JSON and in armour; any other secret of many lines is a mistake.
func TestKeysOfManyLines(t *testing.T) {
	t.Parallel()
	const armour = "-----BEGIN PRIVATE KEY-----\nAAAA\nBBBB\n-----END PRIVATE KEY-----"
	for name, c := range map[string]struct{ content, want string }{
		"JSON":        {"{\n  \"type\": \"service_account\",\n  \"private_key\": \"-----BEGIN\\nAA\\n\"\n}\n", `{"type":"service_account","private_key":"-----BEGIN\nAA\n"}`},
		"armour":      {armour + "\n", armour},
		"two words":   {"one\ntwo\n", ""},
		"no JSON":     {"{one\ntwo}\n", ""},
		"half armour": {"-----BEGIN PRIVATE KEY-----\nAAAA\n", ""},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "earshot.yaml")
		if err := os.WriteFile(filepath.Join(dir, "key"), []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("accounts: [{name: a, kind: every, token_file: key}]\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := config.Load(file, kinds())
		switch {
		case c.want == "" && (err == nil || !strings.Contains(err.Error(), "more than one line")):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err != nil || got.Accounts[0].Token.Reveal() != c.want):
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWindowsFilesAndByteOrderMarks(t *testing.T) {
	t.Parallel()
	c := parse(t, "\ufeffdesk:\r\n  name: Ügyfélszolgálat\r\nbrands:\r\n  - name: a\r\n    aliases:\r\n    - Άκμι\r\n")
	if c.Desk.Name != "Ügyfélszolgálat" || len(c.Brands) != 1 || c.Brands[0].Aliases[0] != "Άκμι" {
		t.Errorf("got %+v", c)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	c := parse(t, `
brands: [{name: a}, {name: b}]
accounts:
  - {name: one, kind: bare, brand: a, publish: "on"}
  - {name: two, kind: bare}
sources: [{name: s, kind: bare, brand: b, account: one}]
triage: {rules: [{name: all, set: {urgency: low}}]}
notify: {targets: [{name: t, kind: console}]}
`)
	var got []string
	for _, w := range c.Warnings() {
		got = append(got, w.String())
	}
	want := []string{
		`testdata/x.yaml:4:48: accounts[0].publish is on, but no token stands here: replies wait until the account is connected or its token is given (earshot account --help)`,
		`testdata/x.yaml:5:12: accounts[1].name "two" is named by no source, so the account does nothing`,
		`testdata/x.yaml:6:52: sources[0].account speaks for brand "a", but the source is about brand "b"`,
		`testdata/x.yaml:7:18: triage.rules[0].when has no condition, so the rule applies to every text`,
		`testdata/x.yaml:8:27: notify.targets[0].name "t" is named by no route, so nothing goes there`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if got := parse(t, "desk: {}\n").Warnings(); len(got) != 3 {
		t.Errorf("an empty desk warns of %v", got)
	}
}
