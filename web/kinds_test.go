package web_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/web"
)

// kinds are the connectors of a desk under test: one of each certainty, and one that says as little as possible.
func kinds() []web.Kind {
	return []web.Kind{
		{Kind: "mastodon", Title: "Mastodon", Group: "social", Summary: "Posts and mentions of a Mastodon server", Polls: true, Replies: true, Many: true, Edit: true, Delete: true, Limit: 500,
			Counts: "mastodon", Certainty: "read-back", Delay: 5 * time.Second, SeesEdits: true, SeesGone: true, Login: "consent",
			Sample: "name: mastodon\nkind: mastodon\n# <b> & so on\naccount: acme-mastodon\n",
			Settings: []web.Setting{
				{Name: "server", Form: "text", Needed: true, Doc: "Address of the server."}, {Name: "history", Form: "duration", Default: "30d", Doc: "How far back the first contact reads."},
				{Name: "idempotency", Form: "text", Default: "read-back", Choices: []string{"read-back", "header"}, Doc: "How a lost call is dealt with."}, {Name: "tags.tag", Form: "list"},
			}},
		{Kind: "telegram", Title: "Telegram", Group: "social", Summary: "Telegram: groups and channels", Polls: true, Replies: true, Many: true, Edit: true, Delete: true, Limit: 4096, Counts: "utf16",
			Certainty: "blind", Window: 24 * time.Hour, SeesEdits: true, Login: "token"},
		{Kind: "x", Title: "X", Group: "social", Summary: "Mentions", Polls: true, Replies: true, Many: true, Delete: true, Limit: 280, Counts: "weighted", Certainty: "window", Resend: 50 * time.Minute,
			Cost: "0.005 US$ for each post read.", NoTraining: true, Forgets: true, SeesEdits: true, SeesGone: true, Login: "consent"},
		{Kind: "bluesky", Title: "Bluesky", Group: "social", Summary: "Mentions", Polls: true, Replies: true, Many: true, Delete: true, Limit: 300, Counts: "graphemes", Certainty: "real", SeesGone: true, Login: "open"},
		{Kind: "googlebusiness", Title: "Google Business Profile", Group: "reviews", Summary: "Reviews of places", Polls: true, Replies: true, Edit: true, Limit: 4096, Counts: "bytes", Certainty: "upsert", Moderates: true},
		{Kind: "trustpilot", Group: "reviews", Summary: "Service reviews", Polls: true, Replies: true, Certainty: "upsert", Cost: "A paid module."},
		{Kind: "forum", Group: "forums", Summary: "Posts", Polls: true, Replies: true, Limit: 32000, Counts: "codepoints", Certainty: "read-back"},
		{Kind: "feed", Title: "Feed", Group: "other", Summary: "RSS, Atom and JSON feeds", Polls: true, Pushes: true, Certainty: "none", SeesEdits: true},
		{Kind: "webhook", Summary: "Deliveries", Pushes: true, Certainty: "none"},
	}
}

func TestConnectors(t *testing.T) {
	t.Parallel()
	s := newSite(t, newMemory())
	doc := s.get("/connectors", 200)
	has(t, doc, "main", "listen to 9 kinds of places, and answer on 7 of them")
	for _, id := range []string{"social", "reviews", "forums", "other"} {
		has(t, doc, "nav a[href='#"+id+"']", "")
		has(t, doc, "section#"+id, "")
	}
	has(t, doc, "#social", "after a lost answer a person looks")
	has(t, doc, "#social", "TelegramGroups and channels")
	has(t, doc, "#social", "nothing older than 24 h")
	has(t, doc, "#social", "280 as X counts")
	has(t, doc, "#social", "no learning from its texts")
	has(t, doc, "#reviews", "after the site has looked at it")
	has(t, doc, "#reviews", "length not documented")
	has(t, doc, "#reviews a[href='/connectors/trustpilot']", "Trustpilot")
	has(t, doc, "#other", "by hand: copied, and posted by you")
	has(t, doc, "#other a[href='/connectors/webhook']", "Webhook")
	has(t, doc, "main", "Árukereső, Skroutz, Capterra")
	has(t, newSite(t, newMemory(), func(o *web.Options) { o.Kinds = nil }).get("/connectors", 200), ".empty", "no connectors")
}

