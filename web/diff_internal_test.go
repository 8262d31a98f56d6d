package web

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told writes a comparison with what was taken out in [-…] and what was put in in [+…].
func told(changes []change) string {
	var b strings.Builder
	for _, c := range changes {
		switch c.Kind {
		case "ins":
			b.WriteString("[+" + c.Text + "]")
		case "del":
			b.WriteString("[-" + c.Text + "]")
		default:
			b.WriteString(c.Text)
		}
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", maxDiff+1)
	for _, tc := range []struct{ name, before, after, want string }{
		{"same", "a b", "a b", "a b"},
		{"both empty", "", "", ""},
		{"from nothing", "", "new words", "[+new words]"},
		{"to nothing", "old words", "", "[-old words]"},
		{"one word", "The app works fine now", "The app works badly now", "The app works [-fine ][+badly ]now"},
		{"greek", "Η εφαρμογή δουλεύει καλά σήμερα", "Η εφαρμογή δεν δουλεύει καλά σήμερα", "Η εφαρμογή [+δεν ]δουλεύει καλά σήμερα"},
		{"emoji", "So happy 🔥 with it all", "So happy 👩‍👩‍👧 with it all", "So happy [-🔥 ][+👩‍👩‍👧 ]with it all"},
		{"added at the end", "All fine.\n", "All fine.\nEdit: it broke.", "All fine.\n[+Edit: it broke.]"},
		{"stray words are no comparison", "we love this little machine a lot", "a charger began to smoke near this bed yesterday night", "[-we love this little machine a lot][+a charger began to smoke near this bed yesterday night]"},
		{"too long to compare", long, long + "end", "[-" + long + "][+" + long + "end]"},
	} {
		if diff := cmp.Diff(tc.want, told(diff(tc.before, tc.after))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// TestTokensKeepText cuts texts that are not well made.
func TestTokensKeepText(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " ", "  lead", "tail  ", "a\u00a0b\tc\n\nd", "\xff\xfe x \xe2\x82", "één\u2003twee"} {
		if got := strings.Join(tokens(s), ""); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}
