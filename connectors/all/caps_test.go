package all_test

import (
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/all"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/config"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// TestCapabilitiesAgree: what a kind says of itself does not contradict itself.
func TestCapabilitiesAgree(t *testing.T) {
	t.Parallel()
	units := []text.Unit{text.Graphemes, text.Bytes, text.UTF16, text.Codepoints, text.Weighted, text.Mastodon}
	for _, spec := range all.Specs() {
		c := spec.Caps
		say := func(bad bool, what string) {
			if bad {
				t.Errorf("%s: %s: %+v", spec.Kind, what, c)
			}
		}
		say(spec.Title == "" || !slices.Contains(connectors.Groups(), spec.Group) || spec.Summary == "", "lists need a title, a group and a summary")
		say(!c.Polls && !c.Pushes, "nothing ever comes in")
		say(c.Replies == (c.Certainty == connectors.CertainNone), "replies and certainty disagree")
		say(!c.Replies && (c.Many || c.Edit || c.Delete || c.Limit != 0 || c.Delay != 0 || c.Moderates), "says of replies what only a kind that replies can")
		say(c.Limit != 0 && !slices.Contains(units, text.Unit(c.Counts)), "counts the limit in no known unit")
		say(c.Limit == 0 && c.Counts != "", "counts without a limit")
		say(c.Many && c.Certainty == connectors.CertainUpsert, "many replies, and yet the second replaces the first")
		say((c.Resend > 0) != (c.Certainty == connectors.CertainWindow), "the time for saying again belongs to window alone")
		say(c.Cost != "" && !strings.HasSuffix(c.Cost, "."), "the cost is no sentence")
		say(c.Forgets && !c.SeesGone, "must forget what it never learns of")
	}
}

// TestCapabilitiesAreThose: a source as its sample has it can do what its kind says, and says no less than it can.
func TestCapabilitiesAreThose(t *testing.T) {
	t.Parallel()
	for _, spec := range all.Specs() {
		c, err := made(t, spec)
		if err != nil {
			t.Errorf("%s: making its sample: %v", spec.Kind, err)
			continue
		}
		caps := connectors.CapabilitiesOf(spec, c)
		_, replies := c.(connectors.Replier)
		_, edits := c.(connectors.Editor)
		_, deletes := c.(connectors.Deleter)
		_, rechecks := c.(connectors.Rechecker)
		_, pushes := c.(connectors.Pusher)
		for what, differs := range map[string]bool{
			"replies": caps.Replies != replies, "deletes": caps.Delete != deletes, "pushes": caps.Pushes != pushes, "rechecks": (spec.Rechecks > 0) != rechecks,
			"edits":     caps.Edit && !edits,                           // the other way round: who may write anew what stands edits by it, also where the kind rather says no
			"sees gone": caps.SeesGone && !rechecks && !caps.Pushes,    // nobody else tells what is gone
			"kind":      caps.Replies != spec.Caps.Replies && !asks(c), // the sample shows what the kind promises
		} {
			if differs {
				t.Errorf("%s: %s: %+v does not fit %T", spec.Kind, what, caps, c)
			}
		}
	}
}

func asks(c connectors.Connector) bool { _, ok := c.(connectors.Capable); return ok }

var accountOf = regexp.MustCompile(`(?m)^account: *([\w-]+)`)

// made makes the connector of a kind's sample, with an account that holds what any kind may want of one.
func made(t *testing.T, spec connectors.Spec) (connectors.Connector, error) {
	t.Helper()
	env := connectors.Env{
		Source: desk.Source{Name: "sample", Kind: spec.Kind, Brand: "acme", Every: time.Minute}, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Read: http.DefaultClient, Publish: http.DefaultClient, Agent: "Earshot/test", Dir: t.TempDir(), HookKey: "key", Purse: &connectortest.Purse{},
	}
	name := "acme-demo"
	if m := accountOf.FindStringSubmatch(spec.Sample); m != nil {
		name = m[1]
		env.Account = &connectors.Account{Name: name, Kind: spec.Kind, Server: "https://social.example", Handle: "acme", Secret: "secret", ClientID: "client", ClientSecret: "secret", Keys: connectortest.Keys(desk.Grant{Access: "secret"})}
	}
	file := "brands: [{name: acme}, {name: minta}]\naccounts: [{name: " + name + ", kind: " + spec.Kind + "}]\nsources:\n  -\n    " + strings.ReplaceAll(spec.Sample, "\n", "\n    ") + "\n"
	cfg, err := config.Parse("sample.yaml", []byte(file), func(string) (string, bool) { return strings.Repeat("x", 32), true },
		config.Kinds{Connectors: map[string]any{spec.Kind: spec.Options}, Targets: map[string]any{}})
	if err != nil {
		return nil, err
	}
	return spec.New(env, cfg.Sources[0].Decode)
}
