package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/earshotdesk/earshot/internal/desk"
)

// mountLearning adds what concerns corrections and rules.
func (s *Server) mountLearning(api huma.API) {
	if s.opt.Learning == nil {
		return
	}
	const corrections = "/api/v1/mentions/{id}/corrections"
	huma.Register(api, operation("listCorrections", corrections, "List the corrections of a mention, oldest first, withdrawn ones too"), s.apiCorrections)
	huma.Register(api, huma.Operation{
		OperationID: "correctMention", Method: http.MethodPost, Path: corrections, Summary: "Say that a tag of a mention is wrong, and what it should be",
		Description: "The right tag is in force at once and stays when history is judged again; an edit of the words asks again. The same twice changes nothing.",
		Errors:      []int{401, 403, 404, 409, 422},
	}, s.apiCorrect)
	huma.Register(api, huma.Operation{
		OperationID: "withdrawCorrection", Method: http.MethodDelete, Path: corrections, Summary: "Withdraw a correction, by its identifier or by its tag",
		Description: "What stood before stands again. Nothing is deleted: the correction stays listed as withdrawn.", Errors: []int{401, 403, 404, 409, 422},
	}, s.apiUncorrect)
	huma.Register(api, operation("proposeRules", "/api/v1/rules/proposals", "Propose rules that would do what corrections did, each with what it would have changed"), s.apiProposals)
	huma.Register(api, operation("layer", "/api/v1/layer", "Tell what the desk learned from corrections by itself, and what each version is worth"), s.apiLayer)
	huma.Register(api, huma.Operation{
		OperationID: "tryRules", Method: http.MethodPost, Path: "/api/v1/rules/try", Summary: "Tell what rules would have changed; nothing is stored",
		Errors: []int{401, 403, 409, 422},
	}, s.apiTry)
}

// corrector is the owner of the token if they may say that a verdict is wrong.
func corrector(ctx context.Context) (*desk.User, error) {
	u, _ := ctx.Value(apiUser{}).(*desk.User)
	if u == nil || !May(u.Role, ActCorrect) {
		return nil, desk.Deniedf("The owner of this token may read, not correct verdicts.")
	}
	return u, nil
}

// correctionList is what people said of a mention.
type correctionList struct {
	Body struct {
		Corrections []desk.Correction `json:"corrections"`
	}
}

func (s *Server) apiCorrections(ctx context.Context, in *oneID) (*correctionList, error) {
	list, err := s.opt.Learning.Corrections(ctx, scopeOf(ctx), desk.MentionID(in.ID))
	if err != nil {
		return nil, s.apiErr("mention", err)
	}
	var out correctionList
	out.Body.Corrections = append([]desk.Correction{}, list...)
	return &out, nil
}

type correctInput struct {
	ID   string `path:"id" doc:"Identifier of the mention."`
	Body struct {
		Tag  string `json:"tag" enum:"language,sentiment,urgency,intent,spam,offensive,product,topic"`
		From string `json:"from,omitempty" maxLength:"200" doc:"What stands there; where it is given and something else stands there by now, the answer is 409. Of products and topics: the name to take off."`
		To   string `json:"to,omitempty" maxLength:"200" doc:"What it should be. Of products and topics: the name to put on, absent to take one off only."`
		Note string `json:"note,omitempty" maxLength:"2000" doc:"Why."`
	}
}

// correctedBody is a correction and the verdict as it is now.
type correctedBody struct {
	Correction desk.Correction `json:"correction"`
	Verdict    desk.Verdict    `json:"verdict" doc:"In force now."`
}

func (s *Server) apiCorrect(ctx context.Context, in *correctInput) (*struct{ Body correctedBody }, error) {
	return s.apiCorrected(ctx, in.ID, func(u *desk.User) (desk.Correction, error) {
		c := desk.Correction{Mention: desk.MentionID(in.ID), Tag: in.Body.Tag, From: in.Body.From, To: in.Body.To, Note: in.Body.Note}
		return s.opt.Learning.Correct(ctx, u, c)
	})
}

