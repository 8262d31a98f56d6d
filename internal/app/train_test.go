package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/triage/train"
)

// ownCorpus writes a folder of labelled sentences of our own.
func ownCorpus(t *testing.T) string {
	t.Helper()
	const head = "lang\ttext\tlabel\textra\n"
	var english, hungarian, complaints, spam, never strings.Builder
	for _, b := range []*strings.Builder{&english, &hungarian, &complaints, &never} {
		b.WriteString(head)
	}
	say := func(things, verbs []string, words map[string][]string, each func(text, label string)) {
		for _, thing := range things {
			for _, verb := range verbs {
				for _, label := range slices.Sorted(maps.Keys(words)) {
					for _, w := range words[label] {
						each(thing+" "+verb+" "+w, label)
					}
				}
			}
		}
	}
	say([]string{"the parcel", "my order", "this phone", "your shop", "the courier"}, []string{"is", "was", "has been", "stayed"},
		map[string][]string{"negative": {"late", "broken", "awful"}, "neutral": {"blue", "here", "small"}, "positive": {"great", "lovely", "perfect"}},
		func(text, label string) {
			fmt.Fprintf(&english, "en\t%s\t%s\t\n", text, label)
			fmt.Fprintf(&never, "en\tso %s, they say\t%s\t\n", text, label)
			fmt.Fprintf(&complaints, "en\t%s\t%s\t\n", text+" again", map[string]string{"negative": "complaint", "neutral": "not_complaint", "positive": "not_complaint"}[label])
			fmt.Fprintf(&spam, "{\"text\": %q, \"label\": %q, \"lang\": \"en\"}\n", "win "+text, map[string]string{"negative": "spam", "neutral": "ham", "positive": "ham"}[label])
		})
	say([]string{"a csomag", "a rendelés", "ez a telefon", "az üzlet", "a futár"}, []string{"nagyon", "megint", "mindig", "ma is"},
		map[string][]string{"1": {"késik", "elromlott", "elveszett"}, "3": {"kék", "itt van", "kicsi"}, "5": {"kiváló", "szép", "remek"}},
		func(text, label string) { fmt.Fprintf(&hungarian, "hu\t%s\t%s\t\n", text, label) })
	dir := t.TempDir()
	for name, body := range map[string]string{
		"TRAIN.txt": "sentiment.own.en.tsv\nstars.own.hu.tsv\ncomplaint.own.en.tsv\nspam.own.en.jsonl\n", "EVAL-ONLY.txt": "sentiment.never.en.tsv\n",
		"sentiment.own.en.tsv": english.String(), "stars.own.hu.tsv": hungarian.String(), "complaint.own.en.tsv": complaints.String(),
		"spam.own.en.jsonl": spam.String(), "sentiment.never.en.tsv": never.String(),
		"recipe.yaml": `free: [MIT]
labels:
  sentiment: [{is: [negative], sentiment: negative}, {is: [neutral], sentiment: neutral}, {is: [positive], sentiment: positive}]
  stars: [{below: 3, sentiment: negative}, {at_least: 3, below: 4, sentiment: neutral}, {at_least: 4, sentiment: positive}]
  complaint: [{is: [complaint], complaint: yes}, {is: [not_complaint], complaint: no}]
  spam: [{is: [spam], spam: yes}, {is: [ham], spam: no}]
files:
  - {names: [sentiment.own.*], labels: sentiment, kind: posts, licence: MIT}
  - {names: [stars.own.*], labels: stars, kind: reviews, licence: MIT}
  - {names: [complaint.own.*], labels: complaint, kind: posts, licence: not stated, note: our own}
  - {names: [spam.own.*], labels: spam, kind: prose, licence: not stated, weight: 0}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// smallTraining takes a second and some MB.
func smallTraining(data, out string) TrainOptions {
	what := TrainOptions{Data: data, Recipe: filepath.Join(data, "recipe.yaml"), Out: out, Seed: 1, model: train.ModelDefaults(), languages: train.LanguageDefaults()}
	what.model.Bits, what.model.Words, what.model.Runs = 16, 400, 4000
	what.languages.Bits, what.languages.Words, what.languages.PerLanguage, what.languages.Epochs = 12, 40, 300, 4
	return what
}

func trained(t *testing.T, what TrainOptions) map[string][]byte {
	t.Helper()
	var said bytes.Buffer
	if err := Train(t.Context(), Options{Out: &said, Err: io.Discard}, what); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(what.Out)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(what.Out, e.Name())); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(said.String(), e.Name()) {
			t.Errorf("%s was written and not told:\n%s", e.Name(), said.String())
		}
	}
	return files
}

// TestTrain wants the same files from the same folder and seed, others from another, a card that says what they are, and a pipeline
// on the twins that judges like the texts that it learned from.
func TestTrain(t *testing.T) {
	t.Parallel()
	data, twins := ownCorpus(t), t.TempDir()
	what := smallTraining(data, t.TempDir())
	what.CostOfFree, what.TwinDir = true, twins
	first := trained(t, what)
	what.Out = t.TempDir()
	again := trained(t, what)
	what.Out, what.CostOfFree, what.TwinDir, what.Seed = t.TempDir(), false, "", 2
	other := trained(t, what)
	for _, name := range []string{modelFile, languagesFile, cardFile} {
		if len(first[name]) == 0 || !bytes.Equal(first[name], again[name]) {
			t.Errorf("%s differs from the same seed, or is empty", name)
		}
		if bytes.Equal(first[name], other[name]) {
			t.Errorf("%s is the same from another seed", name)
		}
	}
	card := string(first[cardFile])
	for _, want := range []string{
		digestOf(first[modelFile]), digestOf(first[languagesFile]), "| complaint.own.en | posts | not stated (our own) | 180 | 0 | 0 / 0 / 0 | 180 | 180 | – |",
		"| stars.own.hu | reviews | MIT | 180 | 0 | 60 / 60 / 60 |", "| sentiment.never.en.tsv | 180 |", "Nothing is left to learn from for: complaint, fault,",
		"360 of 720 examples are left", "| spam | 60 | 120 | en | hu |",
	} {
		if !strings.Contains(card, want) {
			t.Errorf("no %q in the card:\n%s", want, card)
		}
	}
	what.Out, what.Seed, what.WithoutDev = t.TempDir(), 1, true
	twin := trained(t, what)
	inFolder, err := readModels(twins)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(twin[modelFile], inFolder.model) || !bytes.Equal(twin[languagesFile], inFolder.languages) || bytes.Equal(twin[modelFile], first[modelFile]) {
		t.Error("the twin beside the model is not the one trained without the dev rows")
	}
	if _, err := inFolder.pipeline(); err != nil {
		t.Error(err)
	}
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// TestTrainOnly wants one of the models to be trained alone, and fewer files to be read under free licences.
func TestTrainOnly(t *testing.T) {
	t.Parallel()
	data := ownCorpus(t)
	for _, only := range []string{"model", "languages"} {
		what := smallTraining(data, t.TempDir())
		what.Only, what.Free = only, true
		files := trained(t, what)
		want := map[string]string{"model": modelFile, "languages": languagesFile}[only]
		if len(files) != 1 || len(files[want]) == 0 {
			t.Errorf("--only %s wrote %d files", only, len(files))
		}
	}
	what := smallTraining(data, t.TempDir())
	what.Recipe = filepath.Join(data, "none.yaml")
	if err := Train(t.Context(), Options{Out: io.Discard, Err: io.Discard}, what); err == nil {
		t.Error("a recipe that is not there was read")
	}
}
