package store

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// question is one thing that pages ask.
type question struct {
	name string
	ask  func(ctx context.Context, s *Store) error
}

func streamQuestions() (out []question) {
	filters := map[string]desk.MentionFilter{
		"all": {}, "brand": {Brand: "cedar"}, "source": {Source: "source11"}, "site": {Site: "demo:site11.example"}, "kind": {Kind: desk.KindArticle},
		"language": {Language: "sk"}, "sentiment": {Sentiment: desk.Negative}, "urgency": {Urgency: desk.UrgencyCritical}, "intent": {Intent: desk.IntentFault},
		"spam": {Spam: desk.Yes}, "product": {Product: "Acme Cloud"}, "topic": {Topic: "price"}, "author": {Author: "person77"}, "ours": {Ours: true},
		"since": {Since: at1.Add(-24 * time.Hour)}, "until": {Until: at1.Add(-200 * 24 * time.Hour)},
		"query rare": {Query: "4711"}, "query common": {Query: "delivery"}, "query two": {Query: "delivery late"}, "query none": {Query: "nowhere to be found"},
		"brand+sentiment": {Brand: "cedar", Sentiment: desk.Negative}, "language+sentiment": {Language: "sk", Sentiment: desk.Positive},
		"source+language": {Source: "source11", Language: "sk"}, "product+topic": {Product: "Acme Cloud", Topic: "price"},
		"topic+sentiment": {Topic: "price", Sentiment: desk.Positive}, "urgency+language": {Urgency: desk.UrgencyCritical, Language: "sk"},
		"query+sentiment": {Query: "delivery late", Sentiment: desk.Positive}, "author+brand": {Author: "person77", Brand: "acme"},
		"five":    {Brand: "cedar", Language: "sk", Sentiment: desk.Positive, Urgency: desk.UrgencyCritical, Intent: desk.IntentFault},
		"nothing": {Brand: "cedar", Site: "demo:site00.example"}, "since+query": {Since: at1.Add(-24 * time.Hour), Query: "delivery"},
	}
	for name, f := range filters {
		out = append(out, question{"list " + name, func(ctx context.Context, s *Store) error {
			_, err := s.ListMentions(ctx, desk.Everything, f, desk.Page{Limit: 50})
			return err
		}}, question{"count " + name, func(ctx context.Context, s *Store) error {
			_, err := s.CountMentions(ctx, desk.Everything, f, 999)
			return err
		}})
	}
	page := func(scope desk.Scope, p desk.Page) func(ctx context.Context, s *Store) error {
		return func(ctx context.Context, s *Store) error {
			_, err := s.ListMentions(ctx, scope, desk.MentionFilter{}, p)
			return err
		}
	}
	return append(out, question{"list deep", page(desk.Everything, desk.Page{Before: 5000, Limit: 50})}, question{"list newer", page(desk.Everything, desk.Page{After: 5000, Limit: 50})},
		question{"list scope of two", page(desk.Scope{Brands: []string{"birch", "cedar"}}, desk.Page{Limit: 50})})
}

func boardQuestions() (out []question) {
	filters := map[string]desk.CaseFilter{
		"all": {}, "brand": {Brand: "cedar"}, "site": {Site: "demo:site11.example"}, "owner": {Owner: seedUserID(3)}, "nobody": {Nobody: true},
		"urgency": {Urgency: desk.UrgencyCritical}, "query rare": {Query: "4711"}, "query common": {Query: "delivery"},
	}
	for name, f := range filters {
		for _, column := range []desk.Column{desk.ColumnNew, desk.ColumnResolved} {
			out = append(out, question{"cards " + string(column) + " " + name, func(ctx context.Context, s *Store) error {
				_, err := s.ListCards(ctx, desk.Everything, f, column, "", 50)
				return err
			}})
		}
		out = append(out, question{"columns " + name, func(ctx context.Context, s *Store) error {
			_, err := s.CountCards(ctx, desk.Everything, f, 999)
			return err
		}})
	}
	return out
}

func caseQuestions(b testing.TB, s *Store) (out []question) {
	page, err := s.ListCards(b.Context(), desk.Everything, desk.CaseFilter{}, desk.ColumnResolved, "", 20)
	if err != nil {
		b.Fatal(err)
	}
	next := 0
	view := question{"case", func(ctx context.Context, s *Store) error {
		next++
		_, err := s.CaseView(ctx, desk.Everything, page.Cards[next%len(page.Cards)].ID)
		return err
	}}
	return []question{view, {"outbox", func(ctx context.Context, s *Store) error {
		_, err := s.ListOutbox(ctx, desk.Everything, []desk.EntryState{desk.EntryDone, desk.EntryDead, desk.EntryUnconfirmed}, 50)
		return err
	}}, {"last event", func(ctx context.Context, s *Store) error { _, err := s.LastEvent(ctx); return err }}}
}

// Each benchmark asks at ten thousand and at a million mentions, side by side, and reports the median and the slowest hundredth.
func benchmark(b *testing.B, questions func(testing.TB, *Store) []question) {
	for _, size := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := seeded(b, size)
			for _, q := range questions(b, s) {
				b.Run(q.name, func(b *testing.B) {
					var took []time.Duration
					for b.Loop() {
						start := time.Now()
						if err := q.ask(b.Context(), s); err != nil {
							b.Fatal(err)
						}
						took = append(took, time.Since(start))
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
					b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
					b.ReportMetric(0, "ns/op")
				})
			}
		})
	}
}

func BenchmarkStream(b *testing.B) {
	benchmark(b, func(testing.TB, *Store) []question { return streamQuestions() })
}

func BenchmarkBoard(b *testing.B) {
	benchmark(b, func(testing.TB, *Store) []question { return boardQuestions() })
}

func BenchmarkCaseView(b *testing.B) { benchmark(b, caseQuestions) }