type uncorrectInput struct {
	ID         string `path:"id" doc:"Identifier of the mention."`
	Correction string `query:"correction" doc:"Identifier of the correction."`
	Tag        string `query:"tag" enum:"language,sentiment,urgency,intent,spam,offensive,product,topic" doc:"In place of the identifier: withdraw what stands for this tag."`
	Name       string `query:"name" doc:"With tag product or topic: which name."`
}

func (s *Server) apiUncorrect(ctx context.Context, in *uncorrectInput) (*struct{ Body correctedBody }, error) {
	if (in.Correction == "") == (in.Tag == "") {
		return nil, huma.NewError(http.StatusUnprocessableEntity, "Name the correction by its identifier, or the tag; one of the two.")
	}
	return s.apiCorrected(ctx, in.ID, func(u *desk.User) (desk.Correction, error) {
		if in.Correction != "" {
			return s.opt.Learning.Uncorrect(ctx, u, desk.MentionID(in.ID), in.Correction)
		}
		return s.opt.Learning.UncorrectTag(ctx, u, desk.MentionID(in.ID), in.Tag, in.Name)
	})
}

func (s *Server) apiCorrected(ctx context.Context, id string, act func(*desk.User) (desk.Correction, error)) (*struct{ Body correctedBody }, error) {
	u, err := corrector(ctx)
	if err != nil {
		return nil, s.apiErr("correction", err)
	}
	c, err := act(u)
	if err != nil {
		return nil, s.apiErr("mention or correction", err)
	}
	m, err := s.opt.Store.Mention(ctx, u.Scope(), desk.MentionID(id))
	if err != nil {
		return nil, s.apiErr("mention", err)
	}
	return &struct{ Body correctedBody }{correctedBody{c, m.Verdict}}, nil
}

// sinceOf is the moment at which a span before now begins.
func (s *Server) sinceOf(span string) (time.Time, error) {
	now := s.opt.Now()
	d, err := desk.ParseDuration(span)
	if err != nil || d <= 0 {
		return now, desk.Invalidf("since is %q; write for example 30d.", span)
	}
	return now.Add(-d.Std()), nil
}

type proposalsInput struct {
	Since string `query:"since" default:"30d" doc:"How far back to look, for example 30d or 12h."`
	From  string `query:"from" doc:"Identifier of a correction; all of the span when absent."`
}

func (s *Server) apiProposals(ctx context.Context, in *proposalsInput) (*struct{ Body desk.Proposals }, error) {
	u, err := corrector(ctx)
	if err != nil {
		return nil, s.apiErr("correction", err)
	}
	since, err := s.sinceOf(in.Since)
	if err != nil {
		return nil, s.apiErr("correction", err)
	}
	out, err := s.opt.Learning.ProposeRules(ctx, u.Scope(), in.From, since)
	if err != nil {
		return nil, s.apiErr("correction", err)
	}
	return &struct{ Body desk.Proposals }{out}, nil
}

type tryInput struct {
	Since string `query:"since" default:"30d" doc:"How far back to look, for example 30d or 12h."`
	Body  struct {
		YAML string `json:"yaml" minLength:"1" maxLength:"100000" doc:"A rule, or a list of rules, as they stand under triage.rules in the configuration."`
	}
}

// trialList is what rules would have changed.
type trialList struct {
	Body struct {
		Trials []desk.Trial `json:"trials" doc:"One for each rule, in order, as if it were the last one."`
	}
}

func (s *Server) apiTry(ctx context.Context, in *tryInput) (*trialList, error) {
	u, err := corrector(ctx)
	if err != nil {
		return nil, s.apiErr("rule", err)
	}
	since, err := s.sinceOf(in.Since)
	if err != nil {
		return nil, s.apiErr("rule", err)
	}
	list, err := s.opt.Learning.TryRules(ctx, u.Scope(), in.Body.YAML, since)
	if err != nil {
		return nil, s.apiErr("rule", err)
	}
	var out trialList
	out.Body.Trials = list
	return &out, nil
}
