package bluesky

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/fetch"
)

const (
	maxGraphemes = 300
	maxBytes     = 3000
	maxLangs     = 3
)

// Reply answers a post. The record gets the name that follows from the reply, and is written only where none of that name stands yet;
// so a second call finds the first one's record and writes nothing (https://docs.bsky.app/docs/api/com-atproto-repo-put-record).
func (c *Connector) Reply(ctx context.Context, out desk.Outgoing) (desk.Receipt, error) {
	if err := connectors.Sayable(c.env.Account, Spec().Caps, out); err != nil {
		return desk.Receipt{}, err
	}
	if n := len(out.Text); n > maxBytes {
		return desk.Receipt{}, desk.Invalidf("the reply is %d bytes long; the network takes at most %d", n, maxBytes)
	}
	s, err := c.open(ctx)
	if err != nil {
		return desk.Receipt{}, unsent(err)
	}
	parent, err := s.parent(ctx, out.Parent.Remote)
	if err != nil {
		return desk.Receipt{}, err
	}
	said, err := c.compose(ctx, s, parent, out)
	if err != nil {
		return desk.Receipt{}, fmt.Errorf("looking up who is mentioned: %w", err)
	}
	body := struct {
		Repo       string  `json:"repo"`
		Collection string  `json:"collection"`
		RKey       string  `json:"rkey"`
		Record     written `json:"record"`
		Swap       *string `json:"swapRecord"` // null: only where there is no such record
	}{s.did, postType, rkey(out), said, nil}
	var there ref
	err = s.Send(ctx, http.MethodPost, "/xrpc/com.atproto.repo.putRecord", nil, body, &there)
	switch {
	case coded(err, "InvalidSwap"):
		return c.standing(ctx, s, out, err)
	case err != nil:
		return desk.Receipt{}, fmt.Errorf("publishing: %w", err)
	case there.URI == "":
		return desk.Receipt{}, &desk.Unknown{Err: errors.New("the server took it, but does not say where it stands")}
	}
	return c.receipt(s, there.URI, out), nil
}

// unsent is the error of a call that never came about; what is not for a person to mend may be tried again.
func unsent(err error) error {
	if _, passing := errors.AsType[*desk.Transient](err); passing || errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrInvalid) {
		return err
	}
	return &desk.Transient{Err: err}
}

// coded tells whether the network refused with a word.
func coded(err error, word string) bool {
	no, ok := errors.AsType[*fetch.Refusal](err)
	return ok && no.Code == word
}

// parent looks at the post to answer right before that. A reply to what is gone, or to what takes none, would be taken and never shown.
func (s session) parent(ctx context.Context, id desk.RemoteID) (post, error) {
	var l struct{ Posts []json.RawMessage }
	if err := s.Look(ctx, "/xrpc/app.bsky.feed.getPosts", url.Values{"uris": {string(id)}}, &l); err != nil {
		return post{}, fmt.Errorf("looking at the post to answer: %w", err)
	}
	for _, raw := range l.Posts {
		p, why := read(raw)
		switch {
		case why != "" || p.URI != string(id) || p.CID == "":
		case p.Viewer.ReplyDisabled:
			return post{}, desk.Deniedf("its author lets only certain people answer this post, and the account is not among them")
		default:
			return p, nil
		}
	}
	switch gone, err := s.gone(ctx, id); {
	case err != nil:
		return post{}, fmt.Errorf("looking at the post to answer: %w", unsent(err))
	case gone:
		return post{}, fmt.Errorf("the post that this answers is no longer there: %w", desk.ErrGone)
	}
	return post{}, desk.Deniedf("the post cannot be answered: its author and the account do not see each other, one has blocked the other")
}

// compose writes the record: the same one however often it is asked for.
func (c *Connector) compose(ctx context.Context, s session, parent post, out desk.Outgoing) (written, error) {
	at := reply{Root: ref{parent.URI, parent.CID}, Parent: ref{parent.URI, parent.CID}}
	if up := parent.Record.Reply; up != nil && up.Root.URI != "" {
		at.Root = up.Root
	}
	langs := c.opt.Langs
	if len(langs) == 0 {
		langs = slices.DeleteFunc(slices.Clone(parent.Record.Langs), func(lang string) bool {
			_, err := language.Parse(lang)
			return err != nil
		})
	}
	facets, err := s.facets(ctx, out.Text)
	return written{
		record: record{Type: postType, Text: out.Text, Langs: langs[:min(len(langs), maxLangs)], CreatedAt: stamp(out), Reply: &at},
		Facets: facets,
	}, err
}

// standing looks at the record that has our name already. Nothing else names a record so, but only reading it shows.
func (c *Connector) standing(ctx context.Context, s session, out desk.Outgoing, refused error) (desk.Receipt, error) {
	found, err := c.stands(ctx, s, out)
	switch {
	case err != nil:
		return desk.Receipt{}, &desk.Unknown{Err: fmt.Errorf("reading back: %w", err)}
	case found.Finding == desk.FoundIt:
		return found.Receipt, nil
	}
	return desk.Receipt{}, &desk.Unknown{Err: refused}
}

// Find reads the record of the name that follows from the reply, from the server that keeps it: what is not there was never said.
func (c *Connector) Find(ctx context.Context, out desk.Outgoing) (desk.Found, error) {
	s, err := c.open(ctx)
	if err != nil {
		return desk.Found{Finding: desk.FoundNot}, err
	}
	return c.stands(ctx, s, out)
}

func (c *Connector) stands(ctx context.Context, s session, out desk.Outgoing) (desk.Found, error) {
	var there struct {
		URI   string
		Value record
	}
	err := s.Get(ctx, "/xrpc/com.atproto.repo.getRecord", url.Values{"repo": {s.did}, "collection": {postType}, "rkey": {rkey(out)}}, &there)
	switch {
	case coded(err, "RecordNotFound"):
		return desk.Found{Finding: desk.FoundAbsent}, nil
	case err != nil:
		return desk.Found{Finding: desk.FoundNot}, fmt.Errorf("reading the reply back: %w", err)
	case there.URI == "" || there.Value.Text != out.Text || there.Value.Reply == nil || there.Value.Reply.Parent.URI != string(out.Parent.Remote):
		return desk.Found{Finding: desk.FoundNot}, desk.Conflictf("another post of the account has the name that this reply would get")
	}
	return desk.Found{Finding: desk.FoundIt, Receipt: c.receipt(s, there.URI, out)}, nil
}

func (c *Connector) receipt(s session, uri string, out desk.Outgoing) desk.Receipt {
	us := profile{DID: s.did, Handle: desk.CleanHandle(c.env.Account.Handle)}
	return desk.Receipt{Remote: remote(uri), URL: permalink(us, uri), At: moment(stamp(out)), Visibility: desk.VisiblePublic}
}

// Delete removes a reply. That it is gone already is no failure.
func (c *Connector) Delete(ctx context.Context, _ desk.Outgoing, receipt desk.Receipt) error {
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	name, ours := strings.CutPrefix(string(receipt.Remote), "at://"+s.did+"/"+postType+"/")
	if !ours {
		return desk.Deniedf("this post is not one of the account's")
	}
	body := map[string]string{"repo": s.did, "collection": postType, "rkey": path.Base(cmp.Or(name, "-"))}
	if err := s.Send(ctx, http.MethodPost, "/xrpc/com.atproto.repo.deleteRecord", nil, body, nil); err != nil {
		return fmt.Errorf("deleting: %w", err)
	}
	return nil
}
