package model

import (
	"math"
	"testing"
)

// TestExp holds the portable function against the library's.
func TestExp(t *testing.T) {
	t.Parallel()
	for x := -745.0; x < 709; x += 0.0371 {
		want := math.Exp(x)
		if got := Exp(x); math.Abs(got-want) > 4e-16*want+5e-324 {
			t.Fatalf("Exp(%v) = %v, want %v", x, got, want)
		}
	}
	if Exp(0) != 1 || Exp(-1e9) != 0 || !math.IsInf(Exp(1e9), 1) || !math.IsNaN(Exp(math.NaN())) || Exp(math.Inf(-1)) != 0 {
		t.Error("the ends are not what they must be")
	}
	// To the last bit, as a machine with other rounding would have it otherwise.
	for x, want := range map[float64]uint64{-3.6: 0x3f9bfabff943b068, 0.3333: 0x3ff6543cea34efeb, 5.25: 0x4067d21edf07d24f} {
		if got := math.Float64bits(Exp(x)); got != want {
			t.Errorf("Exp(%v) has the bits %#x, want %#x", x, got, want)
		}
	}
}
