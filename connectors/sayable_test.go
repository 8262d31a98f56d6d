package connectors_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSayable(t *testing.T) {
	t.Parallel()
	caps := connectors.Capabilities{Replies: true, Limit: 5, Counts: "bytes"}
	good := desk.Outgoing{Text: "Hello", Parent: desk.Mention{Remote: "1"}}
	if err := connectors.Sayable(&connectors.Account{}, caps, good); err != nil {
		t.Error(err)
	}
	for want, spoil := range map[string]func(o *desk.Outgoing){
		"6 bytes": func(o *desk.Outgoing) { o.Text = "Hellő" },
		"a text":  func(o *desk.Outgoing) { o.Text = " \n" },
		"private": func(o *desk.Outgoing) { o.Parent.Visibility = desk.Private },
		"answer":  func(o *desk.Outgoing) { o.Parent.Remote = "" },
	} {
		bad := good
		spoil(&bad)
		err := connectors.Sayable(&connectors.Account{}, caps, bad)
		if err == nil || !strings.Contains(err.Error(), want) || !(errors.Is(err, desk.ErrInvalid) || errors.Is(err, desk.ErrDenied)) {
			t.Errorf("got %v, want a sentence with %q", err, want)
		}
	}
	if err := connectors.Sayable(nil, caps, good); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("without an account: %v", err)
	}
}

func TestIsReply(t *testing.T) {
	t.Parallel()
	out := desk.Outgoing{Text: "Elnézést kérünk!\n\nMegnézzük.", StartedAt: noon, Known: []desk.Receipt{{Remote: "old"}}}
	for name, c := range map[string]struct {
		remote desk.RemoteID
		words  string
		at     time.Time
		want   bool
	}{
		"as it was":           {"1", out.Text, noon, true},
		"blanks rearranged":   {"1", "Elnézést kérünk! Megnézzük. ", noon, true},
		"accents taken apart": {"1", "Elne\u0301ze\u0301st ke\u0301ru\u0308nk! Megne\u0301zzu\u0308k.", noon, true},
		"clocks disagree":     {"1", out.Text, noon.Add(-5 * time.Minute), true},
		"long before":         {"1", out.Text, noon.Add(-time.Hour), false},
		"known":               {"old", out.Text, noon, false},
		"other words":         {"1", "Elnézést kérünk.", noon, false},
	} {
		if got := connectors.IsReply(out, c.remote, c.words, c.at); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
