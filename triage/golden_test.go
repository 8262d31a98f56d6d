package triage_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// goldenTags are the tags that testdata/golden.tsv labels, in the order of its columns.
var goldenTags = [...]string{"language", "sentiment", "urgency", "intent", "offensive", "spam"}

// golden is one of our own sentences with the labels that a support manager would give it.
type golden struct {
	line   int
	labels [len(goldenTags)]string // a hyphen leaves a tag open, a bar parts what is as good
	kind   string                  // what makes the sentence hard
	text   string
}

// half tells what a sentence is for: lexicons and rules are tuned on one half, the other shows what that was worth.
func (g golden) half() string {
	if sha256.Sum256([]byte(g.text))[0]%2 == 0 {
		return "tune"
	}
	return "held"
}

// judged tells whether the sentence says something about a tag.
func (g golden) judged(tag int) bool {
	return g.labels[tag] != "-" && (goldenTags[tag] != "language" || g.kind != "emoji")
}

// readGolden reads the sentences.
func readGolden(t *testing.T) []golden {
	t.Helper()
	raw, err := os.ReadFile("testdata/golden.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var list []golden
	for i, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != len(goldenTags)+2 {
			t.Fatalf("golden.tsv:%d has %d columns, not %d", i+1, len(f), len(goldenTags)+2)
		}
		if i > 0 {
			list = append(list, golden{line: i + 1, labels: [len(goldenTags)]string(f), kind: f[len(goldenTags)], text: f[len(goldenTags)+1]})
		}
	}
	return list
}

// goldenPipeline knows the company that the sentences are about, and the one they compare it with.
func goldenPipeline(t *testing.T) *triage.Pipeline {
	t.Helper()
	return pipeline(t, triage.Options{Brands: []desk.Brand{{Name: "Acme", Competitors: []desk.Product{{Name: "Globex"}}}}})
}

// tagsOf are the labels of the tags that the file labels, in its order.
func tagsOf(v desk.Verdict) [len(goldenTags)]string {
	return [...]string{v.Language.Label, v.Sentiment.Label, v.Urgency.Label, v.Intent.Label, v.Offensive.Label, v.Spam.Label}
}

// confusion counts, for each right label, what was given.
type confusion map[string]map[string]int

func (c confusion) add(want, got string) {
	if c[want] == nil {
		c[want] = map[string]int{}
	}
	c[want][got]++
}

// score is the part that was right and the mean of the labels' F1, in per cent with one decimal.
func (c confusion) score() (accuracy, macroF1 float64) {
	right, all, f1 := 0, 0, 0.0
	for label, row := range c {
		want, got := 0, 0
		for _, n := range row {
			want += n
		}
		for _, row := range c {
			got += row[label]
		}
		right, all = right+row[label], all+want
		f1 += 2 * float64(row[label]) / float64(want+got)
	}
	return 100 * float64(right) / float64(all), 100 * f1 / float64(len(c))
}

// measureGolden judges all sentences and scores each tag by language and half. It logs what is wrong in the half to tune on; nobody
// should look at the rest while tuning.
func measureGolden(t *testing.T) map[string]confusion {
	t.Helper()
	p := goldenPipeline(t)
	scores := map[string]confusion{}
	for _, g := range readGolden(t) {
		for j, got := range tagsOf(p.Judge(desk.TriageInput{Text: g.text})) {
			if !g.judged(j) {
				continue
			}
			wants := strings.Split(g.labels[j], "|")
			want := wants[0]
			if slices.Contains(wants, got) {
				want = got
			} else if g.half() == "tune" {
				t.Logf("golden.tsv:%d: %s: %s is %s, want %s: %s", g.line, g.kind, goldenTags[j], got, g.labels[j], g.text)
			}
			key := fmt.Sprintf("%s %s %s", g.labels[0], goldenTags[j], g.half())
			if scores[key] == nil {
				scores[key] = confusion{}
			}
			scores[key].add(want, got)
		}
	}
	return scores
}

// slack is by how much, in points, a score may stand above its floor before the floor has to follow.
const slack = 1

// TestGolden holds accuracy and macro-F1 of every tag, language and half to the floors of testdata/golden.floors.txt, which may only
// rise: it fails below a floor, and also well above one, so that what is gained is kept.
func TestGolden(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/golden.floors.txt")
	if err != nil {
		t.Fatal(err)
	}
	floors := map[string][2]float64{}
	for i, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		var lang, tag, half string
		var f [2]float64
		if strings.HasPrefix(line, "#") {
			continue
		}
		if _, err := fmt.Sscan(line, &lang, &tag, &half, &f[0], &f[1]); err != nil {
			t.Fatalf("golden.floors.txt:%d: %q is not language, tag, half, accuracy and macro-F1: %v", i+1, line, err)
		}
		floors[lang+" "+tag+" "+half] = f
	}
	var now []string
	for key, c := range measureGolden(t) {
		accuracy, macroF1 := c.score()
		f, ok := floors[key]
		switch {
		case !ok || accuracy > f[0]+slack || macroF1 > f[1]+slack:
			t.Errorf("%s: accuracy %.1f, macro-F1 %.1f stand above the floors %.1f and %.1f: raise them", key, accuracy, macroF1, f[0], f[1])
		case accuracy < f[0]-0.05 || macroF1 < f[1]-0.05:
			t.Errorf("%s: accuracy %.1f, macro-F1 %.1f; the floors are %.1f and %.1f", key, accuracy, macroF1, f[0], f[1])
		}
		now = append(now, fmt.Sprintf("%s %.1f %.1f", key, accuracy, macroF1))
	}
	if len(now) != len(floors) {
		t.Errorf("%d scores, %d floors", len(now), len(floors))
	}
	slices.Sort(now)
	t.Log("as measured:\n" + strings.Join(now, "\n"))
}

// TestGoldenIsWhole wants enough sentences of every language and every kind, each once and with labels that exist.
func TestGoldenIsWhole(t *testing.T) {
	t.Parallel()
	allowed := [len(goldenTags)]string{
		"en hu el sk", "negative neutral positive -", "low normal high critical -", "complaint question praise request fault other -", "yes no -", "yes no -",
	}
	kinds := "plain signal trap negation irony mixed switch emoji competitor news slang typo short rude spam"
	count, seen := map[string]int{}, map[string]int{}
	for _, g := range readGolden(t) {
		if seen[g.text] > 0 {
			t.Errorf("golden.tsv:%d stands on line %d already: %s", g.line, seen[g.text], g.text)
		}
		seen[g.text] = g.line
		count[g.labels[0]]++
		count[g.labels[0]+" "+g.kind]++
		for j, labels := range g.labels {
			for _, l := range strings.Split(labels, "|") {
				if !slices.Contains(strings.Fields(allowed[j]), l) {
					t.Errorf("golden.tsv:%d: %q is no %s", g.line, l, goldenTags[j])
				}
			}
		}
		if !slices.Contains(strings.Fields(kinds+" bare greeklish"), g.kind) {
			t.Errorf("golden.tsv:%d: %q is no kind", g.line, g.kind)
		}
	}
	for lang, more := range map[string]string{"en": "", "hu": " bare", "el": " bare greeklish", "sk": " bare"} {
		if count[lang] < 100 {
			t.Errorf("%d sentences in %s, want 100", count[lang], lang)
		}
		for _, kind := range strings.Fields(kinds + more) {
			if n := count[lang+" "+kind]; n < 5 {
				t.Errorf("%d sentences of kind %s in %s, want 5", n, kind, lang)
			}
		}
	}
}
