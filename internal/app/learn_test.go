package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
)

// classroom is a desk with some history, worked by its commands.
type classroom struct {
	t   *testing.T
	dir string
	dsn string
	opt Options
	out bytes.Buffer
}

func newClassroom(t *testing.T, dsn string) *classroom {
	t.Helper()
	c := &classroom{t: t, dir: t.TempDir(), dsn: dsn}
	c.opt = Options{Config: filepath.Join(c.dir, "desk.yaml"), Version: "test", Out: &c.out, Err: &bytes.Buffer{}}
	c.configure("")
	var b strings.Builder
	for i := range 600 {
		words := []string{"the parcel came on time", "is the shop open on Sunday", "the app works on my phone", "I like the colours"}[i%4]
		if i%30 == 7 {
			words += ", and then it smouldered"
		}
		fmt.Fprintf(&b, `{"id":"%d","text":%q,"author":"u%d"}`+"\n", i, words, i%50)
	}
	file := filepath.Join(c.dir, "past.jsonl")
	check(t, os.WriteFile(file, []byte(b.String()), 0o600))
	check(t, Import(t.Context(), c.opt, ImportOptions{Source: "past", File: file}))
	c.out.Reset()
	return c
}

// configure writes the desk's configuration with some rules.
func (c *classroom) configure(rules string) {
	c.t.Helper()
	text := fmt.Sprintf("desk: {name: Test desk, key_file: %s/desk.key}\ndatabase: %q\nbrands: [{name: acme}]\n", c.dir, c.dsn)
	if rules != "" {
		text += "triage:\n  rules:\n    " + strings.ReplaceAll(strings.TrimSpace(rules), "\n", "\n    ") + "\n"
	}
	check(c.t, os.WriteFile(c.opt.Config, []byte(text), 0o600))
}

// printed returns what a command printed.
func (c *classroom) printed(err error) string {
	c.t.Helper()
	check(c.t, err)
	defer c.out.Reset()
	return c.out.String()
}

// find lists mentions.
func (c *classroom) find(f desk.MentionFilter) []desk.MentionRow {
	c.t.Helper()
	a, err := Open(c.t.Context(), c.opt)
	check(c.t, err)
	defer func() { check(c.t, a.Close()) }()
	rows, err := a.store.ListMentions(c.t.Context(), desk.Everything, f, desk.Page{Limit: 1000})
	check(c.t, err)
	return rows
}

// TestDeskLearns goes the whole way by the commands: people correct, the desk proposes a rule, an admin tries it and pastes it into the
// configuration, and history is judged again.
func TestDeskLearns(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t *testing.T) string { return realsrv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, ctx := newClassroom(t, dsn(t)), t.Context()
			hot := c.find(desk.MentionFilter{Query: "smouldered"})
			for _, m := range hot[:3] {
				in := CorrectOptions{Correction: desk.Correction{Mention: m.ID, Tag: desk.TagUrgency, To: desk.UrgencyCritical, Note: "fire"}}
				c.printed(Correct(ctx, c.opt, in))
			}
			if got := c.find(desk.MentionFilter{Urgency: desk.UrgencyCritical}); len(got) != 3 {
				t.Errorf("%d mentions are critical after three corrections", len(got))
			}
			if got := c.printed(Corrections(ctx, c.opt, time.Hour, true)); strings.Count(got, "\n") != 3 || !strings.Contains(got, `"note":"fire"`) {
				t.Errorf("the list is %s", got)
			}
			var proposals desk.Proposals
			check(t, json.Unmarshal([]byte(c.printed(ProposeRules(ctx, c.opt, "", time.Hour, true))), &proposals))
			if len(proposals.Proposals) != 1 {
				t.Fatalf("the proposals are %+v", proposals)
			}
			p := proposals.Proposals[0]
			if p.Covers != 3 || p.Trial.Right != 3 || p.Trial.Changed != len(hot)-3 || p.Trial.Mentions != 600 || !strings.Contains(p.YAML, "smouldered") {
				t.Errorf("the proposal is %+v", p)
			}
			c.apply(p.YAML, len(hot))
		})
	}
}

// apply tries a rule from a file, puts it into the configuration and judges again.
func (c *classroom) apply(yaml string, hot int) {
	c.t.Helper()
	ctx := c.t.Context()
	file := filepath.Join(c.dir, "rule.yaml")
	check(c.t, os.WriteFile(file, []byte(yaml), 0o600))
	said := c.printed(TryRules(ctx, c.opt, file, time.Hour, false))
	if !strings.Contains(said, fmt.Sprintf("its condition holds for %d and it would have changed %d", hot, hot-3)) || !strings.Contains(said, "put 3 right and 0 wrong") {
		c.t.Errorf("the trial says:\n%s", said)
	}
	if got := c.find(desk.MentionFilter{Urgency: desk.UrgencyCritical}); len(got) != 3 {
		c.t.Errorf("%d mentions are critical after a mere trial", len(got))
	}
	c.configure(yaml)
	dry := c.printed(Replay(ctx, c.opt, ReplayOptions{Span: time.Hour, Dry: true, Lines: true}))
	wet := c.printed(Replay(ctx, c.opt, ReplayOptions{Span: time.Hour, Lines: true}))
	if dry != wet || strings.Count(wet, "\n") != hot-3+1 || !strings.Contains(wet, fmt.Sprintf(`"mentions":600,"changed":%d`, hot-3)) {
		c.t.Errorf("dry:\n%s\nwet:\n%s", dry, wet)
	}
	if got := c.find(desk.MentionFilter{Urgency: desk.UrgencyCritical}); len(got) != hot {
		c.t.Errorf("%d mentions are critical after the replay, want %d", len(got), hot)
	}
	if said := c.printed(Replay(ctx, c.opt, ReplayOptions{Span: time.Hour})); !strings.HasPrefix(said, "0 mentions were judged again.") {
		c.t.Errorf("a second replay says:\n%s", said)
	}
}

// What a site's terms forbid to learn from is not learned from, also when the source is no longer configured.
func TestLearnable(t *testing.T) {
	t.Parallel()
	a := &App{sources: map[string]source{"mine": {}, "theirs": {caps: connectors.Capabilities{NoTraining: true}}}}
	var err error
	a.kinds, _, err = registries()
	check(t, err)
	for s, want := range map[desk.Source]bool{
		{Name: "mine"}: true, {Name: "theirs"}: false, {Name: "old", Kind: "x"}: false, {Name: "old", Kind: "reddit"}: false, {Name: "old", Kind: "feed"}: true, {Name: "import"}: true,
	} {
		if got := a.learnable(s); got != want {
			t.Errorf("%+v: %v, want %v", s, got, want)
		}
	}
}
