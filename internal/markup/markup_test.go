package markup_test

import (
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/markup"
)

func TestText(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		"plain  words":                     "plain words",
		"<p>Egy</p><p>Kettő<br>három</p>":  "Egy\n\nKettő\nhárom",
		"a &amp; b &lt;c&gt;":              "a & b <c>",
		"<ul><li>x</li><li>y</li></ul>":    "- x\n- y",
		"&lt;p&gt;twice escaped&lt;/p&gt;": "twice escaped",
		"<script>alert(1)</script>said":    "said",
		"<pre>kept\n  as it is</pre>":      "kept\nas it is",
		`<span class="invisible">https://</span><span class="ellipsis">a.example/b</span>`: "https://a.example/b",
	} {
		if got := markup.Text(html); got != want {
			t.Errorf("%q became %q, want %q", html, got, want)
		}
	}
	if got := markup.Line("<b>one</b>\n<br>line"); got != "one line" {
		t.Errorf("a title became %q", got)
	}
}

// The parser refuses what is nested too deep; the words count all the same, and soon.
func TestTextIsBounded(t *testing.T) {
	t.Parallel()
	began := time.Now()
	for _, hostile := range []string{strings.Repeat("<div>x", 200_000), strings.Repeat("&lt;p&gt;", 200_000), strings.Repeat("<", 1<<20)} {
		if got := markup.Text(hostile); len(got) > markup.MaxText {
			t.Errorf("%d bytes came out of %q…", len(got), hostile[:10])
		}
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("three hostile texts took %v", took)
	}
}
