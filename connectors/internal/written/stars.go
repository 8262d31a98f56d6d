package written

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// outOf finds "4,5/5", "8 z 10", "4 out of 5", "4 από 5": a value and its best with a word between.
var outOf = regexp.MustCompile(`(-?\d+(?:[.,]\d+)?)\s*(?:/|z|ze|zo|od|of|out of|von|απ[οό]|a(?:z)?|από τα|από τους)\s*(\d+(?:[.,]\d+)?)`)

var firstNumber = regexp.MustCompile(`-?\d+(?:[.,]\d+)?`)

// Number reads a decimal number with a point or a comma; false when the text is anything else.
func Number(s string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(s), ",", ".", 1), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// Rating reads stars: "4", "4,5", "4,5/5", "8 z 10", "80 %", "★★★★☆", "4 out of 5 stars". Best and worst are what the page says beside
// it and may be empty; otherwise is the best where nothing says one. False means that no honest reading exists: no number, a value
// beyond its scale, a scale that stands upside down.
//
// Scales that begin at 0 or 1 are kept as they are, since people read "4 of 5" so; any other beginning is taken off.
func Rating(value, best, worst string, otherwise float64) (desk.Rating, bool) {
	value = strings.TrimSpace(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(value))
	v, of, ok := stars(strings.ToLower(value))
	if !ok {
		return desk.Rating{}, false
	}
	top, said := of, of > 0
	if b, ok := Number(best); ok && b > 0 && !said {
		top, said = b, true
	}
	if !said {
		top = guessBest(v, otherwise)
	}
	low, ok := Number(worst)
	if !ok {
		low = 1 // as schema.org says, and nothing is worse than nothing: 0 stars are mostly a form that was not filled in
	}
	switch {
	case of > 0: // the words themselves say the scale
		low = 0
	case low >= top || v < low && v == 0:
		return desk.Rating{}, false
	case low >= 0 && low <= 1:
		low = 0
	}
	if v < low || v > top {
		return desk.Rating{}, false
	}
	return desk.Rating{Value: v - low, Best: top - low}, true
}

// stars reads a value and, where the text itself says it, its best; 0 otherwise.
func stars(s string) (value, best float64, ok bool) {
	full := strings.Count(s, "★") + strings.Count(s, "⭐")
	empty, half := strings.Count(s, "☆"), strings.Count(s, "½")
	if full+empty > 0 {
		return float64(full) + float64(half)/2, max(5, float64(full+empty)), true
	}
	if m := outOf.FindStringSubmatch(s); m != nil {
		value, _ = Number(m[1])
		best, ok = Number(m[2])
		return value, best, ok && best > 0
	}
	found := firstNumber.FindAllString(s, 3)
	if len(found) != 1 {
		return 0, 0, false
	}
	value, ok = Number(found[0])
	if strings.Contains(s, "%") {
		best = 100
	}
	return value, best, ok
}

// guessBest is the scale of a value that comes without one: the usual one, or the next that holds it.
func guessBest(v, otherwise float64) float64 {
	for _, b := range []float64{otherwise, 5, 10, 100} {
		if b > 0 && v <= b && b >= otherwise {
			return b
		}
	}
	return otherwise
}

// Stars writes a rating for people, as the words of a review that has none.
func Stars(r desk.Rating) string {
	if r.Best == 5 {
		n := int(math.Round(r.Value))
		return strings.Repeat("★", n) + strings.Repeat("☆", 5-n)
	}
	f := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	return f(r.Value) + "/" + f(r.Best)
}
