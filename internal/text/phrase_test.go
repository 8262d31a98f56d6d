package text_test

import (
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/text"
)

func TestPhrase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		phrase, text string
		want         bool
	}{
		{"fire", "FIRE!", true},
		{"fire", "misfired fireman", false},
		{"fire", "fireman on fire", true},
		{"fire", "¿fire? «fire» #fire", true},
		{"fire", "fire_alarm", true},
		{"Fustol*", "Füstölni kezdett", true},
		{"fustol *", "Füstölni kezdett", true},
		{"tol*", "Füstölni kezdett", false},
		{" on  fire ", "it is on\n\tFire", true},
		{"on fire", "on, fire", false},
		{"on fire", "onfire", false},
		{"φωτιά", "ΦΩΤΙΑ στο σπίτι", true},
		{"🔥", "great🔥", true},
		{"#fail", "epic#fail", true},
		{"#fail", "#failure", false},
		{"5", "1.5 of 15", true},
		{"aa", "aaa", false},
		{"*", "anything", false},
		{" ", "anything", false},
		{"", "", false},
		{"far too long", "far too", false},
	} {
		if got := text.NewPhrase(c.phrase).In(text.AppendFold(nil, c.text)); got != c.want {
			t.Errorf("%q in %q: %v, want %v", c.phrase, c.text, got, c.want)
		}
	}
}

func FuzzPhrase(f *testing.F) {
	f.Add("on fire*", "it is on\nfire")
	f.Add("\xff", "a\xffb\x1a")
	f.Fuzz(func(t *testing.T, phrase, said string) {
		if text.NewPhrase(phrase).In(text.AppendFold(nil, said)) && !text.NewPhrase(phrase).In(text.AppendFold(nil, "x "+said+" x")) {
			t.Errorf("%q is in %q, but not when more words stand around it", phrase, said)
		}
		alone := text.AppendFold(nil, phrase)
		if strings.TrimSpace(string(alone)) != "" && !strings.HasSuffix(strings.TrimSpace(string(alone)), "*") && !text.NewPhrase(phrase).In(alone) {
			t.Errorf("%q is not in itself", phrase)
		}
	})
}
