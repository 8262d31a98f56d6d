package bluesky

import (
	"net/http"
	"time"

	"github.com/earshotdesk/earshot/internal/fetch"
)

// postType is the collection of posts and the type of its records.
const postType = "app.bsky.feed.post"

// post is a post as the AppView shows it, or a notification of one.
type post struct {
	URI         string
	CID         string
	Author      profile
	Record      record
	IndexedAt   string // in a notification, the earlier of this and the record's own moment
	ReplyCount  int64
	RepostCount int64
	QuoteCount  int64
	LikeCount   int64
	Viewer      struct{ ReplyDisabled bool }

	Reason        string // of a notification
	ReasonSubject string
}

type profile struct {
	DID, Handle, DisplayName string
	FollowersCount           int64
}

// record is a post as its author wrote it.
type record struct {
	Type      string   `json:"$type"`
	Text      string   `json:"text"`
	Langs     []string `json:"langs,omitempty"`
	CreatedAt string   `json:"createdAt"`
	Reply     *reply   `json:"reply,omitempty"`
	Embed     *embed   `json:"embed,omitempty"`
}

// reply says where in a conversation a post stands.
type reply struct {
	Root   ref `json:"root"`
	Parent ref `json:"parent"`
}

// ref names one version of a record.
type ref struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

// embed is what a post shows beside its text.
type embed struct {
	Type     string `json:"$type"`
	Images   []struct{ Alt string }
	Alt      string // of a video
	External struct{ URI, Title string }
}

// moment reads a time as the network writes it; the zero time when it is none.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// refuse reads the network's errors. They are told by name; the status is 400 for nearly all of them
// (https://docs.bsky.app/docs/advanced-guides/atproto).
func refuse(a fetch.Reply) *fetch.Refusal {
	if a.Status < 400 {
		return nil
	}
	var said struct{ Error string }
	if !a.JSON(&said) {
		said.Error = ""
	}
	no := &fetch.Refusal{Code: said.Error}
	switch said.Error {
	case "ExpiredToken", "InvalidToken":
		no.Class = fetch.TokenExpired
	case "AuthenticationRequired":
		no.Class, no.Hint = fetch.AuthRevoked, "make a new app password and give it to the account"
	case "AuthFactorTokenRequired":
		no.Class, no.Hint = fetch.AuthRevoked, "this is the account's main password; make an app password instead"
	case "AccountTakedown", "AccountSuspended", "AccountDeactivated", "RepoTakendown", "RepoDeactivated", "RepoSuspended":
		no.Class, no.Hint = fetch.Forbidden, "the account is suspended or deactivated"
	case "NotFound", "RecordNotFound":
		no.Class = fetch.Missing
	case "InvalidSwap":
		no.Class = fetch.Duplicate
	case "RateLimitExceeded":
		no.Class = fetch.RateLimited
	default:
		if a.Status != http.StatusTooManyRequests {
			return nil
		}
		no.Class = fetch.RateLimited
	}
	return no
}
