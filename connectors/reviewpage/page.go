package reviewpage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/markup"
)

// page is what was read of a page.
type page struct {
	found     []found
	bad       []string // scripts that speak of reviews and could not be read
	next      *url.URL
	unchanged bool
}

// read fetches a page and finds its reviews. With conditional, a page that did not change is not sent again.
func (c *Connector) read(ctx context.Context, s *state, at *url.URL, conditional bool) (page, error) {
	if err := c.mayRead(ctx, s, at); err != nil {
		return page{}, err
	}
	req, err := c.request(ctx, s, at, conditional)
	if err != nil {
		return page{}, err
	}
	resp, err := fetch.Do(c.env.Read, req)
	if err != nil {
		return page{}, err
	}
	if conditional && resp.StatusCode == http.StatusNotModified {
		_ = resp.Body.Close()
		return page{unchanged: true}, nil
	}
	if resp.Header.Get("Cf-Mitigated") == "challenge" {
		_ = resp.Body.Close()
		return page{}, desk.Deniedf("%s wants its visitors to prove that they are human, which this program does not; ask the site for an export or an API", fetch.RedactURL(at.String()))
	}
	if err := fetch.Check(resp, c.env.Now()); err != nil {
		return page{}, err
	}
	body, err := fetch.Body(resp)
	if err != nil {
		return page{}, err
	}
	if to := resp.Request; to != nil && to.URL != nil { // where redirects led
		if to.URL.Host != at.Host {
			if err := c.mayRead(ctx, s, to.URL); err != nil {
				return page{}, err
			}
		}
		at = to.URL
	}
	p, err := c.parse(body, resp.Header.Get("Content-Type"), at)
	if err == nil && conditional {
		s.ETag, s.Modified = resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")
	}
	return p, err
}

// request asks for a page.
func (c *Connector) request(ctx context.Context, s *state, at *url.URL, conditional bool) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, desk.Invalidf("%s is not an address that can be called", fetch.RedactURL(at.String()))
	}
	req.Header.Set("Accept", "text/html, application/xhtml+xml;q=0.9, */*;q=0.5")
	if c.env.Agent != "" {
		req.Header.Set("User-Agent", c.env.Agent)
	}
	if c.o.Language != "" {
		req.Header.Set("Accept-Language", c.o.Language)
	}
	if conditional && s.ETag != "" {
		req.Header.Set("If-None-Match", s.ETag)
	}
	if conditional && s.Modified != "" {
		req.Header.Set("If-Modified-Since", s.Modified)
	}
	return req, nil
}

// parse finds the reviews of a document.
func (c *Connector) parse(body []byte, contentType string, at *url.URL) (page, error) {
	// What stands in noscript is for us: no script is run here.
	root, err := html.ParseWithOptions(bytes.NewReader(markup.UTF8(body, contentType, cmp.Or(c.o.Language, spoken(body)))), html.ParseOptionEnableScripting(false))
	if err != nil {
		return page{}, errors.New(fetch.RedactURL(at.String()) + " cannot be read: its HTML is nested too deep")
	}
	doc := goquery.NewDocumentFromNode(root)
	doc.Find("template:not([shadowrootmode])").Remove() // nobody sees it before a script has filled it in
	known, base := addresses(doc, at), at
	if u, err := at.Parse(strings.TrimSpace(doc.Find("base[href]").First().AttrOr("href", ""))); err == nil && u.Host != "" {
		base = u
	}
	var p page
	r := &reader{c: c, page: at, base: base, now: c.env.Now().UTC()}
	r.american = strings.EqualFold(doc.Find("html").AttrOr("lang", ""), "en-US")
	if c.sel != nil {
		p.found = r.selected(doc)
	} else {
		r.s = collect(doc)
		p.found, p.bad = r.reviews(), r.s.bad
	}
	p.found = r.identify(p.found, known)
	p.next = c.nextPage(doc, at, base)
	if len(p.found) == 0 {
		if why := wall(doc); why != "" {
			return page{}, desk.Deniedf("%s shows %s instead of reviews", fetch.RedactURL(at.String()), why)
		}
	}
	return p, nil
}

