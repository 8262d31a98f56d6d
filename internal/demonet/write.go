package demonet

import (
	"net/http"
	"strings"
)

// Publish posts in the name of a handle. The second result tells that the key was known and that nothing new came of it.
func (n *Network) Publish(handle string, d Draft) (Post, bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	d.Text = strings.TrimSpace(d.Text)
	if first, err := n.sameKey(handle, d); first != nil || err != nil {
		if err != nil {
			return Post{}, false, err
		}
		return *first, true, nil
	}
	p, err := n.admit(handle, d)
	if err != nil {
		return Post{}, false, err
	}
	if err := n.commit(entry{Do: doPost, Post: p}); err != nil {
		return Post{}, false, err
	}
	return *p, false, nil
}

// sameKey returns what came of the key before. It goes before every other check: a repetition gets the first answer even when
// the parent has been deleted since.
func (n *Network) sameKey(handle string, d Draft) (*Post, error) {
	if d.Key == "" || n.fate.moods.IgnoreKeys {
		return nil, nil
	}
	first := n.keys[handle+" "+d.Key]
	if first == nil || n.now().Sub(first.TakenAt) > keyWindow {
		return nil, nil
	}
	switch {
	case first.Parent != d.Parent || (first.Text != d.Text && first.Version == 1):
		return nil, refuse(http.StatusUnprocessableEntity, "key_reused", "This Idempotency-Key was used for another post.")
	case first.State == StateDeleted:
		return nil, refuse(http.StatusGone, "deleted_since", "The post with this Idempotency-Key was deleted.")
	}
	return first, nil
}

// admit checks a draft and returns the post that it becomes.
func (n *Network) admit(handle string, d Draft) (*Post, error) {
	if n.accounts[handle] == nil {
		return nil, refuse(http.StatusNotFound, "not_found", "There is no such account.")
	}
	if err := checkText(d.Text); err != nil {
		return nil, err
	}
	id, now := n.nextID(), n.now().UTC()
	p := &Post{
		ID: id, Thread: id, Parent: d.Parent, Author: handle, Text: d.Text, Language: d.Language, CreatedAt: d.CreatedAt.UTC(),
		TakenAt: now, Version: 1, State: StatePublic, Key: d.Key, Likes: d.Likes, Shares: d.Shares,
	}
	if d.CreatedAt.IsZero() {
		p.CreatedAt = now
	}
	if d.Parent == "" {
		return p, nil
	}
	parent, err := n.find(d.Parent, handle)
	if err != nil {
		return nil, err
	}
	p.Thread = parent.Thread
	if n.byID[p.Thread].Locked {
		return nil, refuse(http.StatusForbidden, "locked", "This conversation is locked and takes no more replies.")
	}
	if n.fate.moods.Moderate && d.Guest {
		p.State = StatePending
	}
	if wait := n.fate.moods.Delay; wait > 0 {
		p.VisibleAt = now.Add(wait.Std())
	}
	return p, nil
}

func checkText(text string) error {
	switch {
	case text == "":
		return refuse(http.StatusUnprocessableEntity, "empty", "A post needs a text.")
	case units(text) > TextLimit:
		return refuse(http.StatusUnprocessableEntity, "too_long", "A post has at most 500 UTF-16 units.")
	}
	return nil
}

// Edit gives a post of the handle another text.
func (n *Network) Edit(handle, id, text string) (Post, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p, err := n.own(handle, id)
	if err != nil {
		return Post{}, err
	}
	if text = strings.TrimSpace(text); text == p.Text {
		return *p, nil
	}
	if err := checkText(text); err != nil {
		return Post{}, err
	}
	if err := n.commit(entry{Do: doEdit, ID: id, Text: text}); err != nil {
		return Post{}, err
	}
	return *p, nil
}

// Delete removes a post of the handle.
func (n *Network) Delete(handle, id string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := n.own(handle, id); err != nil {
		return err
	}
	return n.commit(entry{Do: doDelete, ID: id})
}

// Lock closes the thread of a post to replies, or opens it again.
func (n *Network) Lock(id string, locked bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.byID[id]
	if p == nil {
		return notFound()
	}
	return n.commit(entry{Do: doLock, ID: p.Thread, Locked: locked})
}

// Moderate decides about a pending post: true publishes it, false rejects it.
func (n *Network) Moderate(id string, approve bool) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.byID[id]
	if p == nil {
		return notFound()
	}
	if p.State != StatePending {
		return refuse(http.StatusConflict, "not_pending", "This post does not await a moderator.")
	}
	state := StateRejected
	if approve {
		state = StatePublic
	}
	return n.commit(entry{Do: doState, ID: id, State: state})
}

// own returns a post if the handle may change it.
func (n *Network) own(handle, id string) (*Post, error) {
	p := n.byID[id]
	switch {
	case p == nil:
		return nil, notFound()
	case p.State == StateDeleted:
		return nil, gone()
	case p.Author != handle:
		return nil, refuse(http.StatusForbidden, "not_yours", "Only its author may change a post.")
	}
	return p, nil
}

func notFound() error { return refuse(http.StatusNotFound, "not_found", "There is no such post.") }
func gone() error     { return refuse(http.StatusGone, "gone", "This post was deleted.") }
