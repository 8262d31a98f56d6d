package train_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/model"
	"github.com/earshotdesk/earshot/triage/train"
)

// folder writes files into a folder of labelled texts.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func recipe(t *testing.T, body string) *train.Recipe {
	t.Helper()
	r, err := train.ParseRecipe("own.yaml", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const ownRecipe = `
free: [MIT]
labels:
  sentiment:
    - {is: [negative], sentiment: negative}
    - {is: [neutral], sentiment: neutral}
    - {is: [positive], sentiment: positive}
  stars:
    - {at_least: 0, below: 3, sentiment: negative}
    - {at_least: 3, below: 4, sentiment: neutral}
    - {at_least: 4, at_most: 5, sentiment: positive}
  spam:
    - {is: [spam], spam: yes}
    - {is: ["ham*"], spam: no, question: no}
files:
  - {names: [sentiment.*], labels: sentiment, field: polarity, kind: posts, licence: MIT, not: [spam], examples: 2}
  - {names: [stars.*], labels: stars, kind: reviews, licence: not stated, weight: 0.5}
  - {names: [spam.*], labels: spam, kind: prose, licence: MIT, weight: 0}
  - {names: [lexicon.*], labels: sentiment, words: true, kind: prose, licence: MIT}
  - {names: [langid.*], languages: label, apart: kind, licence: MIT}
  - {names: [rest.*], licence: MIT, languages: nowhere}
`

const head = "id\tlang\ttext\tlabel\tsource\textra\n"

func TestRecipeReads(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"TRAIN.txt":     "# files\nstars.two.hu.tsv\nsentiment.one.en.tsv\nspam.three.en.jsonl\nlangid.four.mul.tsv\nodd.five.en.tsv\nrest.six.en.tsv\n",
		"EVAL-ONLY.txt": "sentiment.secret.en.tsv\n",
		"sentiment.one.en.tsv": head + "1\ten\tgood\tpositive\t\t\n2\ten\tbad\todd\t\t{\"polarity\": \"negative\"}\n3\ten\twhat\tunclear\t\t\n4\ten\tso\tneutral\t\t\n" +
			"5\ten\t@acme This is held back, all of it, #indeed!\tneutral\t\t\n6\ten\tshort\tneutral\t\t\n7\ten\tSHORT\tneutral\t\t\n",
		"stars.two.hu.tsv":        head + "1\thu\tjo\t4.5\t\t\n2\thu\trossz\t2.5\t\t\n3\tund\tkozepes\t3.5\t\t\n4\thu\tmi\tsix\t\t\n5\thu\that\t6\t\t\n",
		"spam.three.en.jsonl":     `{"text": "win", "label": "spam", "lang": "en"}` + "\n\n" + `{"text": "hello", "label": "ham-like"}` + "\n",
		"langid.four.mul.tsv":     head + "1\tmul\tszia\thu\t\t{\"kind\": \"words\"}\n2\tmul\tciao\tit\t\t{\"from\": \"sentiment.secret.en\"}\n",
		"odd.five.en.tsv":         "this is never read",
		"rest.six.en.tsv":         head + "1\ten\tnothing\tx\t\t\n",
		"sentiment.secret.en.tsv": head + "1\ten\tthis is HELD back, all of it - indeed http://x.example\tneutral\t\t\n2\ten\tshort\tpositive\t\t\n",
	})
	c, err := recipe(t, ownRecipe).Read(t.Context(), dir, train.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	no := [...]int8{-1, -1, -1, -1, -1, -1}
	marks := func(spam, question int8) [model.Columns - model.Complaint]int8 {
		m := no
		m[model.Spam-model.Complaint], m[model.Question-model.Complaint] = spam, question
		return m
	}
	want := train.Data{
		Files: []train.File{
			{Name: "sentiment.one.en", Kind: model.Posts, Weight: 1}, {Name: "spam.three.en", Kind: model.Plain}, {Name: "stars.two.hu", Kind: model.Reviews, Weight: 0.5},
		},
		Examples: []train.Example{
			{Text: "good", Sentiment: 2, Marks: no}, {Text: "bad", Sentiment: 0, Marks: marks(0, -1)}, {Text: "so", Sentiment: 1, Marks: no}, {Text: "SHORT", Sentiment: 1, Marks: marks(0, -1)},
			{File: 1, Text: "win", Sentiment: -1, Marks: marks(1, -1)}, {File: 1, Text: "hello", Sentiment: -1, Marks: marks(0, -1)}, // nothing is a question, so nothing is none
			{File: 2, Text: "jo", Sentiment: 2, Marks: no}, {File: 2, Text: "rossz", Sentiment: 0, Marks: no}, {File: 2, Text: "kozepes", Sentiment: 1, Marks: no},
		},
	}
	if diff := cmp.Diff(want, c.Data); diff != "" {
		t.Error(diff)
	}
	var languages, left []string
	for _, l := range c.Languages {
		languages = append(languages, l.File+" "+l.Label+" "+l.Text)
	}
	for _, s := range c.Sources {
		left = append(left, s.String())
	}
	if diff := cmp.Diff([]string{
		"langid.four.mul:words hu szia", "sentiment.one.en en good", "sentiment.one.en en bad", "sentiment.one.en en what", "sentiment.one.en en so",
		"sentiment.one.en en SHORT", "spam.three.en en win", "stars.two.hu hu jo", "stars.two.hu hu rossz", "stars.two.hu hu mi", "stars.two.hu hu hat",
	}, languages); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"langid.four.mul: 2 rows, 0 examples, 1 for languages, 1 withheld", "odd.five.en: left out, the recipe does not name it",
		"rest.six.en: 1 rows, 0 examples, 0 for languages", "sentiment.one.en: 7 rows, 4 examples, 5 for languages, 2 withheld",
		"spam.three.en: 2 rows, 2 examples, 1 for languages", "stars.two.hu: 5 rows, 3 examples, 4 for languages",
	}, left); diff != "" {
		t.Error(diff)
	}
}

