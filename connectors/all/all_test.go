package all_test

import (
	"slices"
	"testing"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/all"
)

func TestTheListMakesARegistry(t *testing.T) {
	t.Parallel()
	r, err := connectors.NewRegistry(all.Specs()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"demo", "feed", "file"} {
		if !slices.Contains(r.Kinds(), kind) {
			t.Errorf("kind %s is missing from the list", kind)
		}
	}
}
