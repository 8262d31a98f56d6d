package connectors

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

func TestFindSaid(t *testing.T) {
	t.Parallel()
	said := func(words string, ours, nobody bool) Said {
		return Said{Receipt: desk.Receipt{Remote: "1"}, Words: words, Ours: ours, Nobody: nobody}
	}
	for name, c := range map[string]struct {
		pages [][]Said
		fails bool
		want  desk.Finding
	}{
		"on the second page": {[][]Said{{said("other", true, false)}, {said("Igen", true, false)}}, false, desk.FoundIt},
		"nobody's":           {[][]Said{{said("Igen", false, true)}, {}}, false, desk.FoundNot},
		"nobody's, other":    {[][]Said{{said("Nem", false, true)}}, false, desk.FoundAbsent},
		"unreadable":         {[][]Said{{{Unread: true}}}, false, desk.FoundNot},
		"somebody else's":    {[][]Said{{said("Igen", false, false)}}, false, desk.FoundAbsent},
		"nothing":            {[][]Said{{}}, false, desk.FoundAbsent},
		"broken":             {[][]Said{{}, {}}, true, desk.FoundNot},
		"endless":            {make([][]Said, 1000), false, desk.FoundNot},
	} {
		asked := 0
		found, err := FindSaid(t.Context(), desk.Outgoing{Text: "Igen"}, func(_ context.Context, token string) ([]Said, string, error) {
			n, _ := strconv.Atoi(token)
			if asked++; c.fails && n == 1 {
				return nil, "", errors.New("down")
			}
			if n+1 < len(c.pages) {
				return c.pages[n], strconv.Itoa(n + 1), nil
			}
			return c.pages[n], "", nil
		})
		if found.Finding != c.want || (err != nil) != c.fails || asked > mostSaid {
			t.Errorf("%s: got %v, %v after %d pages", name, found.Finding, err, asked)
		}
	}
	same := func(context.Context, string) ([]Said, string, error) { return nil, "x", nil }
	if found, err := FindSaid(t.Context(), desk.Outgoing{Text: "Igen"}, same); err == nil || found.Finding != desk.FoundNot {
		t.Errorf("a list that leads to itself: %v, %v", found, err)
	}
}
