package heureka

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// private are elements that name a customer or an order. They are kept nowhere.
func private(name string) bool {
	return strings.Contains(name, "order") || strings.Contains(name, "mail") || strings.Contains(name, "phone") || strings.Contains(name, "key")
}

// get returns the first of several elements that says something.
func (r review) get(names ...string) string {
	for _, name := range names {
		if said := r.fields[name]; said != "" {
			return said
		}
	}
	return ""
}

// raw is the review as JSON, to be kept, without what is private.
func (r review) raw() []byte {
	all := map[string]map[string]string{"review": {}, "product": {}}
	for part, fields := range map[string]map[string]string{"review": r.fields, "product": r.product} {
		for name, said := range fields {
			if !private(name) {
				all[part][name] = said
			}
		}
	}
	b, err := json.Marshal(all)
	if err != nil { // strings always marshal
		return nil
	}
	return b
}

// mention makes mentions of a review and of the shop's answer; an answer without text is none. A review without a word and without
// stars is no mention either, but no fault: Heureka has many.
func (c *Connector) mention(r review) (m, reply desk.Mention, err error) {
	kind := "s"
	if r.product != nil {
		kind = "p"
	}
	m = desk.Mention{Site: c.site, Kind: desk.KindReview, Language: c.language(), Raw: r.raw(), Extra: map[string]string{}}
	m.Author.Name = text.Cut(written.Line(r.get("name")), 200)
	m.Anonymous = true // a first name tells nobody apart
	m.Text = opinion(r)
	at, dated := written.Date(r.get("unix_timestamp", "timestamp", "date"), zone())
	m.PostedAt = connectors.Past(at, c.env.Now())
	if said := r.get("total_rating", "rating"); said != "" {
		var ok bool
		if m.Rating, ok = written.Rating(said, "5", "", 5); !ok {
			m.Extra["total_rating"] = text.Cut(said, 100)
		}
	}
	m.Remote = desk.RemoteID(kind + ":" + text.Cut(cmp.Or(written.Line(r.get("rating_id", "id")), digest(r, dated)), 200))
	m.Thread = m.Remote
	c.extras(r, &m)
	if m.Words() == "" && m.Rating.Known() {
		m.Title = written.Stars(m.Rating)
	}
	if len(r.fields) == 0 {
		return m, reply, errors.New("the review is empty")
	}
	if said := text.Cut(r.get("reaction", "reply", "response"), most); said != "" {
		reply = connectors.AnswerTo(m, said, time.Time{})
		reply.Language, reply.Author.Name = m.Language, c.o.Shop
	}
	return m, reply, nil
}

// opinion joins what a review says, as people read it on Heureka.
func opinion(r review) string {
	parts := []string{r.get("summary", "text")}
	for _, side := range []struct{ name, sign string }{{"pros", "+ "}, {"cons", "− "}} {
		var lines []string
		for line := range strings.Lines(r.get(side.name)) {
			if line = unmarked(line); line != "" {
				lines = append(lines, side.sign+line)
			}
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return text.Cut(strings.Join(said, "\n"), most)
}

// unmarked takes the mark off a line that brings its own, but leaves "-30 %" what it is.
func unmarked(line string) string {
	line = strings.TrimSpace(line)
	if rest := strings.TrimLeft(line, "-–−+*•· "); rest == "" || rest[0] < '0' || rest[0] > '9' {
		return rest
	}
	return line
}

// extras keeps the single marks, and what was bought.
func (c *Connector) extras(r review, m *desk.Mention) {
	for _, name := range []string{"recommends", "delivery_time", "transport_quality", "web_usability", "communication", "source", "rating_id_type", "verified"} {
		if said := r.fields[name]; said != "" {
			m.Extra[name] = text.Cut(said, 100)
		}
	}
	for name, ours := range map[string]string{"product_name": "item", "productno": "productno", "ean": "ean"} {
		if said := written.Line(r.product[name]); said != "" {
			m.Extra[ours] = text.Cut(said, 300)
		}
	}
	if r.product == nil {
		m.URL = c.o.Page
	}
	if at := r.product["url"]; strings.HasPrefix(at, "https://") || strings.HasPrefix(at, "http://") {
		m.URL = text.Cut(strings.TrimSpace(at), 2000)
	}
}

// language is that of the country's site. A review may be in the other: the two are close, and triage judges for itself.
func (c *Connector) language() string {
	if c.o.Country == "cz" {
		return "cs"
	}
	return "sk"
}

// digest identifies a review without a number by who said what when.
func digest(r review, dated bool) string {
	when := ""
	if at, ok := written.Date(r.get("unix_timestamp", "timestamp", "date"), time.UTC); ok && dated {
		when = at.Format(time.RFC3339)
	}
	sum := sha256.Sum256([]byte(r.get("name") + "\x00" + when + "\x00" + r.product["product_name"] + "\x00" + text.Fold(text.Cut(opinion(r), 100))))
	return "hash:" + hex.EncodeToString(sum[:12])
}
