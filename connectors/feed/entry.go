package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

// reader turns the entries of one document into mentions.
type reader struct {
	o     Options
	site  desk.Site
	doc   *document
	bases []*url.URL // what relative links start from: the feed's own link, then its address
	now   time.Time
}

func newReader(o Options, site desk.Site, doc *document, at *url.URL, now time.Time) *reader {
	r := &reader{o: o, site: site, doc: doc, now: now}
	// A feed's own link may be relative itself; then it starts from the feed's address.
	if home, err := url.Parse(absolute(doc.link, at)); err == nil && home.IsAbs() {
		r.bases = append(r.bases, home)
	}
	r.bases = append(r.bases, at)
	return r
}

// remote identifies an entry: what the feed calls its identifier, else its link, else what it says.
func (r *reader) remote(e *entry) desk.RemoteID {
	id := strings.TrimSpace(clean(e.item.GUID))
	if id == "" {
		id = normalised(r.link(e))
	}
	if id == "" {
		return desk.RemoteID("hash:" + digestOf(e.item.Title, e.item.Link, e.item.Published, textOf(e.item.Title != "", e)))
	}
	if len(id) > 400 { // longer than an index of the store takes
		return desk.RemoteID("hash:" + digestOf(id))
	}
	return desk.RemoteID(id)
}

// textOf adds the text to the identity of an entry that has no title.
func textOf(titled bool, e *entry) string {
	if titled {
		return ""
	}
	return e.item.Content + e.item.Description
}

func digestOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:12])
}

// link finds where a person can read the entry.
func (r *reader) link(e *entry) string {
	candidates := []string{extension(e.item.Extensions, "feedburner", "origLink"), e.item.Link}
	if e.rss != nil && e.rss.GUID != nil && !strings.EqualFold(e.rss.GUID.IsPermalink, "false") && strings.HasPrefix(e.item.GUID, "http") {
		candidates = append(candidates, e.item.GUID)
	}
	candidates = append(candidates, e.item.Links...)
	if e.atom != nil && strings.HasPrefix(e.atom.ID, "http") {
		candidates = append(candidates, e.atom.ID)
	}
	for _, c := range candidates {
		if u := absolute(clean(c), r.bases...); u != "" {
			return unwrap(u)
		}
	}
	return ""
}

// mention reads an entry. An entry without any words is an error in a sentence.
func (r *reader) mention(e *entry, id desk.RemoteID) (desk.Mention, error) {
	m := desk.Mention{
		Site: r.site, Remote: id, Kind: desk.MentionKind(r.o.As), SeenAt: r.now, Visibility: desk.Public,
		Title: markup.Line(e.item.Title), Text: markup.Text(words(e)), Language: r.language(e), URL: r.link(e),
		Extra: r.extra(e), Raw: e.raw,
	}
	m.PostedAt, m.EditedAt = r.times(e)
	r.writer(e, &m)
	if parent := replyTo(e.item.Extensions); parent != "" {
		m.Parent = desk.RemoteID(text.Cut(parent, 400))
		if r.o.As == string(desk.KindArticle) {
			m.Kind = desk.KindComment
		}
	}
	googleNews(&m)
	r.joinTitle(&m)
	if m.Title == "" && m.Text == "" {
		if m.URL == "" {
			return m, errors.New("this entry has neither title nor text nor link")
		}
		m.Title = m.URL
	}
	return m, nil
}

// joinTitle drops a title that is only the beginning of the text, and moves it into the text where that is configured.
func (r *reader) joinTitle(m *desk.Mention) {
	start := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(m.Title, "…"), "..."))
	flat := strings.Join(strings.Fields(text.Cut(m.Text, len(m.Title)*2+64)), " ")
	switch {
	case m.Title == "" || m.Text == "":
	case flat == m.Title, start != m.Title && strings.HasPrefix(flat, start):
		m.Title = ""
	case r.o.TitleInText:
		m.Title, m.Text = "", m.Title+"\n\n"+m.Text
	}
}

// googleNews moves the publisher out of the title, where Google News puts it after a hyphen.
func googleNews(m *desk.Mention) {
	publisher := m.Extra["publisher"]
	if publisher == "" || !strings.HasPrefix(m.URL, "https://news.google.com/") {
		return
	}
	m.Title = strings.TrimSuffix(m.Title, " - "+publisher)
	// The text is the title once more, as a link, and the publisher.
	if flat := strings.Join(strings.Fields(m.Text), " "); flat == m.Title+" "+publisher || flat == m.Title {
		m.Text = ""
	}
}

func (r *reader) writer(e *entry, m *desk.Mention) {
	a := e.author(r.doc)
	m.Author = desk.Author{Name: text.Cut(markup.Line(a.name), 200), URL: absolute(clean(a.url), r.bases...)}
	m.Author.ID = desk.RemoteID(m.Author.URL)
	m.Anonymous = m.Author.Name == "" && m.Author.ID == ""
}

// times returns when the entry was published and changed. A moment in the future, which would stay on top for ever, becomes now;
// one before the web is a mistake and counts as unknown.
func (r *reader) times(e *entry) (posted, edited time.Time) {
	read := func(t *time.Time, text string) time.Time {
		if t == nil {
			t = oddDate(text)
		}
		switch {
		case t == nil || t.Year() < 1990:
			return time.Time{}
		case t.After(r.now):
			return r.now.UTC()
		}
		return t.UTC()
	}
	posted, edited = read(e.item.PublishedParsed, e.item.Published), read(e.item.UpdatedParsed, e.item.Updated)
	if posted.IsZero() {
		return edited, time.Time{}
	}
	if !edited.After(posted) {
		edited = time.Time{}
	}
	return posted, edited
}

func (r *reader) language(e *entry) string {
	said := []string{r.o.Language}
	if e.json != nil {
		said = append(said, e.json.Language)
	}
	if dc := e.item.DublinCoreExt; dc != nil {
		said = append(said, dc.Language...)
	}
	for _, s := range append(said, r.doc.language) {
		code, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), "_", "-"), "-")
		if len(code) == 2 && code[0] >= 'a' && code[0] <= 'z' && code[1] >= 'a' && code[1] <= 'z' {
			return code
		}
	}
	return ""
}

// extra keeps what has no field of its own.
func (r *reader) extra(e *entry) map[string]string {
	x := map[string]string{}
	put := func(name, value string) {
		if value != "" {
			x[name] = text.Cut(value, 1000)
		}
	}
	put("feed", markup.Line(r.doc.title))
	put("categories", markup.Line(strings.Join(e.item.Categories, ", ")))
	if e.rss != nil {
		put("comments", absolute(clean(e.rss.Comments), r.bases...))
		if e.rss.Source != nil {
			put("publisher", markup.Line(e.rss.Source.Title))
			put("publisher_url", absolute(clean(e.rss.Source.URL), r.bases...))
		}
	}
	if e.json != nil {
		put("external_url", absolute(clean(e.json.ExternalURL), r.bases...))
	}
	for _, enclosure := range e.item.Enclosures {
		if enclosure != nil && x["enclosure"] == "" {
			put("enclosure", absolute(clean(enclosure.URL), r.bases...))
		}
	}
	if len(x) == 0 {
		return nil
	}
	return x
}
