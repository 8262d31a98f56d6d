package app

import (
	"os"
	"strings"
	"testing"
)

// TestShippedCard wants the committed card to be that of the committed models: whoever trains one anew writes the other, too.
func TestShippedCard(t *testing.T) {
	t.Parallel()
	card, err := os.ReadFile("../docs/" + cardFile)
	if err != nil {
		t.Fatalf("%v; make train writes it", err)
	}
	for _, file := range []string{"../../triage/model/" + modelFile, "../../triage/langid/" + languagesFile} {
		blob, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(card), digestOf(blob)) {
			t.Errorf("the card is not that of %s; make train writes both", file)
		}
	}
}
