package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Recheck asks whether known mentions are still there; their edits come with the polls. Only where the repository can be seen does
// "not found" mean gone, and not that the token may not look any more.
func (c *Connector) Recheck(ctx context.Context, known []desk.Mention) (connectors.Batch, error) {
	var out connectors.Batch
	if c.account == nil || len(known) == 0 {
		return out, nil
	}
	var a graphAnswer
	body := map[string]any{"query": query(known)}
	if err := c.api.Send(ctx, http.MethodPost, c.graph, nil, body, &a); err != nil {
		if open, ok := errors.AsType[*desk.Unknown](err); ok {
			err = open.Err
		}
		return out, fmt.Errorf("looking at known items again: %w", err)
	}
	var data map[string]map[string]json.RawMessage
	if json.Unmarshal(a.Data, &data) != nil {
		return out, errors.New("looking at known items again: the server does not answer as GitHub does")
	}
	missing := a.missing()
	for i, m := range known {
		n := strconv.Itoa(i)
		deleted := len(data["n"+n]["deletedAt"]) > 0 && string(data["n"+n]["deletedAt"]) != "null"
		if data["r"+n] != nil && (missing["n"+n] || missing["r"+n+" it"] || deleted) {
			out.Gone = append(out.Gone, m.Remote)
		}
	}
	return out, nil
}

// query asks for each mention's repository and, in it or by its id, for the mention itself.
func query(known []desk.Mention) string {
	var b strings.Builder
	for i, m := range known {
		at, ok := whereIs(m.URL)
		if !ok {
			continue
		}
		owner, name, _ := strings.Cut(at.repo, "/")
		inner := "id it:issueOrPullRequest(number:" + at.number + "){__typename}"
		switch {
		case at.comment != "":
			inner = "id"
			fmt.Fprintf(&b, "n%d:node(id:%s){id ...on DiscussionComment{deletedAt}}\n", i, quoted(string(m.Remote)))
		case at.what == "discussions":
			inner = "id it:discussion(number:" + at.number + "){__typename}"
		}
		fmt.Fprintf(&b, "r%d:repository(owner:%s,name:%s){%s}\n", i, quoted(owner), quoted(name), inner)
	}
	return "query{rateLimit{cost} " + b.String() + "}"
}

// quoted writes a string as GraphQL does, which is as JSON does.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a string can always be written
	return string(b)
}

// missing returns the parts of a query of which GitHub says that there is no such thing.
func (a *graphAnswer) missing() map[string]bool {
	out := map[string]bool{}
	for _, e := range a.Errors {
		if e.Type == "NOT_FOUND" {
			out[strings.TrimSpace(fmt.Sprintln(e.Path...))] = true
		}
	}
	return out
}

// maxPages bounds how much of a long conversation is fetched.
const maxPages = 3

// Thread returns the conversation around a mention: an issue with its first comments, a discussion with its newest.
func (c *Connector) Thread(ctx context.Context, m desk.Mention) ([]desk.Mention, error) {
	at, ok := whereIs(m.URL)
	if !ok {
		return nil, desk.Invalidf("this mention has no address from which its conversation could be found")
	}
	if at.what == "discussions" {
		return c.discussionThread(ctx, at)
	}
	issue := c.issuePath(at)
	var raw json.RawMessage
	if err := c.api.Get(ctx, issue, nil, &raw); err != nil {
		return nil, err
	}
	thread := c.readAll([]json.RawMessage{raw})
	for page := issue + "/comments?per_page=" + strconv.Itoa(perPage); page != "" && len(thread) < maxPages*perPage; {
		list, next, err := c.comments(ctx, page)
		if err != nil {
			return nil, err
		}
		thread, page = append(thread, c.readAll(list)...), next
	}
	return thread, nil
}

func (c *Connector) readAll(list []json.RawMessage) []desk.Mention {
	var all []desk.Mention
	for _, raw := range list {
		if _, m, ok := c.read(raw); ok && m.Words() != "" {
			all = append(all, m)
		}
	}
	return all
}

// comments fetches a page of comments and the address of the next one.
func (c *Connector) comments(ctx context.Context, page string) ([]json.RawMessage, string, error) {
	r, err := c.api.Ask(ctx, page, nil)
	if err != nil {
		return nil, "", err
	}
	var list []json.RawMessage
	if !r.JSON(&list) {
		return nil, "", errors.New("the server does not answer as GitHub does")
	}
	return list, nextPage(r.Header), nil
}

func (c *Connector) issuePath(at whereabouts) string {
	return c.rest + "/repos/" + at.repo + "/issues/" + url.PathEscape(at.number)
}

func (c *Connector) commentPath(at whereabouts) string {
	return c.rest + "/repos/" + at.repo + "/issues/comments/" + url.PathEscape(at.comment)
}

func (c *Connector) discussionThread(ctx context.Context, at whereabouts) ([]desk.Mention, error) {
	vars := names(at.repo)
	vars["number"] = json.Number(at.number)
	var a repository
	if err := c.ask(ctx, oneQuery, vars, &a); err != nil {
		return nil, err
	}
	if a.Repository == nil {
		return nil, errors.New("the server does not answer as GitHub does")
	}
	return c.discussion(a.Repository.Discussion).Tell, nil
}
