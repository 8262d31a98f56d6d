package web_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// What was said around a mention is asked for when somebody wants to read it, and shown beside the mention itself.
func TestConversation(t *testing.T) {
	t.Parallel()
	var failing error
	s := newSite(t, sampled(), func(o *web.Options) {
		o.Converses = func(m *desk.Mention) bool { return m.Author.Name == "Szabó Gergely" }
		o.Conversation = func(_ context.Context, m desk.Mention) ([]desk.Mention, error) {
			if failing != nil {
				return nil, failing
			}
			other := desk.Mention{Site: m.Site, Remote: "other", Author: desk.Author{Name: "Stranger"}, Text: "Mine <b>smokes</b> too", PostedAt: m.PostedAt.Add(time.Minute)}
			return []desk.Mention{other, m}, nil
		}
	})
	page := "/cases/" + string(s.caseOf("Szabó Gergely").ID)
	has(t, s.get(page, http.StatusOK), "[data-around] a", "Show the conversation")
	doc := s.get(page+"/conversation", http.StatusOK)
	has(t, doc, ".msg--lead", "Füstölni kezdett")
	has(t, doc, "[data-conversation] .msg:last-child .msg__text", "Mine <b>smokes</b> too")
	for err, want := range map[error]string{
		errors.New("it broke: secret"): "did not answer",
		desk.ErrNotFound:               "no longer there",
	} {
		failing = err
		doc := s.get(page+"/conversation", http.StatusOK)
		has(t, doc, "[role=status]", want)
		if text := doc.Text(); len(text) == 0 || doc.Find(".msg").Length() != 0 {
			t.Errorf("%v: the page shows %q", err, text)
		}
	}
	other := "/cases/" + string(s.caseOf("Tímea Barna").ID)
	if n := s.get(other, http.StatusOK).Find("[data-around]").Length(); n != 0 {
		t.Error("a site that cannot be asked is offered")
	}
	s.get(other+"/conversation", http.StatusNotFound)
}