var lang = regexp.MustCompile(`(?i)<html\s[^>]{0,400}?\blang\s*=\s*["']?([a-z]{2})`)

// spoken is the language that a page says it is in, by which letters are told that it says wrongly.
func spoken(body []byte) string {
	if m := lang.FindSubmatch(body[:min(len(body), 4096)]); m != nil {
		return strings.ToLower(string(m[1]))
	}
	return ""
}

// addresses are all that the page says of its own address.
func addresses(doc *goquery.Document, at *url.URL) string {
	all := []string{at.String()}
	doc.Find(`link[rel~="canonical"], meta[property="og:url"], link[rel~="alternate"][hreflang]`).Each(func(i int, s *goquery.Selection) {
		if i < 20 {
			all = append(all, s.AttrOr("href", ""), s.AttrOr("content", ""))
		}
	})
	return strings.Join(all, "\n")
}

// nextPage is the page with older reviews, on the same host; nil at the end.
func (c *Connector) nextPage(doc *goquery.Document, at, base *url.URL) *url.URL {
	link, told := "", c.sel != nil && c.sel.nexts != nil
	if told {
		link = c.sel.nexts.value(doc.Selection, "href")
	} else {
		el := doc.Find(`link[rel~="next"][href], a[rel~="next"][href]`).First()
		link = el.AttrOr("href", "")
		told = el.Is(`link, [class*="page"]`) || el.Closest(`[class*="pagin"], [class*="pager"]`).Length() > 0
	}
	if strings.TrimSpace(link) == "" {
		return nil
	}
	u, err := base.Parse(strings.TrimSpace(link))
	if err != nil || u.Host != at.Host || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	u.Fragment = ""
	if !told && !continues(u, at) {
		return nil
	}
	return u
}

// pageMark finds what a path says of the number of a page, at its end: /page/2/, /strana-2, _p3.html, /2.
var pageMark = regexp.MustCompile(`(?i)(?:[/_.-](?:page|pg|p|strana|stranka|str|oldal|seite|pagina|selida|σελίδα|or)?[/_.-]?\d{1,4})?(?:\.[a-z]{3,5})?/*$`)

// continues tells whether an address is that of more of the same page. Blogs and shops call the neighbouring product next, too.
func continues(next, at *url.URL) bool {
	bare := func(u *url.URL) string {
		return strings.Trim(pageMark.ReplaceAllString(strings.TrimSuffix(u.Path, "/"), ""), "/")
	}
	to, from := bare(next), bare(at)
	return to == from || next.Path == at.Path || from != "" && strings.HasPrefix(to, from+"/")
}

var challenge = regexp.MustCompile(`(?i)g-recaptcha|h-captcha|hcaptcha\.com|cf-challenge|challenge-platform|cf_chl_|captcha-delivery|datadome|px-captcha|_incapsula_|aws-waf|awswafcaptcha`)

// wall says what stands in front of a page that shows no review; empty when nothing seems to.
func wall(doc *goquery.Document) string {
	title := strings.ToLower(strings.TrimSpace(doc.Find("title").First().Text()))
	for _, sign := range []string{"just a moment", "attention required", "access denied", "are you a robot", "robot check", "captcha", "security check", "pardon our interruption", "are you human"} {
		if strings.Contains(title, sign) {
			return "a check for humans"
		}
	}
	if doc.Find(`input[type="password"]`).Length() > 0 && doc.Find("p, li, article").Length() < 30 {
		return "a login"
	}
	if whole, err := doc.Html(); err == nil && len(whole) < 60<<10 && challenge.MatchString(whole) && len(strings.Fields(doc.Find("body").Text())) < 400 {
		return "a check for humans"
	}
	return ""
}
