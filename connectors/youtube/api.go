package youtube

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/google"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

const (
	threadsPath  = "/youtube/v3/commentThreads"
	commentsPath = "/youtube/v3/comments"
	channelsPath = "/youtube/v3/channels"
	mostText     = 64 << 10 // bytes
)

// list is any list of YouTube's. Its items stay raw until they are read one by one, so that one bad item does not spoil the others.
type list struct {
	Kind          string            `json:"kind"`
	Items         []json.RawMessage `json:"items"`
	NextPageToken string            `json:"nextPageToken"`
}

type thread struct {
	ID      string `json:"id"`
	Snippet struct {
		VideoID         string          `json:"videoId"`
		TopLevelComment json.RawMessage `json:"topLevelComment"`
		CanReply        *bool           `json:"canReply"`
		TotalReplyCount int64           `json:"totalReplyCount"`
		IsPublic        *bool           `json:"isPublic"`
	} `json:"snippet"`
	Replies struct {
		Comments []json.RawMessage `json:"comments"`
	} `json:"replies"`

	top comment
}

type comment struct {
	ID      string `json:"id"`
	Snippet struct {
		VideoID           string `json:"videoId"`
		TextDisplay       string `json:"textDisplay"`
		TextOriginal      string `json:"textOriginal"` // only for its author
		AuthorDisplayName string `json:"authorDisplayName"`
		AuthorChannelURL  string `json:"authorChannelUrl"`
		AuthorChannelID   struct {
			Value string `json:"value"`
		} `json:"authorChannelId"`
		LikeCount        int64     `json:"likeCount"`
		PublishedAt      time.Time `json:"publishedAt"`
		UpdatedAt        time.Time `json:"updatedAt"`
		ModerationStatus string    `json:"moderationStatus"`
	} `json:"snippet"`

	raw []byte
}

// list asks for one page of a list, as plain text.
func (c *Connector) list(ctx context.Context, path string, q url.Values) (list, error) {
	return c.ask(ctx, path, q, c.api.Get)
}

// look is [Connector.list] right before something is said: nothing has left when it fails.
func (c *Connector) look(ctx context.Context, path string, q url.Values) (list, error) {
	l, err := c.ask(ctx, path, q, c.api.Look)
	if errors.Is(err, errOther) {
		err = &desk.Transient{Err: err}
	}
	return l, err
}

var errOther = errors.New("YouTube answered with something else than a list")

func (c *Connector) ask(ctx context.Context, path string, q url.Values, get func(context.Context, string, url.Values, any) error) (list, error) {
	var l list
	if path != channelsPath {
		q.Set("textFormat", "plainText") // else it comes as HTML
	}
	if err := get(ctx, path, q, &l); err != nil {
		return list{}, err
	}
	if !strings.HasPrefix(l.Kind, "youtube#") || !strings.HasSuffix(l.Kind, "ListResponse") {
		return list{}, errOther
	}
	return l, nil
}

// readThread reads a thread with its first comment, but not its answers.
func readThread(raw []byte) (thread, error) {
	var t thread
	if json.Unmarshal(raw, &t) != nil {
		return thread{}, errors.New("this thread is not in the form that YouTube documents")
	}
	top, err := readComment(t.Snippet.TopLevelComment)
	if err != nil {
		return t, err
	}
	t.top, t.ID = top, top.ID
	t.top.raw = raw
	return t, nil
}

// readComment reads one comment. What lacks an id, words or a time is none.
func readComment(raw []byte) (comment, error) {
	var m comment
	if json.Unmarshal(raw, &m) != nil {
		return comment{}, errors.New("this comment is not in the form that YouTube documents")
	}
	m.ID = text.Storable(m.ID)
	if m.ID == "" || m.words() == "" || m.Snippet.PublishedAt.IsZero() {
		return m, errors.New("this comment lacks an id, words or a time")
	}
	m.raw = raw
	return m, nil
}

// words returns what was written: as it was typed where YouTube gives that, else as it is shown.
func (m *comment) words() string {
	if own := google.Words(m.Snippet.TextOriginal, mostText); own != "" {
		return own
	}
	return google.Words(m.Snippet.TextDisplay, mostText)
}

// rootOf returns the thread that a comment is of: answers are named thread.answer.
func rootOf(id desk.RemoteID) desk.RemoteID {
	root, _, _ := strings.Cut(string(id), ".")
	return desk.RemoteID(root)
}

// mention makes a mention of a comment. The thread is nil when only the comment is known.
func (c *Connector) mention(m comment, t *thread, own string) desk.Mention {
	s := m.Snippet
	id := desk.RemoteID(m.ID)
	out := desk.Mention{
		Site: site, Remote: id, Thread: rootOf(id), Kind: desk.KindComment, Text: m.words(), Visibility: desk.Public,
		Author: desk.Author{ID: desk.RemoteID(google.Words(s.AuthorChannelID.Value, 200)), URL: google.Link(s.AuthorChannelURL)},
		Ours:   own != "" && s.AuthorChannelID.Value == own, PostedAt: connectors.Past(s.PublishedAt, c.now()),
		Counts: desk.Counts{Likes: max(0, s.LikeCount)}, Extra: map[string]string{}, Raw: m.raw,
	}
	if name := google.Words(s.AuthorDisplayName, 500); strings.HasPrefix(name, "@") {
		out.Author.Handle = name[1:]
	} else {
		out.Author.Name = name
	}
	if out.Thread != id {
		out.Parent = out.Thread
	}
	if s.UpdatedAt.After(s.PublishedAt) {
		out.EditedAt = connectors.Past(s.UpdatedAt, c.now())
	}
	video := s.VideoID
	if t != nil {
		video = t.Snippet.VideoID
		if t.Snippet.IsPublic != nil && !*t.Snippet.IsPublic {
			out.Visibility = desk.Private
		}
		if t.ID == m.ID {
			out.Counts.Replies = max(0, t.Snippet.TotalReplyCount)
		}
	}
	if video = google.Words(video, 100); video != "" {
		out.Extra["video"], out.URL = video, address(video, m.ID)
	}
	if state := google.Words(s.ModerationStatus, 50); state != "" {
		out.Extra["moderation"] = state
	}
	return out
}

// address is where a person reads a comment.
func address(video, comment string) string {
	return "https://www.youtube.com/watch?" + url.Values{"v": {video}, "lc": {comment}}.Encode()
}
