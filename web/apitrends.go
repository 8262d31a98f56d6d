package web

import (
	"context"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// trendsQuery asks for rising words.
type trendsQuery struct {
	Brand    string `query:"brand"`
	Product  string `query:"product"`
	Language string `query:"language" doc:"ISO 639-1."`
	Span     string `query:"span" enum:"day,week" default:"week" doc:"The last day or the last seven, up to now, in UTC."`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"30"`
}

// trendList is what rises.
type trendList struct {
	Body struct {
		From     time.Time      `json:"from" doc:"Beginning of the span."`
		Until    time.Time      `json:"until" doc:"End of the span, not part of it."`
		Mentions int            `json:"mentions" doc:"Mentions counted within the span; of days with very many, an even sample."`
		Before   int            `json:"before" doc:"Mentions counted in the four weeks before."`
		Enough   bool           `json:"enough" doc:"False when the four weeks before hold too little to compare with; then nothing is listed."`
		Words    []apiTrendBody `json:"words"`
	}
}

// apiTrendBody is one rising word.
type apiTrendBody struct {
	Word     string  `json:"word" doc:"A word or phrase, as most people wrote it lately. Written by three different authors or more."`
	Language string  `json:"language"`
	Mentions int     `json:"mentions"`
	Before   float64 `json:"before" doc:"Mentions in a span of the same length, on average of the four weeks before."`
	Rise     float64 `json:"rise" doc:"How many times more often than before, by share of all words."`
	Score    float64 `json:"score" doc:"Log-odds with an informative Dirichlet prior, in standard deviations."`
	Days     []int   `json:"days" doc:"Mentions on each day of the four weeks before and the span, oldest first."`
}

func (s *Server) apiTrends(ctx context.Context, q *trendsQuery) (*trendList, error) {
	f := desk.TrendFilter{Brand: q.Brand, Product: q.Product, Language: q.Language, Span: q.Span, Limit: q.Limit}
	found, err := s.rising(ctx, scopeOf(ctx), f)
	if err != nil {
		return nil, s.apiErr("trends", err)
	}
	var out trendList
	b := &out.Body
	b.From, b.Until, b.Mentions, b.Before, b.Enough, b.Words = found.From, found.Until, found.Mentions, found.Before, found.Enough, []apiTrendBody{}
	for _, t := range found.List {
		b.Words = append(b.Words, apiTrendBody{t.Word, t.Language, t.N, t.Before, t.Rise, t.Score, t.Days})
	}
	return &out, nil
}
