package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
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

func sorted(lines []string) []string {
	slices.Sort(lines)
	return lines
}

func jsonTo(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func pressed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