// TestRecipeFree wants only files under free licences to be read, and no text of the others through a file of languages.
func TestRecipeFree(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"TRAIN.txt":            "stars.two.hu.tsv\nsentiment.one.en.tsv\nlangid.four.mul.tsv\n",
		"sentiment.one.en.tsv": head + "1\ten\tgood\tpositive\t\t\n",
		"stars.two.hu.tsv":     head + "1\thu\tjo\t5\t\t\n",
		"langid.four.mul.tsv":  head + "1\tmul\tjo\thu\t\t{\"from\": \"stars.two.hu\"}\n2\tmul\tgood\ten\t\t{\"from\": \"sentiment.one.en\"}\n",
	})
	for free, want := range map[bool][2]int{false: {2, 4}, true: {1, 2}} {
		c, err := recipe(t, ownRecipe).Read(t.Context(), dir, train.ReadOptions{Free: free})
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]int{len(c.Data.Examples), len(c.Languages)}; got != want {
			t.Errorf("free %v: %v examples and rows of languages, want %v", free, got, want)
		}
	}
}

// TestRecipeBeside wants texts of a file for evaluation to be left out, unless the recipe says that it judges something else.
func TestRecipeBeside(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{
		"TRAIN.txt": "stars.two.hu.tsv\nsentiment.one.en.tsv\n", "EVAL-ONLY.txt": "severity.x.en.tsv\nstars.y.en.tsv\n",
		"sentiment.one.en.tsv": head + "1\ten\tgood\tpositive\t\t\n",
		"stars.two.hu.tsv":     head + "1\thu\tgood\t5\t\t\n2\thu\tfine\t5\t\t\n",
		"severity.x.en.tsv":    head + "1\ten\tgood\tnone\t\t\n2\ten\tfine\tnone\t\t\n",
		"stars.y.en.tsv":       head + "1\ten\tfine\t1\t\t\n",
	})
	own := strings.Replace(ownRecipe, "names: [stars.*]", "names: [stars.*], beside: [severity.x.en]", 1)
	c, err := recipe(t, own).Read(t.Context(), dir, train.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Data.Examples) != 1 || c.Data.Examples[0].Text != "good" || c.Data.Files[0].Name != "stars.two.hu" {
		t.Errorf("%+v", c.Data)
	}
}

