package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/web"
)

// pupil notes what it is told.
type pupil struct {
	m     *memory
	said  []desk.Correction
	asked []string
}

func (p *pupil) Correct(_ context.Context, actor *desk.User, c desk.Correction) (desk.Correction, error) {
	if err := c.Check(); err != nil {
		return c, err
	}
	c.ID, c.By, c.ByName, c.Stands = "01C", actor.ID, actor.Name, true
	p.said = append(p.said, c)
	return c, nil
}

func (p *pupil) Uncorrect(_ context.Context, actor *desk.User, _ desk.MentionID, id string) (desk.Correction, error) {
	for i := range p.said {
		if p.said[i].ID == id {
			p.said[i].WithdrawnAt, p.said[i].WithdrawnBy, p.said[i].Stands = p.m.now(), actor.ID, false
			return p.said[i], nil
		}
	}
	return desk.Correction{}, desk.ErrNotFound
}

func (p *pupil) UncorrectTag(ctx context.Context, actor *desk.User, id desk.MentionID, tag, _ string) (desk.Correction, error) {
	for _, c := range p.said {
		if c.Tag == tag && c.Stands {
			return p.Uncorrect(ctx, actor, id, c.ID)
		}
	}
	return desk.Correction{}, desk.ErrNotFound
}

func (p *pupil) Corrections(ctx context.Context, scope desk.Scope, id desk.MentionID) ([]desk.Correction, error) {
	if _, err := p.m.Mention(ctx, scope, id); err != nil {
		return nil, err
	}
	return p.said, nil
}

func (p *pupil) ProposeRules(_ context.Context, _ desk.Scope, from string, since time.Time) (desk.Proposals, error) {
	p.asked = append(p.asked, from+" "+p.m.now().Sub(since).String())
	return desk.Proposals{Proposals: []desk.Proposal{{YAML: "- name: x\n", Covers: 2}}}, nil
}

func (p *pupil) TryRules(_ context.Context, _ desk.Scope, yaml string, _ time.Time) ([]desk.Trial, error) {
	if !strings.Contains(yaml, "name:") {
		return nil, desk.Invalidf("rules.yaml:1:1: the file holds no rule")
	}
	return []desk.Trial{{Rule: "x", Matched: 3}}, nil
}

func (p *pupil) Layer(context.Context) (desk.LayerState, []desk.LayerVersion, error) {
	return desk.LayerState{Mode: desk.LayerLearns, InForce: 1, Newest: 2}, []desk.LayerVersion{
		{Version: 2, Refused: "It would be worse."}, {Version: 1, InForce: true, Golden: []desk.LayerScore{{Tag: "sentiment", Without: 80, After: 81}}},
	}, nil
}

// schooled is a site that takes corrections.
func schooled(t *testing.T) (*site, *pupil) {
	t.Helper()
	m := sampled()
	m.tokens[hashOf("key")] = desk.Token{Hash: hashOf("key"), Kind: desk.TokenAPI, Name: "reports", User: "ZH"}
	m.users["ZH"].Role = desk.RoleAgent
	p := &pupil{m: m}
	return newSite(t, m, func(o *web.Options) { o.Learning = p }), p
}

func TestAPICorrects(t *testing.T) {
	t.Parallel()
	s, p := schooled(t)
	path := "/api/v1/mentions/" + sampleID(16) + "/corrections"
	got := s.call("POST", path, `{"tag":"sentiment","to":"positive","note":"irony"}`, http.StatusOK)
	c := got["correction"].(map[string]any)
	if c["by"] != "ZH" || c["tag"] != "sentiment" || c["note"] != "irony" || got["verdict"] == nil || p.said[0].Mention != desk.MentionID(sampleID(16)) {
		t.Errorf("the answer is %v", got)
	}
	if list := s.ask(path, "Bearer key", 200)["corrections"].([]any); len(list) != 1 {
		t.Errorf("the list is %v", list)
	}
	s.call("DELETE", path, "", http.StatusUnprocessableEntity)
	s.call("DELETE", path+"?tag=spam", "", http.StatusNotFound)
	got = s.call("DELETE", path+"?tag=sentiment", "", http.StatusOK)
	if c := got["correction"].(map[string]any); c["withdrawnBy"] != "ZH" || c["stands"] != false {
		t.Errorf("the withdrawn one is %v", c)
	}
	for body, says := range map[string]string{
		`{"tag":"mood","to":"bad"}`: "body.tag", `{"tag":"sentiment","to":"angry"}`: "not \\\"angry\\\"", `{"to":"positive"}`: "required property tag",
	} {
		if got := jsonOf(t, s.call("POST", path, body, http.StatusUnprocessableEntity)); !strings.Contains(got, says) {
			t.Errorf("%s: %s does not say %q", body, got, says)
		}
	}
	s.users["ZH"].Role = desk.RoleMarketing
	s.call("POST", path, `{"tag":"sentiment","to":"positive"}`, http.StatusForbidden)
	s.call("DELETE", path+"?tag=sentiment", "", http.StatusForbidden)
	s.ask(path, "Bearer key", 200)
}

func TestAPIRules(t *testing.T) {
	t.Parallel()
	s, p := schooled(t)
	list := s.ask("/api/v1/rules/proposals?since=2d&from=01C", "Bearer key", 200)["proposals"].([]any)
	if one := list[0].(map[string]any); one["yaml"] != "- name: x\n" || p.asked[0] != "01C 48h0m0s" {
		t.Errorf("the proposals are %v, asked for %q", list, p.asked)
	}
	s.ask("/api/v1/rules/proposals?since=often", "Bearer key", 422)
	trials := s.call("POST", "/api/v1/rules/try", `{"yaml":"name: x"}`, 200)["trials"].([]any)
	if one := trials[0].(map[string]any); one["matched"] != 3.0 || one["mentions"] != 0.0 {
		t.Errorf("the trials are %v", trials)
	}
	s.call("POST", "/api/v1/rules/try", `{"yaml":"nonsense"}`, 422)
	s.users["ZH"].Role = desk.RoleMarketing
	s.ask("/api/v1/rules/proposals", "Bearer key", 403)
	s.call("POST", "/api/v1/rules/try", `{"yaml":"name: x"}`, 403)
	paths := s.ask("/api/openapi.json", "", 200)["paths"].(map[string]any)
	for _, path := range []string{"/api/v1/mentions/{id}/corrections", "/api/v1/rules/proposals", "/api/v1/rules/try", "/api/v1/layer"} {
		if paths[path] == nil {
			t.Errorf("the description lacks %s", path)
		}
	}
}

func TestAPILayer(t *testing.T) {
	t.Parallel()
	s, _ := schooled(t)
	s.ask("/api/v1/layer", "Bearer wrong", 401)
	got := s.ask("/api/v1/layer", "Bearer key", 200)
	list := got["versions"].([]any)
	if st := got["state"].(map[string]any); st["mode"] != "learns" || st["inForce"] != 1.0 || len(list) != 2 || list[0].(map[string]any)["refused"] != "It would be worse." {
		t.Errorf("the answer is %v", got)
	}
}
