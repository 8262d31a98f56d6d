package feed

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	gojson "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/net/html"

	"github.com/earshotdesk/earshot/internal/text"
)

// parseTime bounds the parsing of one document; real feeds take milliseconds.
const parseTime = 20 * time.Second

// document is a feed of any format.
type document struct {
	title, link, language string
	author                author
	hint                  hint
	entries               []entry
	skipped               []record // entries that were not read because they are known and unchanged
	broken                error    // the document could be read in part only
}

// entry is one item: what the site sent, and what the parser made of it or why it could not.
type entry struct {
	raw  []byte // in UTF-8
	item *gofeed.Item
	rss  *rss.Item
	atom *atom.Entry
	json *gojson.Item
	err  error
}

// parse reads a document in UTF-8 without XML declaration, up to n entries, and steps over those that are known and unchanged. The
// error is a sentence about "it", the document.
func parse(ctx context.Context, doc []byte, known *memory, n int) (document, error) {
	ctx, cancel := context.WithTimeout(ctx, parseTime)
	defer cancel()
	doc = bytes.TrimLeft(doc, " \t\r\n\uFEFF\x00")
	switch {
	case len(doc) == 0:
		return document{}, errors.New("it is empty")
	case doc[0] == '{':
		return parseJSON(doc, known, n)
	case doc[0] == '[':
		return document{}, errors.New("it is JSON, but not a JSON Feed")
	}
	out, err := scan(doc)
	if err == nil && !isFeedRoot(out.root) {
		doc, out, err = afterJunk(doc, out)
	}
	if err != nil {
		return document{}, err
	}
	doc, out, skipped := out.without(doc, known, n)
	d, err := parseEntries(ctx, doc, out)
	d.skipped = skipped
	return d, err
}

// parseEntries reads a document as a whole, and entry by entry where that loses some.
func parseEntries(ctx context.Context, doc []byte, out outline) (document, error) {
	d, err := parseXML(ctx, doc, out.root)
	if err == nil && len(out.items) > len(d.entries) {
		// The forgiving parser swallowed entries behind a tag that was never closed.
		if apart, err := salvage(ctx, doc, out, errNoEntry); err == nil && len(apart.entries) > len(d.entries) {
			return apart, nil
		}
	}
	if err == nil {
		d.withRaw(doc, out)
		return d, nil
	}
	if ctx.Err() != nil {
		return document{}, fmt.Errorf("reading it: %w", ctx.Err())
	}
	return salvage(ctx, doc, out, err)
}

var errNoEntry = errors.New("it has no entry that can be read")

func isFeedRoot(root string) bool { return root == "rss" || root == "rdf" || root == "feed" }

// afterJunk finds a feed behind warnings that a server printed before it, and says what the document is when there is none.
func afterJunk(doc []byte, out outline) ([]byte, outline, error) {
	lower := bytes.ToLower(doc[:min(len(doc), 64<<10)])
	isPage := out.root == "html" || bytes.Contains(lower[:min(len(lower), 4096)], []byte("<html")) ||
		bytes.Contains(lower[:min(len(lower), 4096)], []byte("<!doctype html"))
	if isPage {
		return nil, out, errors.New(pageInWords(doc))
	}
	for _, root := range []string{"<?xml", "<rss", "<feed", "<rdf:rdf"} {
		i := bytes.Index(lower, []byte(root))
		if i <= 0 {
			continue
		}
		if found, err := scan(doc[i:]); err == nil && isFeedRoot(found.root) {
			return doc[i:], found, nil
		}
	}
	if doc[0] != '<' {
		return nil, out, errors.New("it is neither RSS, Atom nor JSON Feed, but something that starts like plain text")
	}
	return nil, out, errors.New("it is XML or HTML of another kind, neither RSS nor Atom")
}

