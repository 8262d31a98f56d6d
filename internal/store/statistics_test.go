package store

import (
	"fmt"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// A table that filled a moment ago must be known to be large: otherwise each look at known mentions walks through all of them, and
// an import takes the square of its time.
func TestStatisticsFollowGrowth(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		if e.name != postgres.name {
			t.Skip("SQLite has no statistics that age")
		}
		s := openDSN(t, e.dsn(t))
		err := s.Update(t.Context(), func(tx *Tx) error {
			var all []desk.Arrival
			for i := range firstStatistics {
				all = append(all, mention("acme", desk.RemoteID(fmt.Sprint(i)), "words"))
			}
			_, err := tx.PutArrivals(t.Context(), "src", all)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var rows float64
		if err := s.read.QueryRowContext(t.Context(), `SELECT reltuples FROM pg_class WHERE oid = 'mention'::regclass`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if rows != firstStatistics {
			t.Errorf("the engine believes in %v rows, there are %d", rows, firstStatistics)
		}
	})
}

func TestGrowthDoubles(t *testing.T) {
	t.Parallel()
	var g growth
	var at []int
	for i := range 10_000 {
		if g.due(1) {
			at = append(at, i+1)
		}
	}
	if want := "[1000 2000 4000 8000]"; fmt.Sprint(at) != want {
		t.Errorf("due at %v, want %s", at, want)
	}
}
