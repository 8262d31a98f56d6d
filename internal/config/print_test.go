package config_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/config"
)

const withSecrets = `
desk: {name: "true", private_networks: [10.0.0.0/8]}
database: postgres://desk:hunter2@db.example.com:5432/earshot?sslpassword=hunter2&x=1
accounts: [{name: a, kind: bare, token: "${TOKEN}"}]
sources:
  - {name: s, kind: every, url: "https://user:hunter2@example.com/feed?access_token=hunter2&q=1", key: hunter2, inner: {token: hunter2}, many: [{token: hunter2}], account: }
notify:
  targets: [{name: h, kind: hook, url: hunter2}]
`

func TestRedacted(t *testing.T) {
	t.Parallel()
	c := parse(t, withSecrets, "TOKEN", "hunter2")
	out := c.Redacted()
	if strings.Contains(out, "hunter2") {
		t.Errorf("a secret shows:\n%s", out)
	}
	for _, want := range []string{
		"  name: \"true\"\n", "  listen: 127.0.0.1:8080\n", "    raw: 30d\n", "every: 5m\n", "age: 7d\n",
		`database: "postgres://desk:<secret>@db.example.com:5432/earshot?sslpassword=<secret>&x=1"`,
		`url: "https://user:<secret>@example.com/feed?access_token=<secret>&q=1"`,
		`token: "<secret>"`, "- name: h\n      kind: hook\n      url: \"<secret>\"\n", "    - 10.0.0.0/8\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprintf("%v %+v %s %d %x", c.Database, c.Database, c.Database, c.Database, c.Database), string(asJSON)} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("a secret shows in %s", text)
		}
	}
}

// TestRedactedIsTheSameConfiguration: where there are no secrets, the print reads back as what was printed.
func TestRedactedIsTheSameConfiguration(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"null", "true", "12", "1e3", "0x1F", "~", "a: b", "a #b", " a ", "- a", "${HOME}", "$${x}", "\"", "'", "a\nb",
		"Ünïcödé", "Άκμι", "@x", "*x", "&x", "!x", "%x", "?", "yes", "2024-01-01", "10:20", "{a}", "[a]", ",", "a,b", "|", ">", "=", "<<", ".inf", "a:", ":a"} {
		alias, err := json.Marshal(strings.ReplaceAll(name, "${", "$${"))
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf("brands: [{name: a, title: %[1]s, aliases: [%[1]s, b]}]\ntriage: {topics: [{name: t, words: {any: [%[2]s]}}]}\n"+
			"sources: [{name: s, kind: every, url: u, headers: {k: %[1]s}, many: [{left: %[1]s}, {}]}]\n", alias, `"b*"`)
		first := parse(t, text)
		second := parse(t, first.Redacted())
		if first.Redacted() != second.Redacted() || second.Brands[0].Title != name || second.Brands[0].Aliases[0] != name {
			t.Errorf("%q becomes %q in\n%s", name, second.Brands[0].Title, first.Redacted())
		}
		var one, two everything
		if err := first.Sources[0].Decode(&one); err != nil {
			t.Fatal(err)
		}
		if err := second.Sources[0].Decode(&two); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(one, two); diff != "" {
			t.Errorf("%q: options differ (-printed +read):\n%s", name, diff)
		}
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	source := func(settings string, pairs ...string) config.Source {
		return parse(t, "sources: [{name: s, kind: every, "+settings+"}]\n", pairs...).Sources[0]
	}
	base := source("url: https://example.com").Hash()
	for what, same := range map[string]config.Source{
		"order and spelled-out defaults": source("pages: 3, every: 300s, url: 'https://example.com'"),
		"a variable":                     source("url: '${U}'", "U", "https://example.com"),
	} {
		if same.Hash() != base {
			t.Errorf("%s changes the hash", what)
		}
	}
	for _, other := range []string{"url: https://example.org", "url: https://example.com, pages: 4", "url: https://example.com, every: 1h"} {
		if source(other).Hash() == base {
			t.Errorf("%s does not change the hash", other)
		}
	}
	if source("url: u, key: one").Hash() != source("url: u, key: two").Hash() {
		t.Error("a secret is in the hash")
	}
}
