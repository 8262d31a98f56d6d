package model

import "math"

// Every machine must come to the same verdict, bit by bit. Go may fuse x*y + z into one instruction with one rounding, and does so on
// arm64; a conversion of the product to float64 forbids it. And math.Exp is written in assembly, otherwise for each processor.
// `make arm64` compares the verdicts of both and looks for fused instructions in the code of this package and of triage.

// Exp is e to the power of x, the same to the last bit everywhere; within 1 ulp of the true value. The method is that of FreeBSD's
// e_exp.c: x = k ln 2 + r, and a rational approximation of e^r by the Remez algorithm.
func Exp(x float64) float64 {
	const (
		ln2Hi, ln2Lo = 6.93147180369123816490e-01, 1.90821492927058770002e-10
		p1, p2, p3   = 1.66666666666666657415e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05
		p4, p5       = -1.65339022054652515390e-06, 4.13813679705723846039e-08
	)
	switch {
	case math.IsNaN(x) || x > 709.78:
		return x * math.Inf(1) // no verdict has such a weight
	case x < -745.13:
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	hi, lo := x-float64(k*ln2Hi), float64(k*ln2Lo)
	r := hi - lo
	t := float64(r * r)
	c := p4 + float64(t*p5)
	c = p3 + float64(t*c)
	c = p2 + float64(t*c)
	c = p1 + float64(t*c)
	c = r - float64(t*c)
	y := 1 - ((lo - float64(r*c)/(2-c)) - hi)
	if k < -1000 || k > 1000 {
		return math.Ldexp(y, int(k)) // it may have no room for all its digits
	}
	return y * math.Float64frombits(uint64(int64(k)+1023)<<52)
}
