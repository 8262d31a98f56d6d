package triage

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// cell is how often one answer was given where another was wanted. Labels are numbers here.
type cell struct{ want, got, n int }

// matrix is a confusion matrix whose order is always the same.
type matrix struct {
	labels []string
	cells  []cell
}

func matrixOf(confusion map[string]map[string]int) matrix {
	seen := map[string]bool{}
	for want, row := range confusion {
		seen[want] = true
		for got := range row {
			seen[got] = true
		}
	}
	m := matrix{labels: slices.Sorted(maps.Keys(seen))}
	for i, want := range m.labels {
		for j, got := range m.labels {
			if n := confusion[want][got]; n > 0 {
				m.cells = append(m.cells, cell{i, j, n})
			}
		}
	}
	return m
}

// of returns precision and recall of one label.
func (m matrix) of(label string) (precision, recall float64) {
	right, want, got := 0, 0, 0
	for _, c := range m.cells {
		if m.labels[c.want] == label {
			want += c.n
		}
		if m.labels[c.got] == label {
			got += c.n
			if c.want == c.got {
				right += c.n
			}
		}
	}
	return ratio(right, got), ratio(right, want)
}

// figures returns accuracy, macro-F1 and macro-recall. The macro figures are plain means over the labels that are wanted anywhere.
func (m matrix) figures() (accuracy, f1, recall float64) {
	right, want, got := make([]int, len(m.labels)), make([]int, len(m.labels)), make([]int, len(m.labels))
	rows, all := 0, 0
	for _, c := range m.cells {
		rows += c.n
		want[c.want] += c.n
		got[c.got] += c.n
		if c.want == c.got {
			right[c.want] += c.n
			all += c.n
		}
	}
	labels := 0
	for l, n := range want {
		if n > 0 {
			labels++
			recall += ratio(right[l], n)
			f1 += ratio(2*right[l], n+got[l])
		}
	}
	n := float64(max(labels, 1))
	return ratio(all, rows), f1 / n, recall / n
}

// resamples is how many times the rows are drawn again.
const resamples = 1000

// bootstrap returns the 95 % percentile intervals of accuracy and macro-F1 (Efron 1979): the rows are drawn again with
// replacement, as many as there are. A row counts only by its cell of the matrix, so cells are drawn. The seed is fixed.
func (m matrix) bootstrap() (accuracy, f1 Span) {
	if len(m.cells) == 0 {
		return Span{}, Span{}
	}
	draw := newUrn(m.cells)
	var as, fs [resamples]float64
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			again := matrix{labels: m.labels, cells: slices.Clone(m.cells)}
			for i := w; i < resamples; i += workers {
				draw.fill(again.cells, rand.NewPCG(1, uint64(i))) // each resample has its own seed: the number of workers does not matter
				as[i], fs[i], _ = again.figures()
			}
		})
	}
	wg.Wait()
	return middle(as[:]), middle(fs[:])
}

// middle is the interval that leaves out a fortieth on either side.
func middle(list []float64) Span {
	slices.Sort(list)
	cut := len(list) / 40
	return Span{From: list[cut], To: list[len(list)-1-cut]}
}

// urn draws cells in proportion to their rows, in constant time (the alias method of Walker 1977 and Vose 1991).
type urn struct {
	keep  []uint64 // below it the slot itself is drawn, else its alias; of rows
	alias []int
	rows  uint64
}

func newUrn(cells []cell) urn {
	k := len(cells)
	u := urn{keep: make([]uint64, k), alias: make([]int, k)}
	for _, c := range cells {
		u.rows += uint64(c.n)
	}
	var small, large []int
	for i, c := range cells {
		u.keep[i] = uint64(c.n) * uint64(k) // in whole numbers: a full slot holds u.rows
		if u.alias[i] = i; u.keep[i] < u.rows {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		u.alias[s] = l
		if u.keep[l] -= u.rows - u.keep[s]; u.keep[l] < u.rows {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	return u
}

// fill draws as many rows as there are into the cells.
func (u urn) fill(cells []cell, source *rand.PCG) {
	for i := range cells {
		cells[i].n = 0
	}
	r := rand.New(source)
	for range u.rows {
		i := r.IntN(len(cells))
		if r.Uint64N(u.rows) >= u.keep[i] {
			i = u.alias[i]
		}
		cells[i].n++
	}
}

// FiguresOf returns accuracy, macro-F1 and macro-recall of a confusion matrix (want → got → rows), as every [Score] has them.
func FiguresOf(confusion map[string]map[string]int) (accuracy, macroF1, macroRecall float64) {
	return matrixOf(confusion).figures()
}
