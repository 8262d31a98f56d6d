package triage

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestBootstrapAgreesWithTheory compares the interval of the accuracy with the one that the binomial distribution gives.
func TestBootstrapAgreesWithTheory(t *testing.T) {
	t.Parallel()
	m := matrixOf(map[string]map[string]int{"a": {"a": 400, "b": 100}, "b": {"b": 300, "a": 200}})
	accuracy, f1 := m.bootstrap()
	half := 1.96 * math.Sqrt(0.7*0.3/1000)
	if math.Abs(accuracy.From-(0.7-half)) > 0.005 || math.Abs(accuracy.To-(0.7+half)) > 0.005 {
		t.Errorf("accuracy %v, want %.3f to %.3f", accuracy, 0.7-half, 0.7+half)
	}
	if _, point, _ := m.figures(); f1.From >= point || f1.To <= point || f1.To-f1.From > 0.07 {
		t.Errorf("macro-F1 %v around %.3f", f1, point)
	}
	if again, _ := m.bootstrap(); again != accuracy {
		t.Errorf("the second time %v, the first %v", again, accuracy)
	}
}

func TestBootstrapOfCertainty(t *testing.T) {
	t.Parallel()
	if a, f := matrixOf(map[string]map[string]int{"a": {"a": 7}}).bootstrap(); a != (Span{1, 1}) || f != (Span{1, 1}) {
		t.Errorf("%v and %v", a, f)
	}
	if a, f := matrixOf(nil).bootstrap(); a != (Span{}) || f != (Span{}) {
		t.Errorf("%v and %v of nothing", a, f)
	}
}

// TestUrnIsFair wants every cell to be drawn in proportion to its rows.
func TestUrnIsFair(t *testing.T) {
	t.Parallel()
	cells := []cell{{0, 0, 1}, {0, 1, 50_000}, {1, 0, 3}, {1, 1, 20_000}, {2, 2, 29_996}}
	got := append([]cell{}, cells...)
	u := newUrn(cells)
	sums := make([]int, len(cells))
	for i := range 100 {
		u.fill(got, rand.NewPCG(7, uint64(i)))
		for j, c := range got {
			sums[j] += c.n
		}
	}
	for i, c := range cells {
		want := float64(100 * c.n)
		if math.Abs(float64(sums[i])-want) > 6*math.Sqrt(want) {
			t.Errorf("cell %d was drawn %d times, want about %.0f", i, sums[i], want)
		}
	}
}
