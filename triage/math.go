package triage

import (
	"math"

	"github.com/earshotdesk/earshot/triage/model"
)

// softmaxBest returns the index of the highest score and its probability; heat below 1 tempers scores that are too sure.
func softmaxBest(scores []float64, heat float64) (int, float64) {
	best := 0
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	sum := 0.0
	for _, s := range scores {
		if d := (s - scores[best]) * heat; d > -20 {
			sum += model.Exp(d)
		}
	}
	return best, 1 / sum
}

func sigmoid(x float64) float64 { return 1 / (1 + model.Exp(-x)) }

// round keeps four decimals: what is beyond is noise, and verdicts are read and compared.
func round(f float64) float64 { return math.Round(f*1e4) / 1e4 }
