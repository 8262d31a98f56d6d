package specialist

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOf wants a file whose labels hang on one word to be learnt, and the same figures every time.
func TestOf(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id\tlang\ttext\tlabel\tsource\textra\n")
	for i := range 400 {
		word, label := "splendid", "positive"
		if i%2 == 0 {
			word, label = "dreadful", "negative"
		}
		fmt.Fprintf(&b, "%d\ten\tthe thing %d was %s\t%s\t\t\n", i, i, word, label)
	}
	file := filepath.Join(t.TempDir(), "sentiment.own.en.tsv")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := Of(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if first.MacroF1 != 1 || first.Rows < 40 || first.Rows > 120 {
		t.Errorf("%+v", first)
	}
	if again, err := Of(t.Context(), file); err != nil || again != first {
		t.Errorf("%+v and then %+v, %v", first, again, err)
	}
}

func TestOfRefuses(t *testing.T) {
	t.Parallel()
	if _, err := Of(t.Context(), "colours.own.en.tsv"); err == nil {
		t.Error("a file of an unknown task was accepted")
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	if got := strings.Join(words("nem jó!! 😡 κινητό-3"), "|"); got != "nem|jó|!|!|😡|κινητό|-|3" {
		t.Errorf("%s", got)
	}
}
