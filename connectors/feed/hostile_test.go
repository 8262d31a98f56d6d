package feed

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
	"time"
)

// hostileDocuments are made to cost time or memory: large enough that a step which takes the square of their size is noticed, and no
// larger, as the race detector makes every step ten times as long.
func hostileDocuments() map[string]string {
	rss := func(channel string) string {
		return `<rss version="2.0"><channel><title>t</title>` + channel + `</channel></rss>`
	}
	item := func(text string) string {
		return rss("<item><guid>1</guid><title>x</title><description><![CDATA[" + text + "]]></description></item>")
	}
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	var prefixes strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&prefixes, ` xmlns:p%d="urn:%d"`, i, i)
	}
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	_, _ = zip.Write(bytes.Repeat([]byte(" "), 2*maxBody))
	_ = zip.Close()
	return map[string]string{
		"deep elements":           rss("<item>" + many("<a:x>", 100_000)),
		"deep closed elements":    rss("<item>" + many("<x>", 190) + many("</x>", 190) + "</item>"),
		"many elements":           rss(many("<a/>", maxElements+1)),
		"many namespaces":         `<rss` + prefixes.String() + `><channel>` + many("<item><a/><b/></item>", 50_000) + `</channel></rss>`,
		"fragments of text":       rss("<item><x:y>" + many("<![CDATA[a]]>", 100_000) + "</x:y></item>"),
		"comments":                rss(many("<!-- -->", 100_000)),
		"long root and bad items": `<rss a="` + many("x", 60_000) + `"><channel>` + many("<item><title>x</titel></item>", 50_000) + `</channel></rss>`,
		"bad items":               rss(many("<item><title>x</titel></item>", 40_000)),
		"unclosed":                many("<rss><channel><item>", 100_000),
		"unclosed quotes":         rss(many(`<item a="`, 20_000)),
		"angle brackets":          "<rss>" + many("<", 500_000),
		"html: deep":              item(many("<div>", 100_000)),
		"html: formatting":        item(many("<b><p>", 80_000)),
		"html: links":             item(many("<a href=x><p>", 40_000)),
		"html: tables":            item(many("<table><b>", 40_000)),
		"html: select":            item(many("<select><option>", 40_000)),
		"html: attributes":        item("<p " + many("a ", 200_000) + ">"),
		"html: entities":          item(many("&amp;lt;b&amp;gt;", 60_000)),
		"html: svg":               item(many("<svg><g>", 60_000)),
		"gzip bomb":               zipped.String(),
		"deep JSON":               `{"version":"https://jsonfeed.org/version/1","items":` + many("[", 500_000),
		"long JSON list":          `{"version":"https://jsonfeed.org/version/1","items":[` + many("{},", 200_000) + `{}]}`,
		"bad JSON items":          `{"version":"https://jsonfeed.org/version/1","items":[` + many(`{"id":{}},`, 60_000) + `{}]}`,
		"doctype":                 "<!DOCTYPE x [" + many("<!ENTITY a 'b'>", 60_000) + "]>" + rss("<item><title>&a;</title></item>"),
		"page with links":         "<html>" + many("<link rel=alternate>", 60_000),
	}
}

func TestHostileDocumentsEndInTime(t *testing.T) {
	t.Parallel()
	for name, doc := range hostileDocuments() {
		began := time.Now()
		b, err := digest(testFeed(t), &state{}, []byte(doc), "text/xml")
		took := time.Since(began)
		sane(t, name, b, err)
		t.Logf("%-25s %8v %d mentions, %d poison, %v", name, took.Round(time.Millisecond), len(b.Mentions), len(b.Poison), err)
		if took > parseTime+10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}
