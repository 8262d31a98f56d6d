package googlebusiness

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// page is a list of reviews. They stay raw until they are read one by one, so that one bad item does not spoil the others.
type page struct {
	Reviews       []json.RawMessage `json:"reviews"`
	NextPageToken string            `json:"nextPageToken"`
}

type review struct {
	ReviewID string `json:"reviewId"`
	Reviewer struct {
		DisplayName string `json:"displayName"`
		IsAnonymous bool   `json:"isAnonymous"`
	} `json:"reviewer"`
	StarRating string     `json:"starRating"`
	Comment    string     `json:"comment"`
	CreateTime time.Time  `json:"createTime"`
	UpdateTime time.Time  `json:"updateTime"`
	Reply      *reply     `json:"reviewReply"`
	ReplyURL   string     `json:"reviewReplyUrl"`
	Media      []struct{} `json:"reviewMediaItems"`
}

type reply struct {
	Comment         string    `json:"comment"`
	UpdateTime      time.Time `json:"updateTime"`
	State           string    `json:"reviewReplyState"`
	PolicyViolation string    `json:"policyViolation"`
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

func (r *review) rating() desk.Rating {
	if n := r.stars(); n > 0 {
		return desk.Rating{Value: float64(n), Best: 5}
	}
	return desk.Rating{}
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
