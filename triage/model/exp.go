package model

import "math"

// exp is e to the power of x for x ≤ 0, by squaring a polynomial: the standard library's differs in its last bit between
// processors, and verdicts must not.
func exp(x float64) float64 {
	if x < -40 {
		return 0
	}
	y := x / 1024
	p := 1 + float64(y*(1+float64(y*(0.5+float64(y*(1.0/6+float64(y/24)))))))
	for range 10 {
		p = float64(p * p)
	}
	return math.Max(p, 0)
}
