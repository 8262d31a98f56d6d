package web

import "testing"

func TestAsSentence(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                         "",
		"there is no host named x": "There is no host named x.",
		"Already one.":             "Already one.",
		"έγινε λάθος!":             "Έγινε λάθος!",
		"\xff":                     "\uFFFD.",
	} {
		if got := asSentence(given); got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
	}
}
