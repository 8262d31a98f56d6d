package connectors_test

import (
	"testing"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestOursKnowsItsWords(t *testing.T) {
	t.Parallel()
	receipt := desk.Receipt{Remote: "r1#reply", Sum: connectors.Sum("Köszönjük,  Éva!")}
	for words, want := range map[string]bool{
		"Köszönjük, Éva!": true, "Köszönjük,\nÉva! ": true, "Köszönjük, E\u0301va!": true,
		"Köszönjük, Anna!": false, "": false,
	} {
		if got := connectors.Ours(receipt, words); got != want {
			t.Errorf("%q: %v", words, got)
		}
	}
	if connectors.Ours(desk.Receipt{Remote: "r1#reply"}, "anything") || connectors.Ours(desk.Receipt{}, "") {
		t.Error("a receipt that proves no words made an answer ours")
	}
}