func TestRecipeRefusesToRead(t *testing.T) {
	t.Parallel()
	file := "sentiment.one.en.tsv"
	for name, c := range map[string]struct {
		files map[string]string
		own   string
		want  string
	}{
		"no list":       {nil, ownRecipe, "TRAIN.txt"},
		"in both":       {map[string]string{"TRAIN.txt": file, "EVAL-ONLY.txt": file, file: head}, ownRecipe, "either learned from or for evaluation only"},
		"named":         {map[string]string{"TRAIN.txt": "x.tsv", "EVAL-ONLY.txt": "spam.sealed.en.tsv", "spam.sealed.en.tsv": head}, strings.Replace(ownRecipe, "names: [spam.*]", "names: [spam.sealed.en]", 1), "own.yaml:18: spam.sealed.en is for evaluation only"},
		"elsewhere":     {map[string]string{"TRAIN.txt": "../" + file}, ownRecipe, "TRAIN.txt:1: \"../sentiment.one.en.tsv\" is no file of this folder"},
		"missing":       {map[string]string{"TRAIN.txt": file}, ownRecipe, "no such file"},
		"no columns":    {map[string]string{"TRAIN.txt": file, file: "id\ttext\n"}, ownRecipe, file + ":1: the header must name"},
		"short row":     {map[string]string{"TRAIN.txt": file, file: head + "1\ten\n"}, ownRecipe, file + ":2: the row has 2 columns"},
		"no extra":      {map[string]string{"TRAIN.txt": file, file: head + "1\ten\tx\ty\t\tz\n"}, ownRecipe, file + ":2: extra is no JSON object"},
		"empty":         {map[string]string{"TRAIN.txt": file, file: ""}, ownRecipe, file + ":1: the file is empty"},
		"no JSON":       {map[string]string{"TRAIN.txt": "spam.x.jsonl", "spam.x.jsonl": "{}\n"}, ownRecipe, "spam.x.jsonl:1: the object needs text and label"},
		"not packed":    {map[string]string{"TRAIN.txt": "spam.x.tsv.gz", "spam.x.tsv.gz": "plain"}, ownRecipe, "spam.x.tsv.gz:1: the file cannot be unpacked"},
		"nothing there": {map[string]string{"TRAIN.txt": file, file: head + "1\t\tx\todd\t\t\n"}, ownRecipe, "nothing to learn from"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := recipe(t, c.own).Read(t.Context(), folder(t, c.files), train.ReadOptions{})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestRecipeIsStrict(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, new, want string }{
		"unknown field":     {"weight: 0.5", "wieght: 0.5", "own.yaml:17: "},
		"unknown way":       {"labels: stars", "labels: star", `own.yaml:17: there is no way of reading labels called "star"`},
		"kind":              {"kind: reviews", "kind: review", "own.yaml:17: kind is"},
		"no licence":        {", licence: not stated", "", "own.yaml:17: stars.* has no licence"},
		"weight":            {"weight: 0.5", "weight: -1", "own.yaml:17: weight must be"},
		"weight, no number": {"weight: 0.5", "weight: much", "own.yaml:17: "},
		"not":               {"not: [spam]", "not: [ham]", "own.yaml:16: not has \"ham\""},
		"no examples":       {", examples: 2", "", "own.yaml:16: not and examples belong together"},
		"languages":         {"languages: label", "languages: all", "own.yaml:20: languages is"},
		"no names":          {"names: [rest.*], ", "", "own.yaml:21: the entry names no files"},
		"pattern":           {"names: [rest.*]", "names: [\"rest.[\"]", "own.yaml:21: \"rest.[\" is no pattern"},
		"sentiment":         {"sentiment: neutral}\n    - {is: [pos", "sentiment: meh}\n    - {is: [pos", "own.yaml:6: labels.sentiment: sentiment is \"meh\""},
		"yes":               {"spam: yes", "spam: true", "own.yaml:1"},
		"both":              {"is: [spam]", "is: [spam], below: 2", "own.yaml:13: labels.spam: labels are meant either"},
		"neither":           {"is: [spam], ", "", "own.yaml:13: labels.spam: say which labels"},
		"no YAML":           {"free: [MIT]", "free: [MIT", "own.yaml:"},
	} {
		body := strings.Replace(ownRecipe, c.old, c.new, 1)
		if body == ownRecipe {
			t.Fatalf("%s: nothing replaced", name)
		}
		_, err := train.ParseRecipe("own.yaml", []byte(body))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := train.ReadRecipe(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a recipe that is not there can be read")
	}
}

// TestShippedRecipe wants every file that may be learned from to be named, the others to be refused, and rows of each column.
func TestShippedRecipe(t *testing.T) {
	t.Parallel()
	r, err := train.ShippedRecipe()
	if err != nil {
		t.Fatal(err)
	}
	dir := os.Getenv("EARSHOT_SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	dir = filepath.Join(dir, "data")
	if _, err := os.Stat(filepath.Join(dir, "TRAIN.txt")); err != nil || testing.Short() {
		t.Skip("no labelled texts: set EARSHOT_SHARED to the folder that holds data/")
	}
	c, err := r.Read(t.Context(), dir, train.ReadOptions{Tell: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	var marked [model.Columns - model.Complaint]int
	for _, s := range c.Sources {
		if s.Left != "" {
			t.Errorf("%s: %s", s.Name, s.Left)
		}
		if s.Entry != nil && s.Entry.Labels != "" && s.Examples == 0 {
			t.Errorf("%s teaches nothing", s.Name)
		}
		for i, n := range s.Marked {
			marked[i] += n[0] + n[1]
		}
	}
	for i, n := range marked {
		if n < 1000 {
			t.Errorf("%v has %d examples", model.Complaint+model.Column(i), n)
		}
	}
	t.Logf("%d examples, %d rows of languages, marked %v", len(c.Data.Examples), len(c.Languages), marked)
}
