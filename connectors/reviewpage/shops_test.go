package reviewpage

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSelectedParts(t *testing.T) {
	t.Parallel()
	o := Options{Selectors: &Selectors{
		Item: ".rev", ID: Field{Attr: "data-review-id"}, Text: Field{Select: ".body, .cons"}, Author: Field{Select: ".who"},
		Rating: Field{Select: ".fill", Attr: "style", Match: `width:\s*([0-9.]+%)`}, Date: Field{Select: ".when"}, Reply: Field{Select: ".reply"},
	}}
	body := `<template><div class="rev"><p class="body">Nobody sees it</p></div></template>
<div class="rev" data-review-id="1b7e9a40-2f1c"><span class="who">Bea</span><i class="when">11/9/26</i><i class="fill" style="width: 40.0%;"></i><div class="body"><p>Chipped.</p><p class="body">Twice!</p></div><ul class="cons"><li>slow</li><p class="reply">Sorry, Bea.</p></ul></div>
<div class="rev" data-review-id="2c7e9a40-2f1c"><span class="who">Tom</span><i class="when">11/18/26</i><i class="fill" style="width:100%"></i></div>`
	const want = "Bea|40/100|2026-11-09||Chipped.//Twice!/- slow||owner: Sorry, Bea.\nTom|100/100|2026-11-18|100/100||"
	if got := reviewsOf(t, o, body); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLettersOfAPage(t *testing.T) {
	t.Parallel()
	const review = `<div itemscope itemtype="http://schema.org/Review"><b itemprop="author">Csőre</b><p itemprop="reviewBody">Tükörfúrógép</p></div>`
	for name, body := range map[string]string{
		"one broken byte": "<html lang=hu><meta charset=utf-8><meta name=description content=\"Mos\xc3\">" + review,
		"windows-1250":    "<html lang=hu><meta charset=utf-8>" + strings.NewReplacer("ő", "\xf5", "ü", "\xfc", "ö", "\xf6", "ú", "\xfa", "ó", "\xf3", "é", "\xe9").Replace(review),
		"a stale name":    "<html lang=hu><meta charset=windows-1250>" + review,
	} {
		if got := reviewsOf(t, Options{}, body); got != "Csőre|-|0001-01-01||Tükörfúrógép|" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

func TestSameWords(t *testing.T) {
	t.Parallel()
	one := func(date string) string {
		return `{"@type":"Review","author":"Anonym","reviewBody":"Minden rendben","datePublished":"` + date + `"},`
	}
	for name, c := range map[string]struct {
		dates []string
		want  int
	}{
		"a day apart": {[]string{"2026-11-17", "2026-11-18"}, 2}, "minutes apart": {[]string{"2026-11-18T10:22:00Z", "2026-11-18T10:05:00Z"}, 2},
		"another zone": {[]string{"2026-11-18T10:05:00Z", "2026-11-18T11:05:30"}, 1}, "day and moment": {[]string{"2026-11-18", "2026-11-19T01:05:00+01:00"}, 1},
		"told twice": {[]string{"2026-11-18", "2026-11-18"}, 1},
	} {
		body := ""
		for _, date := range c.dates {
			body += one(date)
		}
		if got := len(parsed(t, Options{}, `<script type="application/ld+json">[`+body+`]</script>`).found); got != c.want {
			t.Errorf("%s: %d reviews, want %d", name, got, c.want)
		}
	}
}

func TestAuthorsNamedOtherwise(t *testing.T) {
	t.Parallel()
	const words = "A csomag három nap késéssel érkezett meg, és senki sem szólt róla előre."
	micro := func(name, words string) string {
		return `<div itemscope itemtype="http://schema.org/Review"><b itemprop="author">` + name + `</b><i itemprop="datePublished">2026-11-18</i><p itemprop="reviewBody">` + words + `</p></div>`
	}
	data := `<script type="application/ld+json">{"@type":"Review","author":"Éva","datePublished":"2026-11-18","reviewBody":"` + words + `"}</script>`
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"in two syntaxes": {data + micro("Éva (ellenőrzött vásárló)", words), 1}, "in one": {micro("Éva", words) + micro("Pál", words), 2}, "by nobody, shown twice": {micro("", "Jó") + micro("", "Jó"), 1}, "in few words": {strings.Replace(data, words, "Minden rendben", 1) + micro("Pál", "Minden rendben"), 2},
	} {
		if got := len(parsed(t, Options{}, c.body).found); got != c.want {
			t.Errorf("%s: %d reviews, want %d", name, got, c.want)
		}
	}
}

func TestAnonymousReviewsOfOneDay(t *testing.T) {
	t.Parallel()
	one := func(stars string) string {
		return `{"@type":"Review","author":"anonym","datePublished":"2026-11-18","reviewRating":{"ratingValue":` + stars + `},"reviewBody":"Gut"}`
	}
	list := `<script type="application/ld+json">{"@type":"Organization","name":"Shop","review":[` + one("5") + "," + one("5") + "," + one("4") + `]}</script>`
	shown := `<div itemscope itemtype="http://schema.org/Review"><b itemprop="author">anonym</b><i itemprop="datePublished">2026-11-18</i><p itemprop="reviewBody">Gut</p></div>`
	for name, body := range map[string]string{"in a list": list, "twice": list + list, "and shown": list + shown + shown + shown} {
		ids := map[desk.RemoteID]bool{}
		for _, f := range parsed(t, Options{}, body).found {
			ids[f.m.Remote] = true
		}
		if len(ids) != 3 {
			t.Errorf("%s: %d reviews, want 3", name, len(ids))
		}
	}
}

// A site that reads a date without its hour often says the hour of now; and a new review must not be taken for an older one.
func TestIdentityOfWordsWithoutIdentifier(t *testing.T) {
	t.Parallel()
	ids := func(dates ...string) (all []desk.RemoteID) {
		body := ""
		for _, date := range dates {
			body += `{"@type":"Review","author":"Anonym","reviewBody":"Minden rendben","datePublished":"` + date + `"},`
		}
		for _, f := range parsed(t, Options{}, `<script type="application/ld+json">[`+body+`]</script>`).found {
			all = append(all, f.m.Remote)
		}
		return all
	}
	old, later := ids("2026-11-18T10:05:00Z"), ids("2026-11-18T11:59:31Z")
	if diff := cmp.Diff(old, later); diff != "" {
		t.Error("another hour made it another review", diff)
	}
	two := ids("2026-11-18T11:22:00Z", "2026-11-18T10:05:00Z")
	if len(two) != 2 || two[1] != old[0] || two[0] == two[1] {
		t.Errorf("before %v, with a new one %v", old, two)
	}
}

// What stands within itself over and over is read a few times, not once for every level.
func TestWordsWithinWordsAreBounded(t *testing.T) {
	t.Parallel()
	body := strings.Repeat(`<div itemscope itemtype="http://schema.org/Review">`+strings.Repeat(`<div itemprop="reviewBody">`, 400)+"Fine"+strings.Repeat("</div>", 401), 10)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if s := collect(doc); s.texts > 20*len(body) || len(s.list) != 10 {
		t.Errorf("%d things; of %d bytes %d were read", len(s.list), len(body), s.texts)
	}
}

func TestNextPage(t *testing.T) {
	t.Parallel()
	const review = `<div itemscope itemtype="http://schema.org/Review"><b itemprop="author">Éva</b><p itemprop="reviewBody">Jó</p></div>`
	for link, want := range map[string]bool{
		"?page=2": true, "/termek/daralo-12345?p=2#reviews": true, "/termek/daralo-12345/page/2/": true, "/termek/daralo-12345/oldal-2": true, "/termek/daralo-12345/velemenyek/2": true,
		"/termek/kavefozo-777": false, "/termek/kavefozo": false, "/": false, "https://other.example/termek/daralo-12345?p=2": false, "javascript:next()": false, "": false,
		"/termek/daralo-12345/2.html": true,
	} {
		if got := parsed(t, Options{}, review+`<a rel="next" href="`+link+`">›</a>`).next; (got != nil) != want {
			t.Errorf("%q: goes on to %v", link, got)
		}
	}
}

func TestNextPageThatIsCalledSo(t *testing.T) {
	t.Parallel()
	const review = `<div itemscope itemtype="http://schema.org/Review"><b itemprop="author">Éva</b><p itemprop="reviewBody">Jó</p></div>`
	for link, want := range map[string]bool{
		`<link rel="next" href="/b.html">`: true, `<a class="next page-numbers" rel="next" href="/b.html">`: true, `<div class="pagination"><ul><li><a rel="next" href="/b.html">`: true,
		`<nav class="nav-links"><a rel="next" href="/b.html">`: false, `<nav class="post-navigation"><a rel="next" href="/b.html">`: false,
	} {
		if got := parsed(t, Options{}, review+link).next; (got != nil) != want {
			t.Errorf("%s: goes on to %v", link, got)
		}
	}
}
