package train

import (
	"math"

	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/labelled"
	"github.com/earshotdesk/earshot/triage/model"
)

// example is an [Example] cut into features. Buckets of words and their runs of letters come first.
type example struct {
	file      int32
	words     int32 // how many buckets are of words and their runs
	sentiment int8
	marks     [model.Columns - model.Complaint]int8
	dev       bool
	buckets   []uint32
}

func (e *example) temper() float64       { return 1 / math.Sqrt(float64(max(1, len(e.buckets)))) }
func (e *example) wordBuckets() []uint32 { return e.buckets[:e.words] }

// word is a word of the vocabulary: its key, its runs' keys, and how often it was seen.
type word struct {
	key   uint64
	runs  []uint64
	count int32
}

// corpus is all that is learned from, in features.
type corpus struct {
	files      []File
	texts      []example
	vocabulary []word
	numbers    map[string]int32 // of words in the vocabulary
	units      map[uint64]int32 // of what is no word in the vocabulary
	mask       uint32
	sketch     []uint8  // how often other features were seen, by hashed key, up to 255
	keys       []uint64 // of other features seen often enough to be kept, in order of appearance
	seen       []int32  // and how often
	places     map[uint64]int32
}

const (
	sketchBits = 26
	rareOther  = 3 // pairs and triples seen less often are not kept
)

// gather cuts all texts, and counts what they show.
func gather(d Data, bits uint) *corpus {
	c := &corpus{
		files: d.Files, texts: make([]example, len(d.Examples)), numbers: map[string]int32{}, mask: 1<<bits - 1,
		sketch: make([]uint8, 1<<sketchBits), places: map[uint64]int32{}, units: map[uint64]int32{},
	}
	var doc text.Doc
	var others []uint32
	for i := range d.Examples {
		in := &d.Examples[i]
		e := &c.texts[i]
		e.file, e.sentiment, e.marks, e.dev = int32(in.File), in.Sentiment, in.Marks, labelled.InDev(in.Text)
		doc.Read(in.Text)
		others = others[:0]
		model.Features(&doc, func(f model.Feature) {
			if f.Unit && f.Word == nil {
				c.unit(f.Key).count++
				e.buckets = append(e.buckets, uint32(f.Key)&c.mask)
				return
			}
			if !f.Unit {
				others = append(others, uint32(f.Key)&c.mask)
				c.count(f.Key)
				return
			}
			w := c.word(f)
			w.count++
			e.buckets = append(e.buckets, uint32(f.Key)&c.mask)
			for _, r := range w.runs {
				e.buckets = append(e.buckets, uint32(r)&c.mask)
			}
		})
		e.words = int32(len(e.buckets))
		e.buckets = append(e.buckets, others...)
	}
	return c
}

func (c *corpus) word(f model.Feature) *word {
	n, ok := c.numbers[string(f.Word)]
	if !ok {
		n = int32(len(c.vocabulary))
		c.numbers[string(f.Word)] = n
		w := word{key: f.Key}
		model.Runs(f.Word, func(key uint64) { w.runs = append(w.runs, key) })
		c.vocabulary = append(c.vocabulary, w)
	}
	return &c.vocabulary[n]
}

// unit is a feature of its own that is no word: an emoji, a sign, a link.
func (c *corpus) unit(key uint64) *word {
	n, ok := c.units[key]
	if !ok {
		n = int32(len(c.vocabulary))
		c.units[key] = n
		c.vocabulary = append(c.vocabulary, word{key: key})
	}
	return &c.vocabulary[n]
}

// count notes a feature that is no word. The sketch forgets nobody but may count too much; that only lets a rare one in.
func (c *corpus) count(key uint64) {
	s := &c.sketch[key>>(64-sketchBits)]
	if *s < 255 {
		*s++
	}
	if *s < rareOther {
		return
	}
	if at, ok := c.places[key]; ok {
		c.seen[at]++
		return
	}
	c.places[key] = int32(len(c.keys))
	c.keys = append(c.keys, key)
	c.seen = append(c.seen, rareOther)
}
