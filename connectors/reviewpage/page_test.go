package reviewpage

import (
	"cmp"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

// reviewsOf reads a document as if it had come from bolt.example, and writes each review on a line: what is compared in the tables.
func reviewsOf(t *testing.T, o Options, body string) string {
	t.Helper()
	p := parsed(t, o, body)
	var b strings.Builder
	for _, f := range p.found {
		m := f.m
		b.WriteString(strings.Join([]string{
			cmp.Or(m.Author.Name, "?"), outOf(m.Rating.Value, m.Rating.Best), strings.TrimSuffix(m.PostedAt.Format("2006-01-02T15:04Z"), "T00:00Z"), m.Title, strings.ReplaceAll(m.Text, "\n", "/"), m.Extra["item"],
		}, "|"))
		for _, a := range f.says {
			b.WriteString("|" + map[bool]string{true: "owner: ", false: "other: "}[a.ours] + a.m.Text)
		}
		b.WriteString("\n")
	}
	return strings.TrimSpace(b.String())
}

func outOf(v, best float64) string {
	if best == 0 {
		return "-"
	}
	short := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
	return short(v) + "/" + short(best)
}

func parsed(t *testing.T, o Options, body string) page {
	t.Helper()
	o.URL = "https://bolt.example/termek/daralo-12345"
	c, err := New(connectortest.Env(t, "reviewpage", nil), func(into any) error { *into.(*Options) = o; return nil })
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(o.URL)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.(*Connector).parse([]byte(body), "text/html", at)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPages(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/pages/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no pages", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(file, ".html") + ".txt"
			got := reviewsOf(t, Options{}, string(body)) + "\n"
			if connectortest.Updating() {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestSyntax(t *testing.T) {
	t.Parallel()
	ld := func(s string) string { return `<script type="application/ld+json">` + s + `</script>` }
	one := `{"@context":"https://schema.org","@type":"Review","author":"Éva","datePublished":"2026-11-18","reviewBody":"Nagyon hangos","reviewRating":{"@type":"Rating","ratingValue":2}}`
	const want = "Éva|2/5|2026-11-18||Nagyon hangos|"
	for name, body := range map[string]string{
		"plain": ld(one), "array": ld("[" + one + "]"), "graph": ld(`{"@context":"http://schema.org/","@graph":[` + one + `]}`),
		"upper case type": `<SCRIPT TYPE="APPLICATION/LD+JSON; charset=utf-8">` + one + `</SCRIPT>`,
		"comment":         ld("<!--\n" + one + "\n-->"), "CDATA": ld("//<![CDATA[\n" + one + "\n//]]>"), "CDATA in comments": ld("/* <![CDATA[ */" + one + "/* ]]> */;"),
		"semicolon": ld(one + ";"), "comma too many": ld(strings.Replace(one, "}}", ",},}", 1)), "line break between": ld(strings.Replace(one, ":", " :\r\n\t", 3) + "\x00"),
		"control": ld(strings.Replace(one, "Nagyon ", "Nagyon\x0b", 1)), "odd escape": ld(strings.Replace(one, "Nagyon hangos", `Nagyon\ hangos`, 1)), "not closed": ld(strings.TrimSuffix(one, "}}")),
		"JavaScript comment": ld("// reviews\n" + one), "undefined": ld(strings.Replace(one, `"author"`, `"url":undefined,"author"`, 1)), "escaped": ld(strings.ReplaceAll(one, `"`, "&quot;")),
		"two values": ld(`{"@type":"WebSite"}` + one), "prefix": ld(strings.NewReplacer(`"Review"`, `"schema:Review"`, `"reviewBody"`, `"schema:reviewBody"`).Replace(one)),
		"whole names": ld(strings.NewReplacer(`"Review"`, `["http://schema.org/Review"]`, `"reviewBody":"Nagyon hangos"`, `"http://schema.org/reviewBody":[{"@value":"Nagyon hangos"}]`).Replace(one)),
		"aliases":     ld(strings.ReplaceAll(one, `"@type"`, `"type"`)), "rating as text": ld(strings.Replace(one, `{"@type":"Rating","ratingValue":2}`, `"2/5"`, 1)), "rating as number": ld(strings.Replace(one, `{"@type":"Rating","ratingValue":2}`, `2`, 1)),
		"author as object": ld(strings.Replace(one, `"Éva"`, `{"@type":"Person","name":"Éva"}`, 1)), "authors": ld(strings.Replace(one, `"Éva"`, `[{"@type":"Person","name":["Éva"]}]`, 1)), "author by reference": ld(`{"@graph":[` + strings.Replace(one, `"Éva"`, `{"@id":"#a"}`, 1) + `,{"@id":"#a","@type":"Person","name":"Éva"}]}`),
		"rating by reference": ld(`{"@graph":[` + strings.Replace(one, `{"@type":"Rating","ratingValue":2}`, `{"@id":"#r"}`, 1) + `,{"@id":"#r","@type":"Rating","ratingValue":"2,0"}]}`),
		"broken one beside":   ld(`{"review":`) + ld(one), "told twice": ld(one) + ld(one), "names in a mess": ld(strings.NewReplacer(`"reviewBody"`, `"ReviewBody"`).Replace(one)),
		"given and family name": ld(strings.Replace(one, `"Éva"`, `{"@type":"Person","givenName":"Éva"}`, 1)), "user review": ld(strings.Replace(one, `"Review"`, `"UserReview"`, 1)),
		"microdata":             `<div itemscope itemtype="http://schema.org/Review"><b itemprop="author">Éva</b><meta itemprop="datePublished" content="2026-11-18"><span itemprop="reviewRating" itemscope itemtype="http://schema.org/Rating"><i itemprop="ratingValue">2</i></span><p itemprop="reviewBody">Nagyon <b>hangos</b></p></div>`,
		"microdata by itemref":  `<div itemscope itemtype="http://schema.org/Review" itemref="b r"><b itemprop="author">Éva</b><time itemprop="datePublished" datetime="2026-11-18">tegnap</time></div><p id="b" itemprop="reviewBody">Nagyon hangos</p><div id="r"><data itemprop="ratingValue" value="2">kettő</data></div>`,
		"microdata of Google's": `<div itemscope itemtype="http://data-vocabulary.org/Review"><b itemprop="reviewer">Éva</b><time itemprop="dtreviewed" datetime="2026-11-18">x</time><i itemprop="rating">2</i><p itemprop="description">Nagyon hangos</p></div>`,
		"RDFa":                  `<div vocab="https://schema.org/" typeof="Review"><span property="author" typeof="Person"><b property="name">Éva</b></span><time property="datePublished" datetime="2026-11-18">x</time><span property="reviewRating" typeof="Rating"><i property="ratingValue" content="2.0">**</i></span><p property="reviewBody">Nagyon hangos</p></div>`,
		"RDFa with prefix":      `<div prefix="s: http://schema.org/" typeof="s:Review"><b property="s:author">Éva</b><meta property="s:datePublished" content="2026-11-18"><i property="s:reviewRating">2</i><p property="s:reviewBody">Nagyon hangos</p></div>`,
		"RDFa with rel":         `<div vocab="https://schema.org/" typeof="Product"><ul rel="review"><li typeof="Review"><p rel="reviewRating" typeof="Rating"><i property="ratingValue">2</i></p><b property="author">Éva</b><i property="publishDate">Nov 18, 2026</i><p property="description">Nagyon hangos</p></li></ul></div>`,
		"in two syntaxes":       ld(one) + `<div itemscope itemtype="http://schema.org/Review"><b itemprop="author">Éva</b><p itemprop="reviewBody">Nagyon hangos</p></div>`,
		"aggregate beside":      ld(`{"@type":"Product","aggregateRating":{"@type":"AggregateRating","ratingValue":"4,4","reviewCount":89},"review":` + strings.Replace(one, `"Review"`, `"Review","itemReviewed":{"@type":"Thing","name":""}`, 1) + `}`),
	} {
		if got := reviewsOf(t, Options{}, "<html><head><title>x</title></head><body>"+body+"</body></html>"); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestDetails(t *testing.T) {
	t.Parallel()
	ld := func(s string) string { return `<script type="application/ld+json">` + s + `</script>` }
	for _, c := range []struct{ name, body, want string }{
		{"reply of the shop", ld(`{"@type":"Product","name":"Daráló","review":{"@type":"Review","author":"Éva","reviewBody":"Hangos &amp; lassú","comment":{"@type":"Comment","author":{"@type":"Organization","name":"Bolt"},"text":"Elnézést!"}}}`), "Éva|-|0001-01-01||Hangos & lassú|Daráló|owner: Elnézést!"},
		{"word of another customer", ld(`{"@type":"Review","author":"Éva","reviewBody":"Hangos","comment":[{"@type":"Comment","author":{"@type":"Person","name":"Pál"},"text":"Szerintem nem"}]}`), "Éva|-|0001-01-01||Hangos||other: Szerintem nem"},
		{"notes", ld(`{"@type":"Review","author":"Éva","positiveNotes":{"@type":"ItemList","itemListElement":[{"@type":"ListItem","position":1,"name":"szép"}]},"negativeNotes":["drága"]}`), "Éva|-|0001-01-01||+ szép/− drága|"},
		{"stars alone", ld(`{"@type":"Review","author":"Éva","datePublished":"2026-11-18","reviewRating":{"ratingValue":"4"}}`), "Éva|4/5|2026-11-18|★★★★☆||"},
		{"line break in a string", ld(strings.Replace(`{"@type":"Review","author":"Éva","reviewBody":"Nagyon hangos"}`, "Nagyon ", "Nagyon\n", 1)), "Éva|-|0001-01-01||Nagyon/hangos|"},
		{"quotation marks", ld(`{"@type":"Review","author":"Éva","reviewBody":"A "csendes" mód, az "is", hangos"}`), `Éva|-|0001-01-01||A "csendes" mód, az "is", hangos|`},
		{"in noscript", `<noscript><div itemscope itemtype="http://schema.org/Review"><b itemprop="author">Éva</b><p itemprop="reviewBody">Jó</p></div></noscript>`, "Éva|-|0001-01-01||Jó|"},
		{"same words, two numbers", ld(`[{"@type":"Review","@id":"/r/812345","author":"Vásárló","reviewBody":"Minden rendben"},{"@type":"Review","@id":"/r/812346","author":"Vásárló","reviewBody":"Minden rendben"}]`), "Vásárló|-|0001-01-01||Minden rendben|\nVásárló|-|0001-01-01||Minden rendben|"},
		{"name of the author as title", `<div itemscope itemtype="http://schema.org/Review"><p itemprop="author"><b itemprop="name">Éva</b></p><p itemprop="reviewBody">Jó</p></div>`, "Éva|-|0001-01-01||Jó|"},
		{"American dates", ld(`[{"@type":"Review","author":"A","reviewBody":"x","datePublished":"11/18/2026"},{"@type":"Review","author":"B","reviewBody":"y","datePublished":"11/02/2026"}]`), "A|-|2026-11-18||x|\nB|-|2026-11-02||y|"},
		{"other dates", ld(`{"@type":"Review","author":"B","reviewBody":"y","datePublished":"11/02/2026"}`), "B|-|2026-02-11||y|"},
		{"nothing said", ld(`{"@type":"Review","author":"Éva"}`), ""},
		{"title is the product", ld(`{"@type":"Product","name":"Daráló","review":[{"@type":"Review","name":"Daráló","author":"Éva","reviewBody":"Jó"}]}`), "Éva|-|0001-01-01||Jó|Daráló"},
		{"aspects", ld(`{"@type":"Review","author":"Éva","reviewBody":"Jó","reviewRating":[{"@type":"Rating","reviewAspect":"Ár","ratingValue":1},{"@type":"Rating","ratingValue":4}]}`), "Éva|4/5|0001-01-01||Jó|"},
		{"upside down", ld(`{"@type":"Review","author":"Éva","reviewBody":"Jó","reviewRating":{"ratingValue":2,"bestRating":1,"worstRating":6}}`), "Éva|-|0001-01-01||Jó|"},
		{"no aggregate is a review", ld(`{"@type":"Product","name":"x","aggregateRating":{"@type":"AggregateRating","ratingValue":4}}`), ""},
		{"no fact check is one", ld(`{"@type":"ClaimReview","claimReviewed":"x","reviewBody":"y"}`), ""},
		{"in the future", ld(`{"@type":"Review","author":"Éva","reviewBody":"Jó","datePublished":"2030-01-01"}`), "Éva|-|2026-11-20T12:00Z||Jó|"},
	} {
		if got := reviewsOf(t, Options{}, c.body); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
