package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/earshotdesk/earshot/internal/desk"
)

// apiUser is the key under which a request carries whose token it came with.
type apiUser struct{}

// mountAPI adds the API. Its description is at /api/openapi.json and needs no token; everything else does.
func (s *Server) mountAPI(mux *http.ServeMux) {
	config := huma.DefaultConfig("Earshot", "1")
	config.Info.Description = "Reads mentions and cases of a desk, corrects its verdicts, and edits and deletes its published answers. Send a token made by `earshot token add` as `Authorization: Bearer …`. " +
		"A token sees and does what its owner may. Errors are RFC 9457 problem details."
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", ""
	config.CreateHooks = nil // no $schema links in answers
	config.RejectUnknownQueryParameters = true
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	config.Security = []map[string][]string{{"token": {}}}
	own := http.NewServeMux()
	api := humago.New(own, config)
	api.UseMiddleware(s.bearer(api))
	huma.Register(api, operation("listMentions", "/api/v1/mentions", "List mentions, newest first by arrival"), s.apiMentions)
	huma.Register(api, operation("getMention", "/api/v1/mentions/{id}", "Read a mention"), s.apiMention)
	huma.Register(api, operation("listCases", "/api/v1/cases", "List cases of one column of the board"), s.apiCases)
	huma.Register(api, operation("getCase", "/api/v1/cases/{id}", "Read a case with its mentions and answers"), s.apiCase)
	huma.Register(api, operation("listTrends", "/api/v1/trends", "List words that are written more than in the four weeks before"), s.apiTrends)
	huma.Register(api, changing("editReply", http.MethodPatch, "Ask for other words in a published answer"), s.apiEditReply)
	huma.Register(api, changing("deleteReply", http.MethodDelete, "Ask that a published answer is taken away"), s.apiDeleteReply)
	s.mountLearning(api)
	mux.Handle("/api/", s.timed(own))
}

func operation(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Errors: []int{401, 404, 422}}
}

// timed measures the API under its routes.
func (s *Server) timed(next *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began, rec := s.opt.Now(), &recorder{ResponseWriter: w}
		_, pattern := next.Handler(r)
		if pattern == "" {
			problem(rec, http.StatusNotFound, "There is no such address in the API; its description is at /api/openapi.json.")
			pattern = "(none)"
		} else {
			next.ServeHTTP(rec, r)
		}
		s.requests.WithLabelValues(pattern, codeOf(rec.code())).Observe(s.opt.Now().Sub(began).Seconds())
	})
}