func TestConnector(t *testing.T) {
	t.Parallel()
	s := newSite(t, newMemory())
	for path, wants := range map[string][]string{
		"mastodon": {"kind: mastodon", "Mastodon cannot be relied on to drop a repeated answer", "500 characters; a link counts 23", "Connected by a person", "# <b> & so on", "Within 5 s",
			"Address of the server.", "must be given", "30d", "header", "No known end"},
		"telegram":       {"a person says whether it is there", "older than 24 h", "Deletions cannot be seen", "Its token"},
		"x":              {"repeated within 50 min", "0.005 US$", "Nobody may learn", "deleted here, words and author", "280 as X counts: most letters 1"},
		"bluesky":        {"drops a repeated answer, for ever", "deleted later, not edited", "Signs in by itself", "Free.", "as a reader sees them"},
		"googlebusiness": {"never replaces what somebody else wrote", "4,096 bytes", "it may refuse it", "One to each mention.", "edited later, not deleted"},
		"trustpilot":     {"Not documented. When the site refuses", "neither edited nor deleted"},
		"forum":          {"32,000 characters; an emoji may count several", "Neither edits nor deletions"},
		"feed":           {"it delivers by itself where it can", "Not from the desk", "None is needed"},
		"webhook":        {"the desk cannot ask"},
	} {
		doc := s.get("/connectors/"+path, 200)
		for _, want := range wants {
			has(t, doc, "main", want)
		}
		if strings.Contains(path, "feed") || path == "webhook" {
			hasNot(t, doc, "pre")
		}
	}
	s.get("/connectors/myspace", 404)
}

// TestSpent: what a network took this month stands beside the sources of kinds that cost.
func TestSpent(t *testing.T) {
	t.Parallel()
	asked := map[string]time.Time{}
	spent := func(_ context.Context, source string, since time.Time) (int64, int64, error) {
		asked[source] = since
		return 12_345_001, 1200, nil
	}
	m := sampled()
	kind := m.sources[0].Kind
	s := newSite(t, m, func(o *web.Options) {
		o.Spent = spent
		o.Kinds = func() []web.Kind { return []web.Kind{{Kind: kind, Cost: "A coin for each.", Certainty: "none"}} }
	})
	doc := s.get("/sources", 200)
	has(t, doc, "table", "12.35 in its currency, 1,200 units this month")
	for source, since := range asked {
		if want := time.Date(noon.UTC().Year(), noon.UTC().Month(), 1, 0, 0, 0, 0, time.UTC); !since.Equal(want) {
			t.Errorf("%s was asked since %v, want %v", source, since, want)
		}
	}
	for i := range m.sources {
		if _, did := asked[m.sources[i].Name]; did != (m.sources[i].Kind == kind) {
			t.Errorf("%s of kind %s: asked is %t", m.sources[i].Name, m.sources[i].Kind, did)
		}
	}
	has(t, s.get("/sources/"+m.sources[0].Name, 200), ".facts", "12.35 in its currency")
	dollars := newSite(t, m, func(o *web.Options) {
		o.Spent = spent
		o.Kinds = func() []web.Kind { return []web.Kind{{Kind: kind, Cost: "A coin for each.", Currency: "US$"}} }
	})
	has(t, dollars.get("/sources", 200), "table", "12.35 US$, 1,200 units this month")
	free := newSite(t, sampled(), func(o *web.Options) {
		o.Spent = func(context.Context, string, time.Time) (int64, int64, error) { return 0, 0, nil }
	})
	if doc := free.get("/sources/"+m.sources[0].Name, 200); strings.Contains(doc.Text(), "Spent") {
		t.Error("a source that spent nothing speaks of spending")
	}
	broken := newSite(t, sampled(), func(o *web.Options) {
		o.Spent = func(context.Context, string, time.Time) (int64, int64, error) { return 0, 0, errors.New("no store") }
	})
	broken.get("/sources/"+m.sources[0].Name, 500)
}
