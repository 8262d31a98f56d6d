package reviewpage

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/temoto/robotstxt"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

// robotsTime is how long what robots.txt said is relied on, as RFC 9309 has it.
const robotsTime = 24 * time.Hour

// manners is what the cursor holds of robots.txt.
type manners struct {
	At    int64           `json:"at,omitempty"`    // when it was read, seconds since 1970
	Delay int64           `json:"delay,omitempty"` // ms between two requests
	May   map[string]bool `json:"may,omitempty"`   // by host and path with query
}

// mayRead asks robots.txt whether a page may be read: at most once a day for the same page. That there is none, or that it is refused,
// allows everything; while its server has trouble nothing is read.
func (c *Connector) mayRead(ctx context.Context, s *state, page *url.URL) error {
	path := page.RequestURI()
	what := page.Host + path
	now := c.env.Now()
	may, known := s.Robots.May[what]
	if age := now.Sub(time.Unix(s.Robots.At, 0)); !known || age > robotsTime || age < -robotsTime {
		group, err := c.robots(ctx, page)
		if err != nil {
			return err
		}
		if age > robotsTime || s.Robots.May == nil || len(s.Robots.May) > 200 {
			s.Robots = manners{May: map[string]bool{}}
		}
		may = group.Test(path)
		s.Robots.At, s.Robots.Delay, s.Robots.May[what] = now.Unix(), group.CrawlDelay.Milliseconds(), may
	}
	if !may {
		return desk.Deniedf("robots.txt of %s asks programs not to read this page; if the site is yours, allow it there for the user agent %s", page.Host, c.product())
	}
	return nil
}

// robots reads what robots.txt says to us.
func (c *Connector) robots(ctx context.Context, page *url.URL) (*robotstxt.Group, error) {
	at := url.URL{Scheme: page.Scheme, Host: page.Host, Path: "/robots.txt"}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, desk.Invalidf("%s is not an address that can be called", c.shown())
	}
	resp, err := fetch.Do(c.env.Read, req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return nil, fetch.Check(resp, c.env.Now()) // closes it
	}
	body, err := fetch.Body(resp)
	if err != nil {
		return nil, err
	}
	data, err := robotstxt.FromStatusAndBytes(resp.StatusCode, body[:min(len(body), 500<<10)])
	if err != nil { // not written as RFC 9309 says: it forbids nothing
		data, err = robotstxt.FromString("")
	}
	if err != nil {
		return nil, desk.Invalidf("robots.txt of %s cannot be read", page.Host)
	}
	return data.FindGroup(c.product()), nil
}

// product is the name by which robots.txt knows us.
func (c *Connector) product() string {
	name, _, _ := strings.Cut(c.env.Agent, "/")
	if name = strings.TrimSpace(name); name == "" {
		return "Earshot"
	}
	return name
}
