package googlebusiness

import (
	"errors"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for sentence, locations := range map[string][]string{
		"at least one location":                  nil,
		"is written accounts/":                   {"locations/2"},
		"not \"accounts/1/locations/2/reviews\"": {"accounts/1/locations/2/reviews"},
		"stands twice":                           {"accounts/1/locations/2", "accounts/7/locations/2"},
	} {
		env := connectortest.Env(t, "googlebusiness", nil)
		env.Account = account()
		_, err := New(env, func(into any) error {
			for _, id := range locations {
				o := into.(*Options)
				o.Locations = append(o.Locations, Location{ID: id})
			}
			return nil
		})
		if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%v: got %v, want %q in it", locations, err, sentence)
		}
	}
	if _, err := New(connectortest.Env(t, "googlebusiness", nil), func(any) error { return nil }); !errors.Is(err, desk.ErrInvalid) {
		t.Errorf("without an account: %v", err)
	}
}

func TestTranslations(t *testing.T) {
	t.Parallel()
	for comment, want := range map[string][2]string{
		"Lassú volt.": {"Lassú volt.", ""},
		"Lassú volt.\n\n(Translated by Google)\nIt was slow.":                     {"Lassú volt.", "It was slow."},
		"(Translated by Google) It was slow.\n\n(Original)\nLassú volt.":          {"Lassú volt.", "It was slow."},
		"(Translated by Google) It was slow.":                                     {"(Translated by Google) It was slow.", ""},
		"(Translated by Google) It was slow.\n(Original)\n ":                      {"(Translated by Google) It was slow.\n(Original)", ""},
		"The (Original) was better.":                                              {"The (Original) was better.", ""},
		"Broken \xff bytes and\x00 zeros\n\n(Translated by Google)\nBroken bytes": {"Broken \uFFFD bytes and zeros", "Broken bytes"},
	} {
		r := review{Comment: comment}
		if own, translation := r.words(); own != want[0] || translation != want[1] {
			t.Errorf("%q: %q and %q, want %q", comment, own, translation, want)
		}
	}
}
