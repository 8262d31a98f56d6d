package feed

import (
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	gojson "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
)

// author is a person as a feed names one.
type author struct{ name, url string }

// hint is how often a feed wants to be read.
type hint struct {
	every     time.Duration // 0 when it does not say
	skipHours [24]bool      // UTC
	skipDays  [7]bool       // Sunday is 0
}

// longestHint bounds what a feed may ask for: some say a year and mean nothing by it.
const longestHint = 24 * time.Hour

func fromRSS(f *rss.Feed) (document, error) {
	// Looking for images in the text would parse every entry's HTML once more.
	u, err := (&gofeed.DefaultRSSTranslator{DisableContentImageScan: true}).Translate(f)
	if err != nil {
		return document{}, err
	}
	d := document{title: u.Title, link: u.Link, language: u.Language, author: person(u.Authors)}
	d.hint = syndication(f.Extensions)
	if minutes, err := strconv.ParseFloat(strings.TrimSpace(f.TTL), 64); err == nil && minutes > 0 {
		d.hint.every = max(d.hint.every, time.Duration(min(minutes, longestHint.Minutes())*float64(time.Minute)))
	}
	for _, h := range f.SkipHours {
		if n, err := strconv.Atoi(strings.TrimSpace(h)); err == nil && n >= 0 && n <= 24 {
			d.hint.skipHours[n%24] = true
		}
	}
	for _, name := range f.SkipDays {
		for day := range d.hint.skipDays {
			if strings.EqualFold(strings.TrimSpace(name), time.Weekday(day).String()) {
				d.hint.skipDays[day] = true
			}
		}
	}
	d.entries = entriesOf(u.Items, f.Items, func(e *entry, own *rss.Item) { e.rss = own })
	return d, nil
}

// entriesOf makes entries of the items that a translator returned. Where it returned one for each of the document's own, an entry
// keeps its own beside it: that says more than the form which all formats share.
func entriesOf[T any](items []*gofeed.Item, own []T, keep func(*entry, T)) []entry {
	entries := make([]entry, len(items))
	for i, item := range items {
		entries[i].item = item
		if len(own) == len(items) {
			keep(&entries[i], own[i])
		}
	}
	return entries
}

func fromAtom(f *atom.Feed) (document, error) {
	u, err := (&gofeed.DefaultAtomTranslator{}).Translate(f)
	if err != nil {
		return document{}, err
	}
	d := document{title: u.Title, link: u.Link, language: u.Language, hint: syndication(f.Extensions)}
	if len(f.Authors) > 0 {
		d.author = author{f.Authors[0].Name, f.Authors[0].URI}
	}
	d.entries = entriesOf(u.Items, f.Entries, func(e *entry, own *atom.Entry) { e.atom = own })
	return d, nil
}

func person(people []*gofeed.Person) author {
	for _, p := range people {
		if p == nil {
			continue
		}
		if p.Name != "" {
			return author{name: p.Name}
		}
		if p.Email != "" {
			return author{name: p.Email}
		}
	}
	return author{}
}

func jsonAuthor(one *gojson.Author, many []*gojson.Author) author {
	for _, a := range append(many, one) {
		if a != nil && (a.Name != "" || a.URL != "") {
			return author{a.Name, a.URL}
		}
	}
	return author{}
}

// author names who wrote an entry; the feed's own author counts when the entry names nobody.
func (e *entry) author(d *document) author {
	switch {
	case e.atom != nil && len(e.atom.Authors) > 0:
		a := author{e.atom.Authors[0].Name, e.atom.Authors[0].URI}
		if a.name == "" {
			a.name = person(e.item.Authors).name
		}
		if a.name != "" {
			return a
		}
	case e.json != nil:
		if a := jsonAuthor(e.json.Author, e.json.Authors); a.name != "" {
			return a
		}
	default:
		if a := person(e.item.Authors); a.name != "" {
			return a
		}
	}
	return d.author
}

// syndication reads sy:updatePeriod and sy:updateFrequency of RSS 1.0's module, which others use too.
func syndication(e ext.Extensions) hint {
	first := func(name string) string {
		if v := e["sy"][name]; len(v) > 0 {
			return strings.ToLower(strings.TrimSpace(v[0].Value))
		}
		return ""
	}
	var period time.Duration
	switch first("updatePeriod") {
	case "hourly":
		period = time.Hour
	case "daily":
		period = 24 * time.Hour
	case "weekly", "monthly", "yearly":
		period = longestHint
	default:
		return hint{}
	}
	if n, err := strconv.Atoi(first("updateFrequency")); err == nil && n > 1 {
		period /= time.Duration(min(n, 3600))
	}
	return hint{every: min(period, longestHint)}
}

// wait returns how long the feed wants to be left alone from now on.
func (h hint) wait(now time.Time) time.Duration {
	next := now.UTC().Add(h.every)
	for range 24 * 8 {
		if !h.skipHours[next.Hour()] && !h.skipDays[next.Weekday()] {
			break
		}
		next = next.Truncate(time.Hour).Add(time.Hour)
	}
	if next.Sub(now) > 8*24*time.Hour-time.Hour { // every hour of every day: nobody means that
		return h.every
	}
	return next.Sub(now)
}
