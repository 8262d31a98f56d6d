package store

import (
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// mention makes a negative post of a brand.
func mention(brand string, remote desk.RemoteID, words string, change ...func(*desk.Arrival)) desk.Arrival {
	a := desk.Arrival{Mention: desk.Mention{Site: "demo:example", Remote: remote, Kind: desk.KindPost, Text: words, Brand: brand,
		Author: desk.Author{ID: "u1", Handle: "ann", Name: "Ann"}, Visibility: desk.Public, PostedAt: at1}}
	a.Verdict = desk.Verdict{Language: desk.Tag{Label: "en"}, Sentiment: desk.Sentiment{Label: desk.Negative}, Urgency: desk.Tag{Label: desk.UrgencyNormal},
		Intent: desk.Tag{Label: desk.IntentComplaint}, Spam: desk.Tag{Label: desk.No}, Products: []desk.Named{}, Topics: []desk.Named{}, Reasons: []desk.Reason{}}
	for _, f := range change {
		f(&a)
	}
	return a
}

// put stores arrivals and returns what became of them.
func put(t testing.TB, s *Store, source string, list ...desk.Arrival) (out []desk.Landed) {
	t.Helper()
	err := s.Update(t.Context(), func(tx *Tx) (err error) {
		out, err = tx.PutArrivals(t.Context(), source, list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