// pageInWords describes a web page that came instead of a feed, and names the feed that the page announces.
func pageInWords(doc []byte) string {
	z := html.NewTokenizer(bytes.NewReader(doc[:min(len(doc), 256<<10)]))
	for range 2000 {
		if z.Next() == html.ErrorToken {
			break
		}
		t := z.Token()
		if t.Data != "link" {
			continue
		}
		attrs := map[string]string{}
		for _, a := range t.Attr {
			attrs[strings.ToLower(a.Key)] = a.Val
		}
		kind := strings.ToLower(attrs["type"])
		if strings.Contains(strings.ToLower(attrs["rel"]), "alternate") && attrs["href"] != "" &&
			(strings.Contains(kind, "rss") || strings.Contains(kind, "atom") || strings.Contains(kind, "feed+json")) {
			return fmt.Sprintf("it is a web page, not a feed; the page says that its feed is at %q", text.Cut(attrs["href"], 200))
		}
	}
	return "it is a web page, not a feed; the site may be showing an error, a login or a consent page"
}

var errParser = errors.New("it makes the feed parser fail")

// guarded runs a parser of third-party code; a panic in there is a bad document, not a bad desk.
func guarded[T any](f func() (T, error)) (v T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errParser
		}
	}()
	return f()
}

func parseXML(ctx context.Context, doc []byte, root string) (document, error) {
	return guarded(func() (document, error) {
		in := &timedReader{ctx, bytes.NewReader(doc)}
		if root == "feed" {
			f, err := (&atom.Parser{}).Parse(in)
			if err != nil {
				return document{}, err
			}
			return fromAtom(f)
		}
		f, err := (&rss.Parser{}).Parse(in)
		if err != nil {
			return document{}, err
		}
		return fromRSS(f)
	})
}

// timedReader ends the parser when the time is over: it has no other way to be told.
type timedReader struct {
	ctx context.Context
	r   io.Reader
}

// Read reads until the context ends.
func (t *timedReader) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	return t.r.Read(p)
}

// withRaw gives each entry the bytes it was made of, when the walk over the tags saw as many as the parser did.
func (d *document) withRaw(doc []byte, out outline) {
	if len(out.items) != len(d.entries) {
		return
	}
	for i, s := range out.items {
		d.entries[i].raw = doc[s.from:s.to:s.to]
	}
}

// salvage reads the entries of a document that cannot be read as a whole one by one, so that a single bad one costs itself only.
func salvage(ctx context.Context, doc []byte, out outline, cause error) (document, error) {
	if out.head-out.from > 16<<10 { // it would be parsed once more for each entry
		return document{}, errors.New(inWords(cause))
	}
	before, after := string(doc[out.from:out.head]), out.closer
	if out.root == "rss" {
		before, after = before+"<channel>", "</channel>"+after
	}
	// The feed's own title and links, when they can be had.
	d, _ := parseXML(ctx, []byte(string(doc[:out.first])+after), out.root)
	d.entries = nil
	good := 0
	for _, s := range out.items {
		if err := ctx.Err(); err != nil {
			return document{}, fmt.Errorf("reading it: %w", err)
		}
		raw := doc[s.from:s.to:s.to]
		one, err := parseXML(ctx, []byte(before+string(raw)+after), out.root)
		switch {
		case err == nil && len(one.entries) == 1:
			one.entries[0].raw = raw
			d.entries = append(d.entries, one.entries[0])
			good++
		case err == nil:
			d.entries = append(d.entries, entry{raw: raw, err: errors.New("this entry cannot be read")})
		default:
			d.entries = append(d.entries, entry{raw: raw, err: errors.New("this entry is not well-formed")})
		}
	}
	if good == 0 {
		return document{}, errors.New(inWords(cause))
	}
	if !out.closed {
		d.broken = fmt.Errorf("it breaks off after %d entries", good)
	}
	return d, nil
}

// inWords says what is wrong without quoting the document, which may repeat what we sent.
func inWords(err error) string {
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return fmt.Sprintf("it breaks off at line %d", syntax.Line)
	case errors.As(err, &syntax):
		return fmt.Sprintf("it is not well-formed XML at line %d", syntax.Line)
	case errors.Is(err, errParser):
		return errParser.Error()
	}
	return "it is not a well-formed feed"
}
