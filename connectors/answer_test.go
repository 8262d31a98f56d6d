package connectors_test

import (
	"context"
	"errors"
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

// The one answer of a review is changed while it reads as the network kept it, or as the person saw it who asked; never once another
// hand has written there.
func TestOneAnswerChangesWhatWasSeen(t *testing.T) {
	t.Parallel()
	stands := ""
	var a connectors.OneRemovable
	a.Account = &connectors.Account{Name: "acme"}
	a.Look = func(context.Context, desk.Mention) (connectors.Standing, error) {
		return connectors.Standing{Words: stands}, nil
	}
	a.Put = func(_ context.Context, out desk.Outgoing) (connectors.Standing, error) {
		stands = out.Text
		return connectors.Standing{Words: stands}, nil
	}
	a.Remove = func(context.Context, desk.Mention) error { stands = ""; return nil }
	sent := desk.Receipt{Remote: "1#reply", Sum: connectors.Sum("Sent")}
	for name, c := range map[string]struct {
		stands, was string
		receipt     desk.Receipt
		want        bool
	}{
		"as it was sent":                       {"Sent", "", sent, true},
		"seen by a poll, without a receipt":    {"By hand", "By hand", desk.Receipt{}, true},
		"changed by another hand, and seen":    {"Changed", "Changed", sent, true},
		"changed by another hand, and unseen":  {"Changed", "Sent", sent, false},
		"without a receipt, changed, unseen":   {"Changed", "By hand", desk.Receipt{}, false},
		"nothing is known of what stood there": {"By hand", "", desk.Receipt{}, false},
	} {
		out := desk.Outgoing{Parent: desk.Mention{Remote: "1"}, Text: "New", Was: c.was}
		stands = c.stands
		_, edited := a.Edit(t.Context(), out, c.receipt)
		if (edited == nil) != c.want || edited != nil && !errors.Is(edited, desk.ErrDenied) || (stands == "New") != c.want {
			t.Errorf("%s: edited to %q, %v", name, stands, edited)
		}
		stands = c.stands
		if err := a.Delete(t.Context(), out, c.receipt); (err == nil) != c.want || (stands == "") != c.want {
			t.Errorf("%s: deleted to %q, %v", name, stands, err)
		}
	}
}