func problem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"title":"` + http.StatusText(status) + `","status":` + codeOf(status) + `,"detail":"` + detail + `"}` + "\n"))
}

// bearer finds out whose token a request carries.
func (s *Server) bearer(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		scheme, secret, _ := strings.Cut(ctx.Header("Authorization"), " ")
		if !strings.EqualFold(scheme, "bearer") || secret == "" {
			s.refuse(api, ctx, "Send a token as Authorization: Bearer …; `earshot token add` makes one.")
			return
		}
		_, user, err := s.opt.Store.Token(ctx.Context(), desk.TokenAPI, hashOf(strings.TrimSpace(secret)), s.opt.Now())
		switch {
		case errors.Is(err, desk.ErrNotFound):
			s.refuse(api, ctx, "This token is not valid: it was never made, has expired, or its owner is disabled.")
		case err != nil:
			s.opt.Log.Error("reading a token", slog.Any("err", err))
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "The desk could not check the token. Try again.")
		default:
			next(huma.WithValue(ctx, apiUser{}, &user))
		}
	}
}

func (s *Server) refuse(api huma.API, ctx huma.Context, detail string) {
	ctx.SetHeader("WWW-Authenticate", `Bearer realm="earshot"`)
	_ = huma.WriteErr(api, ctx, http.StatusUnauthorized, detail) // writing to a client that went away
}

func scopeOf(ctx context.Context) desk.Scope {
	u, _ := ctx.Value(apiUser{}).(*desk.User)
	if u == nil {
		return desk.Scope{Brands: []string{""}} // cannot happen behind bearer; sees nothing
	}
	return u.Scope()
}

// apiErr turns an error of the domain into a problem with its sentence, and logs only what is ours.
func (s *Server) apiErr(what string, err error) error {
	status := statusOf(err)
	switch status {
	case http.StatusInternalServerError:
		code := newCode()
		s.opt.Log.Error("API failed", slog.String("code", code), slog.String("what", what), slog.Any("err", err))
		return huma.NewError(status, "The desk could not do this. Nothing was changed. Code: "+code)
	case http.StatusNotFound:
		return huma.NewError(status, "There is no such "+what+", or this token may not see it.")
	}
	return huma.NewError(status, sentence(err))
}

// mentionsQuery is what the list of mentions can be narrowed by: the filters of the stream page under the same names.
type mentionsQuery struct {
	Q         string `query:"q" maxLength:"500" doc:"Words that must all occur."`
	Brand     string `query:"brand" doc:"Brand by its short name."`
	Source    string `query:"source" doc:"Source by its name."`
	Site      string `query:"site" doc:"Site, for example mastodon:example.social."`
	Kind      string `query:"kind" enum:"post,comment,review,article"`
	Language  string `query:"language" doc:"ISO 639-1, or und."`
	Sentiment string `query:"sentiment" enum:"negative,neutral,positive"`
	Urgency   string `query:"urgency" enum:"low,normal,high,critical"`
	Intent    string `query:"intent" enum:"complaint,question,praise,request,fault,other"`
	Spam      string `query:"spam" enum:"yes,no"`
	Product   string `query:"product"`
	Topic     string `query:"topic"`
	Author    string `query:"author" doc:"Handle, with or without @."`
	Ours      string `query:"ours" enum:"yes,no" doc:"yes: only posts by our own accounts, which are left out otherwise."`
	Since     string `query:"since" doc:"Date or moment (RFC 3339)."`
	Until     string `query:"until" doc:"Date (that day included) or moment (RFC 3339)."`
	Before    int64  `query:"before" minimum:"0" doc:"Continue after this n: the next of the page before."`
	Limit     int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// values writes the query as the stream page's address, so that both are read by the same rules.
func (q *mentionsQuery) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		"q": q.Q, "brand": q.Brand, "source": q.Source, "site": q.Site, "kind": q.Kind, "language": q.Language, "sentiment": q.Sentiment, "urgency": q.Urgency,
		"intent": q.Intent, "spam": q.Spam, "product": q.Product, "topic": q.Topic, "author": q.Author, "ours": q.Ours, "since": q.Since, "until": q.Until,
	} {
		v.Set(name, value)
	}
	return v
}

// mentionList is a page of mentions.
type mentionList struct {
	Body struct {
		Mentions []apiMentionBody `json:"mentions"`
		Next     int64            `json:"next,omitempty" doc:"Pass as before to continue; absent at the end."`
	}
}

func (s *Server) apiMentions(ctx context.Context, q *mentionsQuery) (*mentionList, error) {
	f, _, err := s.streamFilter(q.values())
	if err != nil {
		return nil, s.apiErr("mention", err)
	}
	rows, err := s.opt.Store.ListMentions(ctx, scopeOf(ctx), f, desk.Page{Before: q.Before, Limit: q.Limit + 1})
	if err != nil {
		return nil, s.apiErr("mention", err)
	}
	var out mentionList
	out.Body.Mentions = []apiMentionBody{}
	for i := range rows {
		if i == q.Limit {
			out.Body.Next = rows[i-1].N
			break
		}
		out.Body.Mentions = append(out.Body.Mentions, apiMentionOf(&rows[i]))
	}
	return &out, nil
}

type oneID struct {
	ID string `path:"id" doc:"Identifier of the desk, 26 characters."`
}

func (s *Server) apiMention(ctx context.Context, in *oneID) (*struct{ Body apiMentionBody }, error) {
	m, err := s.opt.Store.Mention(ctx, scopeOf(ctx), desk.MentionID(in.ID))
	if err != nil {
		return nil, s.apiErr("mention", err)
	}
	return &struct{ Body apiMentionBody }{apiMentionOf(&m)}, nil
}
