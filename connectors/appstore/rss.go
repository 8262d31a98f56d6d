package appstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/known"
	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/text"
)

// Feeds reads the public feeds of one app's reviews.
type Feeds struct {
	api *fetch.API
	o   Options
	env connectors.Env
}

func newFeeds(env connectors.Env, o Options) (*Feeds, error) {
	if len(o.Countries) == 0 {
		o.Countries = []string{"us"}
	}
	for i, country := range o.Countries {
		o.Countries[i] = strings.ToLower(strings.TrimSpace(country))
		if !countryForm.MatchString(o.Countries[i]) || slices.Contains(o.Countries[:i], o.Countries[i]) {
			return nil, desk.Invalidf("countries takes two letters for each store, each once, such as hu, sk, gr; not %q", country)
		}
	}
	if o.Server == "" {
		o.Server = rssServer
	}
	api := &fetch.API{Base: strings.TrimRight(o.Server, "/"), Read: env.Read, Publish: env.Publish, Now: env.Now}
	return &Feeds{api: api, o: o, env: env}, nil
}

// Site returns the app as a place of its own.
func (f *Feeds) Site() desk.Site { return f.o.site() }

// Capabilities are those of the feeds: nobody can answer on them.
func (f *Feeds) Capabilities() connectors.Capabilities { return feedCapabilities() }

// Check reads the first feed.
func (f *Feeds) Check(ctx context.Context) error {
	_, err := f.page(ctx, f.o.Countries[0], 1)
	return err
}

// Poll reads the feed of every country.
func (f *Feeds) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	var lists connectors.Lists
	for _, country := range f.o.Countries {
		lists = append(lists, connectors.List{Name: country, Poll: func(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
			return f.country(ctx, country, since)
		}})
	}
	return lists.Poll(ctx, since)
}

// place is what the cursor of one country holds.
type place struct {
	Known known.Set `json:"known"`
	Whole bool      `json:"whole,omitempty"` // the feed was read to its end once
}

const (
	lastPage = 10  // Apple gives no more
	kept     = 600 // reviews remembered; a feed shows 500
)

// country reads the pages of one country until one holds nothing new. An empty feed says nothing: Apple sends such now and then.
func (f *Feeds) country(ctx context.Context, country string, since connectors.Cursor) (connectors.Batch, error) {
	var at place
	if since != "" && json.Unmarshal([]byte(since), &at) != nil {
		at = place{}
	}
	var b connectors.Batch
	told := map[desk.RemoteID]bool{} // a review may move on to the next page while it is read
	err := func() error {
		for n := 1; n <= lastPage; n++ {
			entries, err := f.page(ctx, country, n)
			if err != nil {
				return err
			}
			fresh := false
			for _, raw := range entries {
				fresh = f.tell(&b, &at, country, raw, told) || fresh
			}
			if len(entries) == 0 || !fresh && at.Whole {
				break
			}
		}
		at.Whole = at.Whole || at.Known.Len() > 0
		at.Known.Trim(kept)
		return nil
	}()
	return b.At(&at, since, err)
}

// tell puts a review into the batch when it is new or reads otherwise.
func (f *Feeds) tell(b *connectors.Batch, at *place, country string, raw []byte, told map[desk.RemoteID]bool) bool {
	m, err := f.mention(country, raw)
	switch {
	case errors.Is(err, errNoReview):
		return false
	case err != nil:
		if !at.Known.Tell("odd\x00"+string(raw), "") {
			return false
		}
		b.Poison = append(b.Poison, desk.Poison{Source: f.env.Source.Name, Remote: m.Remote, At: f.env.Now(), Err: err.Error(), Raw: raw})
		return true
	case told[m.Remote] || !at.Known.Tell(string(m.Remote), m.Digest()):
		return false
	}
	told[m.Remote] = true
	b.Mentions = append(b.Mentions, m)
	return true
}

