package googlebusiness

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// page is a list of reviews. They stay raw until they are read one by one, so that one bad item does not spoil the others.
type page struct {
	Reviews       []json.RawMessage `json:"reviews"`
	NextPageToken string            `json:"nextPageToken"`
}

type review struct {
	Name     string `json:"name"`
	ReviewID string `json:"reviewId"`
	Reviewer struct {
		DisplayName string `json:"displayName"`
		IsAnonymous bool   `json:"isAnonymous"`
	} `json:"reviewer"`
	StarRating string    `json:"starRating"`
	Comment    string    `json:"comment"`
	CreateTime time.Time `json:"createTime"`
	UpdateTime time.Time `json:"updateTime"`
	Reply      *reply    `json:"reviewReply"`
	ReplyURL   string    `json:"reviewReplyUrl"`
	Media      []struct {
		ThumbnailURL string `json:"thumbnailUrl"`
		VideoURL     string `json:"videoUrl"`
	} `json:"reviewMediaItems"`
}

type reply struct {
	Comment         string    `json:"comment"`
	UpdateTime      time.Time `json:"updateTime"`
	State           string    `json:"reviewReplyState"`
	PolicyViolation string    `json:"policyViolation"`
}

// The states of an answer, which Google moderates after it has taken it.
const (
	pending  = "PENDING"
	approved = "APPROVED"
	rejected = "REJECTED"
)

func (r *reply) visibility() desk.ReplyVisibility {
	switch r.State {
	case pending:
		return desk.VisibleModerate
	case approved:
		return desk.VisiblePublic
	case rejected:
		return desk.VisibleRejected
	}
	return desk.VisibleUnknown
}

// note says why an answer was rejected.
func (r *reply) note() string {
	if r.State != rejected {
		return ""
	}
	why := strings.ToLower(strings.ReplaceAll(text.Cut(text.Storable(r.PolicyViolation), 100), "_", " "))
	if why == "" {
		return "Google rejected the answer and does not say why."
	}
	return "Google rejected the answer: " + why + "."
}

// receipt proves an answer as it stands at Google now.
func (r *reply) receipt(parent desk.Mention) desk.Receipt {
	return desk.Receipt{
		Remote: parent.Remote + connectors.AnswerSuffix, URL: parent.URL, At: r.UpdateTime.UTC(),
		Visibility: r.visibility(), Note: r.note(), Sum: connectors.Sum(r.Comment),
	}
}

// stars returns 1 to 5, or 0 when there are none.
func (r *review) stars() int {
	for i, word := range []string{"ONE", "TWO", "THREE", "FOUR", "FIVE"} {
		if r.StarRating == word {
			return i + 1
		}
	}
	return 0
}

// words returns what the reviewer wrote, and Google's translation where the comment carries one. Both orders have been seen; where
// the marks are not as expected, the whole comment counts as the reviewer's.
func (r *review) words() (own, translation string) {
	const mark, original = "(Translated by Google)", "(Original)"
	whole := strings.TrimSpace(text.Storable(r.Comment))
	before, after, ok := strings.Cut(whole, mark)
	if !ok {
		return whole, ""
	}
	before = strings.TrimSpace(before)
	if before != "" {
		return before, strings.TrimSpace(after)
	}
	translated, own, ok := strings.Cut(after, original)
	if own = strings.TrimSpace(own); ok && own != "" {
		return own, strings.TrimSpace(translated)
	}
	return whole, ""
}
