// Package model holds the learned model of triage: what words, runs of letters, neighbours and signs say of sentiment, of what is
// wanted, of spam and of abuse.
//
// It is one linear model over hashed features (Weinberger et al. 2009), in eight bits. Every feature has a general weight and one
// for each kind of text (reviews, posts, films …), which only counts where the text reads like that kind: the feature augmentation
// of Daumé III (2007), so that what a film is praised for does not praise a parcel. Words that were seen in training have a row in
// which their runs of letters (Bojanowski et al. 2017) are summed already; only unknown words are looked up run by run.
//
// Reading a text adds whole numbers and allocates nothing once its memory is warm, so that every machine comes to the same sums.
// A Model is safe for concurrent use.
package model

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Column is one thing that the model gives a score for.
type Column int

// The columns. Sentiment has two, each against neutral; the others are yes against no.
const (
	Negative Column = iota
	Positive
	Complaint
	Fault
	Request
	Spam
	Offensive
	Question
	Columns
)

// Kind is a kind of text by how it reads.
type Kind int

// The kinds. Their order is that of the file.
const (
	Reviews Kind = iota // of shops, apps and things
	Tables              // of restaurants, hotels and places
	Films
	Posts
	Plain // prose, news, speech, what is asked of a service
	Bare  // without capitals, accents and small words
	Kinds
)

// Titles of the columns and kinds, as the model card and reasons call them.
func (c Column) String() string {
	return [...]string{"negative", "positive", "complaint", "fault", "request", "spam", "offensive", "question"}[c]
}

func (k Kind) String() string {
	return [...]string{"reviews", "places", "films", "posts", "prose", "bare words"}[k]
}

// The layout of a row: the general weights, then two for each kind, then in the table of words what speaks for each kind.
const (
	OwnAt     = int(Columns)
	KindAt    = OwnAt + 2*int(Kinds)
	RunWidth  = KindAt
	WordWidth = KindAt + int(Kinds) + 2 // two to spare, so that rows stand at multiples of four
)

// What else a writer of the file must know.
const (
	Magic   = "EARSHOT1"
	PerLine = 8 // keys of one bucket
)

// Model judges. The zero value is of no use; see [Load] and [Shipped].
type Model struct {
	words, runs table
	bias        [Columns]float64
	own         [Kinds][2]float64 // bias of each kind's own part of sentiment
	kindBias    [Kinds]float64
	heat        [Columns]float64 // what a score is multiplied with to be a probability's logarithm
	name        string
}

// Name is a digest of the model's file.
func (m *Model) Name() string { return m.name }

//go:embed earshot.model
var shipped []byte

// Shipped loads the model that comes with the program, once.
var Shipped = sync.OnceValues(func() (*Model, error) {
	m, err := Load(shipped)
	if err != nil {
		return nil, fmt.Errorf("the built-in model: %w", err)
	}
	return m, nil
})

// maxOpen bounds what a file may unpack to, in bytes.
const maxOpen = 64 << 20

// Seal packs what [Load] reads: the tables compressed, and a sum over all.
func Seal(body []byte) ([]byte, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("packing the model: %w", err)
	}
	out := enc.EncodeAll(body, []byte(Magic))
	return binary.LittleEndian.AppendUint32(out, sumOf(out)), nil
}

func sumOf(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// Load reads a model from its file's bytes.
func Load(blob []byte) (*Model, error) {
	if len(blob) < len(Magic)+4 || !bytes.HasPrefix(blob, []byte(Magic)) {
		return nil, errors.New("this is no model of this version")
	}
	sum := binary.LittleEndian.Uint32(blob[len(blob)-4:])
	if sumOf(blob[:len(blob)-4]) != sum {
		return nil, errors.New("the model's file is damaged")
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxOpen))
	if err != nil {
		return nil, fmt.Errorf("unpacking the model: %w", err)
	}
	defer dec.Close()
	body, err := dec.DecodeAll(blob[len(Magic):len(blob)-4], nil)
	if err != nil {
		return nil, fmt.Errorf("unpacking the model: %w", err)
	}
	r := &reader{rest: body}
	m := &Model{name: fmt.Sprintf("%08x", sum)}
	r.floats(m.bias[:])
	for k := range m.own {
		r.floats(m.own[k][:])
	}
	r.floats(m.kindBias[:])
	r.floats(m.heat[:])
	r.table(&m.words, WordWidth)
	r.table(&m.runs, RunWidth)
	if r.short || len(r.rest) != 0 {
		return nil, errors.New("the model's file is not whole")
	}
	return m, nil
}

type reader struct {
	rest  []byte
	short bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.short = true
		return make([]byte, 8)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) floats(out []float64) {
	for i := range out {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
	}
}
