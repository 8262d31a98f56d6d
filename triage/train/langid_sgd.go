package train

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"github.com/earshotdesk/earshot/triage/langid"
)

type languageRow [langid.Lanes]float32

// languageNet is multinomial logistic regression over the runs of letters of words and over the frequent words themselves.
type languageNet struct {
	opt   *LanguageOptions
	words *languageWords
	slot  []int32 // by word, its row among rows, or -1
	table []int32 // the words that have rows
	rows  []languageRow
	grams []languageRow
	bias  [2]languageRow
	// How far each row has moved so far: rows that moved much move less (AdaGrad, Duchi, Hazan and Singer 2011, by rows).
	rowMoved, gramMoved []float32
}

func trainLanguageNet(ctx context.Context, rows []LanguageRow, opt *LanguageOptions) (*languageNet, error) {
	n := &languageNet{opt: opt, words: newLanguageWords(opt.Longest, opt.Bits)}
	rng := rand.New(rand.NewPCG(opt.Seed, 0))
	pools := languagePools(rows, opt.WordlistShare)
	n.chooseWords(pools, rng)
	n.rows, n.rowMoved = make([]languageRow, len(n.table)), make([]float32, len(n.table))
	n.grams, n.gramMoved = make([]languageRow, 1<<opt.Bits), make([]float32, 1<<opt.Bits)
	for epoch := range opt.Epochs {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("training languages: %w", err)
		}
		list := opt.examples(n.words, pools, rng)
		for len(n.slot) < len(n.words.hash) {
			n.slot = append(n.slot, -1) // words that came up by another way of writing
		}
		loss := 0.0
		for i := range list {
			done := (float64(epoch) + float64(i)/float64(len(list))) / float64(opt.Epochs)
			loss += n.learn(&list[i], float32(1-0.95*done), rng)
		}
		opt.tell("languages: round %d of %d, %d examples, loss %.4f", epoch+1, opt.Epochs, len(list), loss/float64(len(list)))
	}
	return n, nil
}

// chooseWords takes the words that are the most frequent in their languages, all languages counting alike.
func (n *languageNet) chooseWords(pools []*languagePool, rng *rand.Rand) {
	var weight []float64
	for _, p := range pools {
		count, total := map[int32]float64{}, 0.0
		for _, rows := range p.files {
			for _, r := range rows {
				_, group, s := n.opt.written(r, rng)
				for _, w := range n.words.cut(s, group) {
					count[w]++
					total++
				}
			}
		}
		weight = append(weight, make([]float64, len(n.words.hash)-len(weight))...)
		for w, c := range count {
			if c > 1 {
				weight[w] += c / (total + 20000)
			}
		}
	}
	for w, x := range weight {
		if x > 0 {
			n.table = append(n.table, int32(w))
		}
	}
	sort.SliceStable(n.table, func(a, b int) bool { return weight[n.table[a]] > weight[n.table[b]] })
	n.table = n.table[:min(len(n.table), n.opt.Words)]
	n.slot = make([]int32, len(weight))
	for i := range n.slot {
		n.slot[i] = -1
	}
	for i, w := range n.table {
		n.slot[w] = int32(i)
	}
}

func (r *languageRow) add(o *languageRow) {
	for l := range r {
		r[l] += o[l]
	}
}

// move takes a step against the gradient g.
func (r *languageRow) move(g *languageRow, moved *float32, norm, rate float32) {
	*moved += norm
	k := rate / float32(math.Sqrt(float64(*moved+1)))
	for l := range r {
		r[l] -= float32(k * g[l])
	}
}

// learn takes one step of stochastic gradient descent. Some of the frequent words are judged by their letters alone, so that the
// letters learn to do without.
func (n *languageNet) learn(ex *languageExample, decay float32, rng *rand.Rand) (loss float64) {
	var known [64]*int32
	score := n.bias[ex.group]
	for i, w := range ex.words {
		for _, g := range n.words.gramsOf(w) {
			score.add(&n.grams[g])
		}
		if slot := &n.slot[w]; *slot >= 0 && rng.Float64() >= n.opt.Dropout {
			known[i] = slot
			score.add(&n.rows[*slot])
		}
	}
	gradient, norm, loss := n.gradient(&score, ex)
	if norm < 1e-5 {
		return loss
	}
	for l := range gradient {
		n.bias[ex.group][l] -= 0.01 * decay * gradient[l]
	}
	for i, w := range ex.words {
		for _, g := range n.words.gramsOf(w) {
			n.grams[g].move(&gradient, &n.gramMoved[g], norm, float32(n.opt.Rate)*decay)
		}
		if known[i] != nil {
			n.rows[*known[i]].move(&gradient, &n.rowMoved[*known[i]], norm, float32(n.opt.WordRate)*decay)
		}
	}
	return loss
}

// gradient is that of the logarithmic loss with respect to the scores, with its squared length.
func (n *languageNet) gradient(score *languageRow, ex *languageExample) (g languageRow, norm float32, loss float64) {
	size := len(languageLabels(ex.group))
	best := score[0]
	for _, s := range score[:size] {
		best = max(best, s)
	}
	sum := float32(0)
	for l := range size {
		g[l] = float32(math.Exp(float64(score[l] - best)))
		sum += g[l]
	}
	for l := range size {
		g[l] /= sum
	}
	loss = -math.Log(max(float64(g[ex.lane]), 1e-9))
	g[ex.lane]--
	for l := range size {
		norm += float32(g[l] * g[l])
	}
	return g, norm, loss
}
