package train

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/earshotdesk/earshot/triage/model"
)

// packRow is a row before it is rounded, and how much would be lost without it.
type packRow struct {
	key    uint64
	at     int // into the flat weights
	weight float64
}

// pack rounds the model to eight bits, keeps the rows that change verdicts the most, and writes the file that [model.Load] reads.
func (c *corpus) pack(w *weights, cal calibration, opt ModelOptions, rep *ModelReport) ([]byte, error) {
	words, wordFlat := c.wordRows(w)
	runs, runFlat := c.runRows(w)
	rep.WordsOf, rep.RunsOf = len(words), len(runs)
	words, runs = strongest(words, opt.Words), strongest(runs, opt.Runs)
	rep.Words, rep.Runs = len(words), len(runs)
	var out []byte
	float := func(f float64) { out = binary.LittleEndian.AppendUint64(out, math.Float64bits(f)) }
	for col := range model.Columns {
		float(cal.bias[col])
	}
	for range 2 * int(model.Kinds) {
		float(0)
	}
	for range model.Kinds {
		float(0)
	}
	for col := range model.Columns {
		float(cal.heat[col])
	}
	out = appendTable(out, words, wordFlat, model.WordWidth)
	out = appendTable(out, runs, runFlat, model.RunWidth)
	blob, err := model.Seal(out)
	if err != nil {
		return nil, fmt.Errorf("writing the model: %w", err)
	}
	return blob, nil
}

// fill writes what one bucket adds to a row.
func (w *weights) fill(row []float32, bucket uint32, kinds bool) {
	r := w.sentiment[4*int(bucket&w.mask):]
	row[model.Negative] += r[0] - r[1]
	row[model.Positive] += r[2] - r[1]
	for col := model.Complaint; col < model.Columns; col++ {
		t := w.columns[col]
		row[col] += t[bucket&uint32(len(t)-1)]
	}
	for k := range model.Kinds {
		r := w.sentiment[4*int(ownKey(bucket&w.mask, k)&w.mask):]
		row[model.OwnAt+2*int(k)] += r[0] - r[1]
		row[model.OwnAt+2*int(k)+1] += r[2] - r[1]
	}
	if kinds {
		n := int(model.Kinds)
		at := int(bucket&uint32(len(w.kinds)/n-1)) * n
		for k, x := range w.kinds[at : at+n] {
			row[model.KindAt+k] += x
		}
	}
}

// wordRows sums each word with its runs of letters.
func (c *corpus) wordRows(w *weights) ([]packRow, []float32) {
	const width = model.WordWidth
	var rows []packRow
	flat := make([]float32, 0, len(c.vocabulary)/2*width)
	for i := range c.vocabulary {
		v := &c.vocabulary[i]
		if v.count < 2 {
			continue
		}
		at := len(flat)
		flat = append(flat, make([]float32, width)...)
		w.fill(flat[at:], uint32(v.key), true)
		for _, r := range v.runs {
			w.fill(flat[at:], uint32(r), true)
		}
		rows = append(rows, packRow{v.key, at, loss(flat[at:at+width], float64(v.count))})
	}
	return rows, flat
}

// runRows are the runs of letters of all words, and all features that are no words.
func (c *corpus) runRows(w *weights) ([]packRow, []float32) {
	const width = model.RunWidth
	count := map[uint64]int32{}
	var order []uint64
	for i := range c.vocabulary {
		for _, r := range c.vocabulary[i].runs {
			if count[r]++; count[r] == 1 {
				order = append(order, r)
			}
		}
	}
	var rows []packRow
	var flat []float32
	add := func(key uint64, n float64) {
		at := len(flat)
		flat = append(flat, make([]float32, width)...)
		w.fill(flat[at:], uint32(key), false)
		rows = append(rows, packRow{key, at, loss(flat[at:at+width], n)})
	}
	for _, key := range order {
		if n := count[key]; n >= 3 {
			add(key, float64(n)) // by words, not by texts: frequent words have rows of their own
		}
	}
	for i, key := range c.keys {
		add(key, float64(c.seen[i]))
	}
	return rows, flat
}

// loss is how much is lost without a row: what it adds, squared, for every time that it was seen. The part of one kind of text
// counts less, as it is heard in that kind alone.
func loss(row []float32, seen float64) float64 {
	sum := 0.0
	for c, x := range row[:model.KindAt] {
		part := 1.0
		if c >= model.OwnAt {
			part = 0.3
		} else if c > int(model.Positive) {
			part = 0.3
		}
		sum += part * float64(x) * float64(x)
	}
	return sum * seen
}

func strongest(rows []packRow, n int) []packRow {
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].weight > rows[j].weight })
	return rows[:min(n, len(rows))]
}

// load is how full the buckets of keys are on the average.
const load = 0.82

// appendTable writes scales, keys and rows.
func appendTable(out []byte, rows []packRow, flat []float32, width int) []byte {
	scales := make([]float64, width)
	for c := range scales {
		scales[c] = scaleOf(rows, flat, c)
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(scales[c]))
	}
	buckets := uint64(float64(len(rows))/load/model.PerLine) + 1
	places := int(buckets) * model.PerLine
	keys, data := make([]byte, places*4), make([]byte, places*width)
	for _, r := range rows {
		at := int((r.key >> 32) * buckets >> 32 * model.PerLine)
		for binary.LittleEndian.Uint32(keys[4*at:]) != 0 {
			if at++; at == places {
				at = 0
			}
		}
		binary.LittleEndian.PutUint32(keys[4*at:], uint32(r.key)|1)
		for c := range scales {
			x := math.Round(float64(flat[r.at+c]) / scales[c])
			data[at*width+c] = byte(int8(min(127, max(-127, x))))
		}
	}
	out = binary.LittleEndian.AppendUint64(out, buckets)
	out = append(out, keys...)
	return append(out, data...)
}

// steps is how finely weights are rounded: this many steps are what all but one row in two thousand stay within. Finer ones cost
// bytes and win nothing that the dev part shows.
const steps = 32

// scaleOf is the unit of a column.
func scaleOf(rows []packRow, flat []float32, c int) float64 {
	all := make([]float64, len(rows))
	for i, r := range rows {
		all[i] = math.Abs(float64(flat[r.at+c]))
	}
	slices.Sort(all)
	if len(all) == 0 {
		return 1
	}
	return max(all[int(float64(len(all)-1)*0.9995)]/steps, 1e-6)
}
