package model

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/text"
)

// made is a model of random weights, as maps and as a file.
type made struct {
	words, runs map[uint64][]int8
	body, file  []byte
}

// make knows about two thirds of all that the texts show.
func makeModel(docs []text.Doc) made {
	r := rand.New(rand.NewPCG(1, 2))
	m := made{words: map[uint64][]int8{}, runs: map[uint64][]int8{}}
	learn := func(table map[uint64][]int8, key uint64, width int) {
		if _, ok := table[key]; ok || r.IntN(3) == 0 {
			return
		}
		row := make([]int8, width)
		for c := range row {
			row[c] = int8(r.IntN(255) - 127)
		}
		table[key] = row
	}
	for i := range docs {
		Features(&docs[i], func(f Feature) {
			if !f.Unit {
				learn(m.runs, f.Key, RunWidth)
				return
			}
			learn(m.words, f.Key, WordWidth)
			if f.Word != nil {
				Runs(f.Word, func(key uint64) { learn(m.runs, key, RunWidth) })
			}
		})
	}
	m.write(r)
	return m
}

func (m *made) write(r *rand.Rand) {
	var out []byte
	float := func(x float64) { out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x)) }
	for range int(Columns) + 3*int(Kinds) {
		float(r.Float64() - 0.5)
	}
	for range Columns {
		float(0.5 + r.Float64())
	}
	for _, t := range []struct {
		rows  map[uint64][]int8
		width int
	}{{m.words, WordWidth}, {m.runs, RunWidth}} {
		for range t.width {
			float(0.01 * (1 + r.Float64()))
		}
		buckets := len(t.rows)*10/9/PerLine + 1
		out = binary.LittleEndian.AppendUint64(out, uint64(buckets))
		keys, rows := make([]byte, 4*PerLine*buckets), make([]byte, t.width*PerLine*buckets)
		for key, row := range t.rows {
			at := int(key>>32*uint64(buckets)>>32) * PerLine
			for binary.LittleEndian.Uint32(keys[4*at:]) != 0 {
				at = (at + 1) % (PerLine * buckets)
			}
			binary.LittleEndian.PutUint32(keys[4*at:], uint32(key)|1)
			for c, w := range row {
				rows[at*t.width+c] = byte(w)
			}
		}
		out = append(append(out, keys...), rows...)
	}
	m.body = out
	file, err := Seal(out)
	if err != nil {
		panic(err)
	}
	m.file = file
}

// sums adds up what a text shows in the plainest way.
func (m *made) sums(doc *text.Doc) (words, runs [WordWidth]int) {
	add := func(into *[WordWidth]int, row []int8) {
		for c, w := range row {
			into[c] += int(w)
		}
	}
	Features(doc, func(f Feature) {
		switch row := m.words[f.Key]; {
		case !f.Unit:
			add(&runs, m.runs[f.Key])
		case row != nil:
			add(&words, row)
		case f.Word != nil:
			Runs(f.Word, func(key uint64) { add(&runs, m.runs[key]) })
		}
	})
	return words, runs
}

// docs are texts of every sort and length.
func docs(t testing.TB) []text.Doc {
	raw, err := os.ReadFile("../testdata/golden.tsv")
	if err != nil {
		t.Fatal(err)
	}
	texts := strings.Split(string(raw), "\n")
	texts = append(texts, string(raw[:20000]), "", "!!!", " :) :) wow 😡😡 #ok @a http://x.example ...", "a\xff\xfeb", strings.Repeat("ž", 500))
	out := make([]text.Doc, len(texts))
	for i, s := range texts {
		out[i].Read(s)
	}
	return out
}

// TestRead compares sums, scores and the parts of scores with those worked out in the plainest way.
func TestRead(t *testing.T) {
	t.Parallel()
	list := docs(t)
	made := makeModel(list)
	m, err := Load(made.file)
	if err != nil {
		t.Fatal(err)
	}
	var r Reading
	for i := range list {
		doc := &list[i]
		m.Read(&r, doc, Posts, 1)
		words, runs := made.sums(doc)
		for c := range RunWidth {
			if want := float64(words[c])*m.words.scale[c] + float64(runs[c])*m.runs.scale[c]; math.Abs(r.sum[c]-want) > 1e-9 {
				t.Fatalf("%.60q: column %d sums to %g, want %g", doc.Text, c, r.sum[c], want)
			}
		}
		for c := range Columns {
			sum := m.Prior(&r, c)
			for p := range r.Parts() {
				sum += m.By(&r, p, c)
			}
			if got := m.Score(&r, c); math.Abs(got-sum) > 1e-9 {
				t.Fatalf("%.60q: %s scores %g, its parts %g", doc.Text, c, got, sum)
			}
		}
	}
}

// TestParts wants every place to be within the text, and signs to be told from words.
func TestParts(t *testing.T) {
	t.Parallel()
	var doc text.Doc
	doc.Read("(well) not bad at all :) #thanks @you!!")
	signs, words := 0, 0
	Features(&doc, func(f Feature) {
		if f.First > f.Last || int(f.Last) >= len(doc.Tokens) || f.First < -1 {
			t.Errorf("%+v is outside the text", f)
		}
		if f.Sign {
			signs++
		}
		if f.Word != nil {
			words++
		}
	})
	if signs < 5 || words != 6 {
		t.Errorf("%d features are signs alone, %d are words", signs, words)
	}
}

// TestReadAllocatesNothing holds the promise of the package.
func TestReadAllocatesNothing(t *testing.T) {
	list := docs(t)[:200]
	m, err := Load(makeModel(list).file)
	if err != nil {
		t.Fatal(err)
	}
	var r Reading
	all := func() {
		for i := range list {
			m.Read(&r, &list[i], Kinds, 0)
		}
	}
	all()
	if n := testing.AllocsPerRun(3, all); n > 0 {
		t.Errorf("reading allocates %g times", n)
	}
}

// TestLoadRefuses wants every damage noticed.
func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	var doc text.Doc
	doc.Read("some words to know")
	m := makeModel([]text.Doc{doc})
	body, file := m.body, m.file
	for name, bad := range map[string][]byte{
		"nothing": nil, "another file": []byte("GIF89a, not a model at all"), "cut": file[:len(file)-5], "flipped": flipped(file), "longer": sealed(t, append(slices.Clone(body), 0)),
		"shorter": sealed(t, body[:len(body)-8]), "no numbers": sealed(t, body[:9]),
	} {
		if _, err := Load(bad); err == nil {
			t.Errorf("%s: it was taken for a model", name)
		}
	}
}

func flipped(file []byte) []byte {
	bad := slices.Clone(file)
	bad[len(bad)/2] ^= 4
	return bad
}

// sealed puts the right sum behind a wrong body.
func sealed(t *testing.T, body []byte) []byte {
	file, err := Seal(body)
	if err != nil {
		t.Fatal(err)
	}
	return file
}
