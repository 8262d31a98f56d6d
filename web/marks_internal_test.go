package web

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
)

// marked writes segments as text with the marks in brackets.
func marked(segs []segment) string {
	var b strings.Builder
	for _, s := range segs {
		if s.Mark == "" {
			b.WriteString(s.Text)
			continue
		}
		b.WriteString("[" + s.Mark + " " + s.Text + "]")
	}
	return b.String()
}

func at(words, part, tag string, weight float64) desk.Reason {
	from := strings.Index(words, part)
	return desk.Reason{Tag: tag, From: from, To: from + len(part), Weight: weight}
}

func TestSegments(t *testing.T) {
	t.Parallel()
	const greek, emoji, english = "Η εφαρμογή με αποσυνδέει!", "So 👩‍👩‍👧 happy 🔥🔥 now", "not safe at all"
	for _, tc := range []struct {
		name, words, want string
		reasons           []desk.Reason
	}{
		{"nothing", greek, greek, nil},
		{"greek", greek, "Η [topic εφαρμογή] με [neg αποσυνδέει]!", []desk.Reason{at(greek, "αποσυνδέει", "sentiment", -1), at(greek, "εφαρμογή", "product", 1)}},
		{"emoji", emoji, "So [pos 👩‍👩‍👧 happy] [urg 🔥🔥] now", []desk.Reason{at(emoji, "👩‍👩‍👧 happy", "sentiment", 1), at(emoji, "🔥🔥", "urgency", 1)}},
		{"stronger wins", english, "[neg not ][urg safe][neg  at all]", []desk.Reason{at(english, english, "sentiment", -1), at(english, "safe", "urgency", 1)}},
		{"order of reasons does not matter", english, "[neg not ][urg safe][neg  at all]", []desk.Reason{at(english, "safe", "urgency", 1), at(english, english, "sentiment", -1)}},
		{"half over each other", english, "[urg not safe][find  at] all", []desk.Reason{at(english, "safe at", "intent", 1), at(english, "not safe", "urgency", 1)}},
		{"whole", english, "[urg not safe at all]", []desk.Reason{at(english, english, "urgency", 1)}},
		{"beyond the end", english, english, []desk.Reason{{Tag: "urgency", From: 4, To: 400}, {Tag: "urgency", From: 400, To: 500}}},
		{"before the start", english, english, []desk.Reason{{Tag: "urgency", From: -4, To: 3}}},
		{"backwards and empty", english, english, []desk.Reason{{Tag: "urgency", From: 8, To: 4}, {Tag: "urgency", From: 4, To: 4}}},
		{"begins inside a letter", greek, greek, []desk.Reason{{Tag: "urgency", From: 1, To: 4}}},
		{"ends inside a letter", greek, greek, []desk.Reason{{Tag: "urgency", From: 0, To: 4}}},
		{"lowers urgency", english, english, []desk.Reason{at(english, "safe", "urgency", -1)}},
		{"unknown tag", english, english, []desk.Reason{at(english, "safe", "weather", 1)}},
		{"no text", "", "", []desk.Reason{{Tag: "urgency", From: 0, To: 1}}},
	} {
		if diff := cmp.Diff(tc.want, marked(segments(tc.words, tc.reasons))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// TestSegmentsKeepText throws any offsets at any text: nothing is lost, and no character is broken.
func TestSegmentsKeepText(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 11))
	texts := []string{"Füstölni kezdett a töltő 🔥", "Δεν <b>δουλεύει</b> & τίποτα", "👩‍👩‍👧‍👦👍🏽", "a\xff\xfeb broken \xe2\x82", "title\n\ntext"}
	tags := []string{"urgency", "sentiment", "product", "intent", "other"}
	for range 3000 {
		words := texts[rng.IntN(len(texts))]
		var reasons []desk.Reason
		for range rng.IntN(6) {
			reasons = append(reasons, desk.Reason{Tag: tags[rng.IntN(len(tags))], From: rng.IntN(70) - 10, To: rng.IntN(70) - 10, Weight: rng.Float64() - .5})
		}
		var whole strings.Builder
		for _, s := range segments(words, reasons) {
			whole.WriteString(s.Text)
			if utf8.ValidString(words) && !utf8.ValidString(s.Text) {
				t.Fatalf("%q with %+v breaks a character: %q", words, reasons, s.Text)
			}
		}
		if whole.String() != words {
			t.Fatalf("%q with %+v became %q", words, reasons, whole.String())
		}
	}
}

func TestSplitTitle(t *testing.T) {
	t.Parallel()
	const words = "Rossz töltő\n\nFüstöl."
	segs := segments(words, []desk.Reason{at(words, "töltő\n\nFüstöl", "urgency", 1)})
	head, body := splitTitle(segs, "Rossz töltő")
	if got := marked(head) + "|" + marked(body); got != "Rossz [urg töltő]|[urg Füstöl]." {
		t.Errorf("parted as %s", got)
	}
	if head, body := splitTitle(segs, ""); head != nil || marked(body) != marked(segs) {
		t.Errorf("without a title: %v and %v", head, body)
	}
	if head, body := splitTitle(segments("Only", nil), "Only"); marked(head) != "Only" || body != nil {
		t.Errorf("without a text: %v and %v", head, body)
	}
	if got := legend(segs); !cmp.Equal(got, []string{"urg"}) {
		t.Errorf("the legend lists %v", got)
	}
}

// TestMarksAreEscaped renders hostile words cut in the middle of a tag.
func TestMarksAreEscaped(t *testing.T) {
	t.Parallel()
	s := texts(t)
	const words = `<img src=x onerror="alert(1)">&amp;`
	var b bytes.Buffer
	segs := segments(words, []desk.Reason{at(words, "img", "urgency", 1), at(words, `="alert(1)">&`, "sentiment", -1)})
	if err := s["en"].pages["case"].ExecuteTemplate(&b, "segments", segs); err != nil {
		t.Fatal(err)
	}
	const want = `&lt;<mark class="mark mark--urg">img</mark> src=x onerror<mark class="mark mark--neg">=&#34;alert(1)&#34;&gt;&amp;</mark>amp;`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzSegments(f *testing.F) {
	f.Add("Η εφαρμογή 🔥", 1, 3)
	f.Add("", 0, 0)
	f.Fuzz(func(t *testing.T, words string, from, to int) {
		var whole strings.Builder
		for _, s := range segments(words, []desk.Reason{{Tag: "urgency", From: from, To: to, Weight: 1}}) {
			whole.WriteString(s.Text)
		}
		if whole.String() != words {
			t.Errorf("%q became %q", words, whole.String())
		}
	})
}
