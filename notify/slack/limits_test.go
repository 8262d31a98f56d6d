package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/notify/notifytest"
)

// limits are Slack's own, by what they limit: https://docs.slack.dev/reference/block-kit. Lengths are in UTF-16 units.
var limits = map[string]int{
	"blocks": 50, "header.text": 150, "section.text": 3000, "context.text": 3000, "context.elements": 10, "actions.elements": 25,
	"button.text": 75, "button.url": 3000, "action_id": 255, "block_id": 255, "rich.text": 3000, "rich.url": 3000,
}

// checkBlocks says what Slack would refuse in a list of blocks.
func checkBlocks(text string) []string {
	if text == "" {
		return nil
	}
	var blocks []map[string]any
	if err := json.Unmarshal([]byte(text), &blocks); err != nil {
		return []string{"not a list of blocks: " + err.Error()}
	}
	c := checker{ids: make(map[string]bool)}
	if len(blocks) > limits["blocks"] {
		c.fault("%d blocks", len(blocks))
	}
	for _, b := range blocks {
		c.block(b)
	}
	walk(text, func(_ string, node map[string]any) {
		switch node["type"] {
		case "text", "link":
			c.length("rich.text", node["text"])
			c.length("rich.url", node["url"])
		case "rich_text_section", "rich_text_quote", "rich_text_list":
			if list, _ := node["elements"].([]any); len(list) == 0 {
				c.fault("an empty %v", node["type"])
			}
		}
	})
	return c.faults
}

// checker collects what Slack would refuse.
type checker struct {
	faults []string
	ids    map[string]bool // of buttons, each of which must be told from the others
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

// length checks a text that may be absent, but neither empty nor too long.
func (c *checker) length(limit string, v any) {
	s, given := v.(string)
	switch n := len(utf16.Encode([]rune(s))); {
	case given && n > limits[limit]:
		c.fault("%s has %d characters", limit, n)
	case given && n == 0:
		c.fault("%s is empty", limit)
	}
}

func (c *checker) block(b map[string]any) {
	kind, _ := b["type"].(string)
	elements, _ := b["elements"].([]any)
	c.length("block_id", b["block_id"])
	switch kind {
	case "header", "section":
		object, _ := b["text"].(map[string]any)
		c.length(kind+".text", object["text"])
		if kind == "header" && object["type"] != "plain_text" {
			c.fault("a header of %v", object["type"])
		}
	case "context", "actions":
		if len(elements) == 0 || len(elements) > limits[kind+".elements"] {
			c.fault("%s has %d elements", kind, len(elements))
		}
		for _, e := range elements {
			c.element(kind, e.(map[string]any))
		}
	case "rich_text":
		if len(elements) == 0 {
			c.fault("an empty rich_text")
		}
	default:
		c.fault("block type %q", kind)
	}
}

// element checks a text of a context or a button among actions.
func (c *checker) element(kind string, e map[string]any) {
	if kind == "context" {
		c.length("context.text", e["text"])
		return
	}
	c.length("button.text", e["text"].(map[string]any)["text"])
	c.length("button.url", e["url"])
	c.length("action_id", e["action_id"])
	id := e["action_id"].(string)
	if c.ids[id] {
		c.fault("action_id %s twice", id)
	}
	c.ids[id] = true
}

func TestTheCheckerSeesWhatSlackRefuses(t *testing.T) {
	t.Parallel()
	object := func(n int) string { return `{"type":"plain_text","text":"` + strings.Repeat("x", n) + `"}` }
	button := func(n int, id string) string {
		return `{"type":"button","action_id":"` + id + `","text":` + object(n) + `}`
	}
	for _, bad := range []string{
		`{}`, `[{"type":"nope"}]`, `[{"type":"header","text":` + object(151) + `}]`, `[{"type":"header","text":` + object(0) + `}]`,
		`[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]`, `[{"type":"actions","elements":[` + button(76, "a") + `]}]`,
		`[{"type":"actions","elements":[` + button(1, "a") + `,` + button(1, "a") + `]}]`, `[{"type":"actions","elements":[]}]`,
		`[` + strings.TrimSuffix(strings.Repeat(`{"type":"header","text":`+object(1)+`},`, 51), ",") + `]`,
		`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[]}]}]`,
		`[{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":"` + strings.Repeat("x", 3001) + `"}]}]}]`,
	} {
		if len(checkBlocks(bad)) == 0 {
			t.Errorf("accepted: %.100s", bad)
		}
	}
	if faults := checkBlocks(`[{"type":"header","text":` + object(150) + `}]`); len(faults) > 0 {
		t.Errorf("refused what Slack takes: %v", faults)
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in    string
		limit int
		want  string
	}{
		{"short", 150, "short"},
		{"a<b>&c", 150, "a&lt;b&gt;&amp;c"},
		{"<<<<", 9, "&lt;&lt;…"}, // no entity in two
		{"<<<<", 16, "&lt;&lt;&lt;&lt;"},
		{"😀😀😀", 5, "😀😀…"}, // counted as UTF-16
	} {
		if got := fit(tc.in, tc.limit); got != tc.want {
			t.Errorf("fit(%q, %d) = %q, want %q", tc.in, tc.limit, got, tc.want)
		}
	}
	for _, text := range notifytest.Hostile() {
		text = strings.ToValidUTF8(text, "?")
		if got := fit(text, maxHeader); width(got) > maxHeader || !utf8.ValidString(got) {
			t.Errorf("fit made %d units of %.20q", width(got), text)
		}
		if got := literal(text); width(got) > maxPlain || strings.Contains(got, "<!") {
			t.Errorf("literal made %d units of %.20q", width(got), text)
		}
	}
}