// page fetches the entries of one page.
func (f *Feeds) page(ctx context.Context, country string, n int) ([]json.RawMessage, error) {
	var p struct {
		Feed *struct {
			Entry json.RawMessage `json:"entry"`
		} `json:"feed"`
	}
	at := fmt.Sprintf("/%s/rss/customerreviews/page=%d/id=%s/sortby=mostrecent/json", country, n, f.o.App)
	if err := f.api.Get(ctx, at, nil, &p); err != nil {
		return nil, fmt.Errorf("reading the reviews of the store %s: %w", country, err)
	}
	if p.Feed == nil {
		return nil, fmt.Errorf("reading the reviews of the store %s: Apple answered something else than a feed of reviews", country)
	}
	entry := bytes.TrimSpace(p.Feed.Entry)
	switch { // several, one, or none
	case len(entry) == 0 || string(entry) == "null":
		return nil, nil
	case entry[0] != '[':
		return []json.RawMessage{entry}, nil
	}
	var all []json.RawMessage
	if err := json.Unmarshal(entry, &all); err != nil {
		return nil, fmt.Errorf("reading the reviews of the store %s: its entries are no list", country)
	}
	return all, nil
}

// label is how the feed writes every value.
type label struct {
	Label string `json:"label"`
}

type entry struct {
	ID      label  `json:"id"`
	Title   label  `json:"title"`
	Content label  `json:"content"`
	Updated label  `json:"updated"`
	Rating  *label `json:"im:rating"`
	Version label  `json:"im:version"`
	Votes   label  `json:"im:voteSum"`
	Author  struct {
		Name label `json:"name"`
		URI  label `json:"uri"`
	} `json:"author"`
	Link json.RawMessage `json:"link"`
}

// errNoReview is the app itself, which old feeds list first.
var errNoReview = errors.New("no review")

func (f *Feeds) mention(country string, raw []byte) (desk.Mention, error) {
	var e entry
	if json.Unmarshal(raw, &e) != nil {
		return desk.Mention{}, errors.New("this review is not in the form of Apple's feeds")
	}
	m := desk.Mention{
		Site: f.o.site(), Remote: desk.RemoteID(text.Cut(written.Line(e.ID.Label), 200)), Kind: desk.KindReview,
		Title: text.Cut(written.Line(e.Title.Label), 1000), Text: text.Cut(written.Plain(e.Content.Label), mostText),
		Author: desk.Author{Name: text.Cut(written.Line(e.Author.Name.Label), 200)}, Raw: raw, Extra: map[string]string{"country": country}, URL: f.o.page(),
	}
	m.Thread = m.Remote
	if e.Rating == nil {
		return m, errNoReview
	}
	if id := path.Base(e.Author.URI.Label); strings.HasPrefix(id, "id") && appForm.MatchString(id[2:]) {
		m.Author.ID, m.Author.URL = desk.RemoteID(id[2:]), e.Author.URI.Label
	}
	m.Anonymous = m.Author.ID == ""
	m.Rating, _ = written.Rating(e.Rating.Label, "5", "", 5)
	if at, ok := written.Date(e.Updated.Label, f.env.Now().UTC().Location()); ok {
		m.PostedAt = connectors.Past(at, f.env.Now())
	}
	if v := written.Line(e.Version.Label); v != "" {
		m.Extra["version"] = text.Cut(v, 50)
	}
	if n, err := strconv.ParseInt(e.Votes.Label, 10, 64); err == nil && n > 0 {
		m.Counts.Likes = n
	}
	var link struct {
		Attributes struct {
			Href string `json:"href"`
		} `json:"attributes"`
	}
	if json.Unmarshal(e.Link, &link) == nil {
		if u, err := url.Parse(link.Attributes.Href); err == nil && u.Scheme == "https" && u.Host != "" {
			m.URL = u.String()
		}
	}
	if m.Words() == "" && m.Rating.Known() {
		m.Title = written.Stars(m.Rating)
	}
	if m.Remote == "" || m.Words() == "" {
		return m, errors.New("this review lacks an id or words")
	}
	return m, nil
}
