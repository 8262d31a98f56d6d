package mastodon

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
	"github.com/earshotdesk/earshot/internal/markup"
	"github.com/earshotdesk/earshot/internal/text"
)

// person, status, notification and the like are the network's, as far as they are read here.
type person struct {
	ID          string `json:"id"`
	Acct        string `json:"acct"`
	DisplayName string `json:"display_name"`
	URL         string `json:"url"`
	Followers   int64  `json:"followers_count"`
	Bot         bool   `json:"bot"`
}

type status struct {
	ID          string     `json:"id"`
	CreatedAt   time.Time  `json:"created_at"`
	EditedAt    *time.Time `json:"edited_at"`
	InReplyTo   string     `json:"in_reply_to_id"`
	Spoiler     string     `json:"spoiler_text"`
	Visibility  string     `json:"visibility"`
	Language    string     `json:"language"`
	URI         string     `json:"uri"`
	URL         string     `json:"url"`
	Content     string     `json:"content"`
	Replies     int64      `json:"replies_count"`
	Reblogs     int64      `json:"reblogs_count"`
	Favourites  int64      `json:"favourites_count"`
	Account     person     `json:"account"`
	Attachments []struct {
		Type        string `json:"type"`
		URL         string `json:"url"`
		Description string `json:"description"`
	} `json:"media_attachments"`
	Policy *struct { // GoToSocial's; who may answer
		Reply struct {
			Automatic []string `json:"automatic_approval"`
			Manual    []string `json:"manual_approval"`
		} `json:"can_reply"`
	} `json:"interaction_policy"`
}

type notification struct {
	ID        string          `json:"id"`
	Type      string          `json:"type"`
	CreatedAt time.Time       `json:"created_at"`
	Status    json.RawMessage `json:"status"`
}

type instance struct {
	Configuration struct {
		Statuses struct {
			MaxCharacters int `json:"max_characters"`
		} `json:"statuses"`
	} `json:"configuration"`
}

// conversation is what stands above and below a status.
type conversation struct {
	Ancestors   []json.RawMessage `json:"ancestors"`
	Descendants []json.RawMessage `json:"descendants"`
}

// refuse reads why a server would not: what the status alone does not say.
func refuse(a fetch.Reply) *fetch.Refusal {
	switch a.Status {
	case http.StatusForbidden:
		return &fetch.Refusal{Class: fetch.Forbidden, Hint: "its token may lack a right, or the server limits the account"}
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		var no struct {
			Error string `json:"error"`
		}
		if a.JSON(&no) && (strings.Contains(no.Error, "character limit") || strings.Contains(no.Error, "max chars")) {
			return &fetch.Refusal{Class: fetch.TooLong, Hint: "set limit to what the server takes"}
		}
	}
	return nil
}

// idOf returns the identifier of an item that may be broken elsewhere; "" when it has none.
func idOf(raw []byte) string {
	var only struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &only) != nil {
		return ""
	}
	return text.Storable(only.ID)
}

// passedOn tells whether a status says nothing of its own, but shares another. Not every server leaves these out when asked to.
func passedOn(raw []byte) bool {
	var only struct {
		Reblog *struct{} `json:"reblog"`
	}
	return json.Unmarshal(raw, &only) == nil && only.Reblog != nil
}

// readStatus reads one status. What lacks an id, a moment or any word is none.
func readStatus(raw []byte) (status, error) {
	var s status
	switch err := json.Unmarshal(raw, &s); {
	case err != nil:
		return s, errors.New("this post is not in the form that Mastodon documents")
	case text.Storable(s.ID) == "" || s.CreatedAt.IsZero():
		return s, errors.New("this post lacks an id or a moment")
	case s.words() == "" && text.Line(s.Spoiler) == "":
		return s, errors.New("this post says nothing")
	}
	return s, nil
}

// words is what the status says; the description of its pictures when it says nothing itself.
func (s *status) words() string {
	said := text.Storable(markup.Text(s.Content))
	for _, a := range s.Attachments {
		if said != "" {
			break
		}
		said = text.Cut(text.Line(a.Description), markup.MaxText)
		if said == "" && text.Line(a.Type) != "" {
			said = "[" + text.Line(a.Type) + "]"
		}
	}
	return said
}

// visibility translates; what is not known to be public is private.
func (s *status) visibility() desk.Visibility {
	switch s.Visibility {
	case "public", "local":
		return desk.Public
	case "unlisted":
		return desk.Unlisted
	}
	return desk.Private
}

// read makes a mention of a status.
func (c *Connector) read(raw []byte) (desk.Mention, error) {
	s, err := readStatus(raw)
	if err != nil {
		return desk.Mention{Remote: desk.RemoteID(idOf(raw))}, err
	}
	m := desk.Mention{
		Site: c.site, Remote: desk.RemoteID(text.Storable(s.ID)), Kind: desk.KindPost, Thread: desk.RemoteID(text.Storable(s.ID)),
		Author: desk.Author{
			ID: desk.RemoteID(text.Storable(s.Account.ID)), Handle: text.Line(s.Account.Acct), Name: text.Line(s.Account.DisplayName),
			URL: text.Line(s.Account.URL), Followers: s.Account.Followers,
		},
		Title: text.Line(s.Spoiler), Text: s.words(), URL: text.Line(s.URL), PostedAt: connectors.Past(s.CreatedAt, c.now()),
		Visibility: s.visibility(), Ours: c.handle() != "" && strings.EqualFold(s.Account.Acct, c.handle()),
		Counts: desk.Counts{Likes: s.Favourites, Shares: s.Reblogs, Replies: s.Replies}, Raw: raw,
	}
	if m.URL == "" {
		m.URL = text.Line(s.URI)
	}
	m.Language, _, _ = strings.Cut(strings.ToLower(text.Line(s.Language)), "-")
	if s.InReplyTo != "" {
		m.Kind, m.Parent, m.Thread = desk.KindComment, desk.RemoteID(text.Storable(s.InReplyTo)), desk.RemoteID(text.Storable(s.InReplyTo))
	}
	if s.EditedAt != nil {
		m.EditedAt = s.EditedAt.UTC()
	}
	if m.Ours {
		m.Text = spoken(m.Text)
	}
	m.Extra = s.extra()
	return m, nil
}

// spoken returns words of ours without the address before them, which [Connector.Reply] puts there and agents did not write. It does so
// whether the post still names what it answers or not: servers forget that when it is deleted, and our words are the same.
func spoken(s string) string {
	tokens := text.Tokens(s)
	if len(tokens) == 0 || tokens[0].Kind != text.Handle || tokens[0].From != 0 {
		return s
	}
	rest, ok := strings.CutPrefix(s[tokens[0].To:], " ")
	if rest = strings.TrimSpace(rest); !ok || rest == "" {
		return s
	}
	return rest
}

// extra is what mentions have no field for.
func (s *status) extra() map[string]string {
	extra := map[string]string{}
	if s.Account.Bot {
		extra["bot"] = "yes"
	}
	var media []string
	for _, a := range s.Attachments[:min(10, len(s.Attachments))] {
		media = append(media, text.Line(a.URL))
	}
	extra["media"] = strings.Join(media, " ")
	return connectors.Extras(extra)
}
