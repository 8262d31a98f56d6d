package googleplay

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/google"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// page is a list of reviews. They stay raw until they are read one by one, so that one bad item does not spoil the others.
type page struct {
	Reviews         []json.RawMessage `json:"reviews"`
	TokenPagination struct {
		NextPageToken string `json:"nextPageToken"`
	} `json:"tokenPagination"`
}

type review struct {
	ReviewID   string `json:"reviewId"`
	AuthorName string `json:"authorName"`
	Comments   []struct {
		User      *userComment      `json:"userComment"`
		Developer *developerComment `json:"developerComment"`
	} `json:"comments"`
}

type userComment struct {
	Text             string    `json:"text"` // title, tab, body
	OriginalText     string    `json:"originalText"`
	LastModified     timestamp `json:"lastModified"`
	StarRating       int       `json:"starRating"`
	ReviewerLanguage string    `json:"reviewerLanguage"`
	Device           string    `json:"device"`
	AndroidOSVersion int       `json:"androidOsVersion"`
	AppVersionName   string    `json:"appVersionName"`
	ThumbsUpCount    int64     `json:"thumbsUpCount"`
	ThumbsDownCount  int64     `json:"thumbsDownCount"`
	DeviceMetadata   struct {
		ProductName string `json:"productName"`
	} `json:"deviceMetadata"`
}

type developerComment struct {
	Text         string    `json:"text"`
	LastModified timestamp `json:"lastModified"`
}

// timestamp is a moment; its seconds are a string, for they have 64 bits.
type timestamp struct {
	Seconds json.Number `json:"seconds"`
	Nanos   int64       `json:"nanos"`
}

// UnmarshalJSON takes the seconds quoted, as they are sent, and plain.
func (t *timestamp) UnmarshalJSON(b []byte) error {
	var plain struct {
		Seconds json.RawMessage `json:"seconds"`
		Nanos   int64           `json:"nanos"`
	}
	if err := json.Unmarshal(b, &plain); err != nil {
		return err
	}
	t.Seconds, t.Nanos = json.Number(strings.Trim(string(plain.Seconds), `"`)), plain.Nanos
	return nil
}

// time returns the moment; zero when there is none or it is absurd.
func (t timestamp) time() time.Time {
	seconds, err := strconv.ParseInt(t.Seconds.String(), 10, 64)
	if err != nil || seconds <= 0 || seconds > 1e11 || t.Nanos < 0 || t.Nanos > 1e9 {
		return time.Time{}
	}
	return time.Unix(seconds, t.Nanos).UTC()
}

// user returns what the reviewer says now, developer the answer that stands; nil without. The newest comes last where there are more.
func (r *review) user() (u *userComment) {
	for _, c := range r.Comments {
		if c.User != nil {
			u = c.User
		}
	}
	return u
}

func (r *review) developer() (d *developerComment) {
	for _, c := range r.Comments {
		if c.Developer != nil && google.Words(c.Developer.Text, mostText) != "" {
			d = c.Developer
		}
	}
	return d
}

// readReview reads one review. What lacks an id, words or a time is none.
func readReview(raw []byte) (review, error) {
	var r review
	if json.Unmarshal(raw, &r) != nil {
		return review{}, errors.New("this review is not in the form that Google documents")
	}
	r.ReviewID = text.Storable(r.ReviewID)
	u := r.user()
	if r.ReviewID == "" || u == nil || u.LastModified.time().IsZero() {
		return r, errors.New("this review lacks an id, the reviewer's comment or a time")
	}
	if title, body := u.words(); title+body == "" {
		return r, errors.New("this review has no words")
	}
	return r, nil
}

// words returns the title, where the review has one, and the text in the reviewer's own language.
func (u *userComment) words() (title, body string) {
	whole := u.Text
	if u.OriginalText != "" {
		whole = u.OriginalText
	}
	title, body, ok := strings.Cut(text.Storable(whole), "\t")
	if !ok {
		return "", google.Words(title, mostText)
	}
	return google.Words(title, 1000), google.Words(body, mostText)
}

const mostText = 64 << 10 // bytes; reviews are far shorter

// mentions returns a review, and the developer's answer where there is one.
func (c *Connector) mentions(r review, raw []byte) []desk.Mention {
	u := r.user()
	m := desk.Mention{
		Site: c.Site(), Remote: desk.RemoteID(r.ReviewID), Thread: desk.RemoteID(r.ReviewID), Kind: desk.KindReview,
		Author: desk.Author{Name: google.Words(r.AuthorName, 500)}, Anonymous: strings.TrimSpace(r.AuthorName) == "",
		PostedAt: connectors.Past(u.LastModified.time(), c.now()), Visibility: desk.Public,
		URL:    "https://play.google.com/store/apps/details?id=" + c.opt.Package,
		Counts: desk.Counts{Likes: max(0, u.ThumbsUpCount)}, Extra: u.extra(), Raw: raw,
	}
	m.Title, m.Text = u.words()
	m.Language, _, _ = strings.Cut(strings.ReplaceAll(google.Words(strings.ToLower(u.ReviewerLanguage), 20), "_", "-"), "-")
	if u.StarRating >= 1 && u.StarRating <= 5 {
		m.Rating = desk.Rating{Value: float64(u.StarRating), Best: 5}
	}
	d := r.developer()
	if d == nil {
		return []desk.Mention{m}
	}
	return []desk.Mention{m, connectors.AnswerTo(m, google.Words(d.Text, mostText), c.answered(d))}
}

// answered is when the answer was written; zero when Google does not say.
func (c *Connector) answered(d *developerComment) time.Time {
	return connectors.Past(d.LastModified.time(), c.now())
}

// extra is what helps an agent besides the words.
func (u *userComment) extra() map[string]string {
	all := map[string]string{"app": u.AppVersionName, "device": u.DeviceMetadata.ProductName}
	if all["device"] == "" {
		all["device"] = u.Device
	}
	if u.AndroidOSVersion > 0 {
		all["android"] = "API " + strconv.Itoa(u.AndroidOSVersion)
	}
	if u.ThumbsDownCount > 0 {
		all["thumbs_down"] = strconv.FormatInt(u.ThumbsDownCount, 10)
	}
	if u.OriginalText != "" {
		all["translation"] = u.Text
	}
	for name, value := range all {
		all[name] = google.Words(value, mostText)
	}
	return connectors.Extras(all)
}
