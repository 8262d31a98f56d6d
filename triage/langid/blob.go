package langid

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
)

// The blob is little-endian: a head of headSize bytes, the [table] of words, the rows of runs of letters with four bits for each
// language, and the SHA-256 of all that. In the head:
//
//	 0  "ELID", the version (2 bytes), Lanes (1), longest run (1)
//	 8  rows of words (4), log2 of the rows of runs (2), floor (2)
//	16  how much a unit of the rows of words counts (2), and one of the rows of runs (2)
//	20  heats by length (Lengths times 4), then what a hint is worth by length (as many)
//	104 the languages of both groups: Lanes times label (8), bias (4), prior (4)
const (
	magic      = "ELID"
	version    = 1
	headSize   = 1024
	heatsAt    = 20
	hintsAt    = heatsAt + 4*Lengths
	groupsAt   = 104
	entrySize  = 16
	groupCount = 2
)

// Lengths is how many Lengths of texts are told apart.
const Lengths = 10

// LengthOf is the class of length of a text by the number of its words.
func LengthOf(words int) int {
	switch {
	case words <= 4:
		return max(words-1, 0)
	case words <= 6:
		return 4
	case words <= 9:
		return 5
	case words <= 14:
		return 6
	case words <= 24:
		return 7
	case words <= 40:
		return 8
	}
	return 9
}

// Model is a loaded model. It keeps the blob that it was loaded from and reads it in place.
type Model struct {
	words              table
	grams              []byte
	shift              uint
	groups             [groupCount]group
	longest            int
	wordUnit, gramUnit int32
	floor              int
	heat, bonus        [Lengths]int32
	exp                expTables
	version            string
	blob               []byte
}

// group is a set of languages of one script, by lane.
type group struct {
	labels, hints []string
	bias          [Lanes]int32 // in units of score
	prior         [Lanes]int32 // in units of probability: how much less likely a language is than the others, whatever the text
}

// Load reads a model. The blob must not change afterwards.
func Load(blob []byte) (*Model, error) {
	if len(blob) < headSize+sha256.Size || string(blob[:4]) != magic {
		return nil, errors.New("this is no model of languages")
	}
	le := binary.LittleEndian
	if v := le.Uint16(blob[4:]); v != version || blob[6] != Lanes {
		return nil, fmt.Errorf("the model of languages has version %d with %d lanes, this program reads version %d with %d", v, blob[6], version, Lanes)
	}
	body := blob[:len(blob)-sha256.Size]
	sum := sha256.Sum256(body)
	if !bytes.Equal(sum[:], blob[len(body):]) {
		return nil, errors.New("the model of languages is damaged: its digest does not fit")
	}
	words, bits := int(le.Uint32(blob[8:])), int(le.Uint16(blob[12:]))
	if words < 1 || words > maxRows || bits < 1 || bits > 24 || len(body) != headSize+tableSize(words)+nibbleRow<<bits {
		return nil, errors.New("the model of languages is damaged: its tables do not fit")
	}
	m := &Model{
		words: newTable(body[headSize:headSize+tableSize(words)], words), grams: body[headSize+tableSize(words):], shift: uint(32 - bits),
		longest: int(blob[7]), floor: int(le.Uint16(blob[14:])), wordUnit: int32(le.Uint16(blob[16:])), gramUnit: int32(le.Uint16(blob[18:])),
		exp: newExpTables(), version: hex.EncodeToString(sum[:6]), blob: blob,
	}
	for i := range Lengths {
		m.heat[i], m.bonus[i] = int32(le.Uint32(blob[heatsAt+4*i:])), int32(le.Uint32(blob[hintsAt+4*i:]))
	}
	m.readGroups(blob)
	if len(m.groups[0].labels) == 0 || len(m.groups[1].labels) == 0 || !m.words.sound() {
		return nil, errors.New("the model of languages is damaged: its languages or tables make no sense")
	}
	return m, nil
}

func (m *Model) readGroups(blob []byte) {
	at := groupsAt
	for i := range m.groups {
		g := &m.groups[i]
		for l := range Lanes {
			entry := blob[at : at+entrySize]
			at += entrySize
			label := string(bytes.TrimRight(entry[:8], "\x00"))
			if label == "" || len(g.labels) < l {
				continue
			}
			hint := label
			if label == "el-latn" {
				hint = "el"
			}
			g.labels, g.hints = append(g.labels, label), append(g.hints, hint)
			g.bias[l], g.prior[l] = int32(binary.LittleEndian.Uint32(entry[8:])), int32(binary.LittleEndian.Uint32(entry[12:]))
		}
	}
}

// Bytes is the blob that the model was loaded from.
func (m *Model) Bytes() []byte { return m.blob }

// Version names the model by its digest.
func (m *Model) Version() string { return m.version }

// Languages lists the labels of the Latin script and those of the Cyrillic one.
func (m *Model) Languages() (latin, cyrillic []string) { return m.groups[0].labels, m.groups[1].labels }

// Parts are what a trainer makes a model of.
type Parts struct {
	Labels   [groupCount][]string // of the Latin and the Cyrillic script, at most Lanes each
	Bias     [groupCount][Lanes]int32
	Prior    [groupCount][Lanes]float64 // in natural logarithms, 0 for most
	Longest  int                        // the longest run of letters
	Bits     int                        // there are 1 << Bits rows of runs
	Grams    [][Lanes]int8              // what runs say, -8 to 7, by the top bits of their hashes, see [Word.Grams]
	GramUnit int                        // how many units of score one of these counts
	Words    []uint64                   // hashes of words, see [Word.Hash]; at most 65536
	Rows     [][Lanes]int8              // what they say, -127 to 127
	RowUnit  int                        // how many units of score one of these counts
	Floor    int                        // below this probability there is no label, in ten-thousandths
	Heat     [Lengths]float64           // natural logarithms per unit of score, by length class
	Hint     [Lengths]float64           // what a hint is worth in natural logarithms
}

// Encode writes the model that [Load] reads.
func (p *Parts) Encode() []byte {
	words := tableSize(len(p.Words))
	size := headSize + words + nibbleRow<<p.Bits
	blob := make([]byte, size, size+sha256.Size)
	le := binary.LittleEndian
	copy(blob, magic)
	le.PutUint16(blob[4:], version)
	blob[6], blob[7] = Lanes, byte(p.Longest)
	le.PutUint32(blob[8:], uint32(len(p.Words)))
	le.PutUint16(blob[12:], uint16(p.Bits))
	le.PutUint16(blob[14:], uint16(p.Floor))
	le.PutUint16(blob[16:], uint16(p.RowUnit))
	le.PutUint16(blob[18:], uint16(p.GramUnit))
	for i := range Lengths {
		le.PutUint32(blob[heatsAt+4*i:], uint32(int32(p.Heat[i]*unitsPerNat*(1<<heatBits)+0.5)))
		le.PutUint32(blob[hintsAt+4*i:], uint32(int32(p.Hint[i]*unitsPerNat+0.5)))
	}
	p.putGroups(blob)
	t := newTable(blob[headSize:headSize+words], len(p.Words))
	t.fill(p.Words, p.Rows)
	grams := blob[headSize+words:]
	for i := range p.Grams {
		for l, x := range p.Grams[i] {
			grams[i*nibbleRow+l/2] |= byte(x+nibbleBias) << (l % 2 * 4)
		}
	}
	sum := sha256.Sum256(blob)
	return append(blob, sum[:]...)
}

func (p *Parts) putGroups(blob []byte) {
	for g := range groupCount {
		for l, label := range p.Labels[g] {
			entry := blob[groupsAt+(g*Lanes+l)*entrySize:]
			copy(entry[:8], label)
			binary.LittleEndian.PutUint32(entry[8:], uint32(p.Bias[g][l]))
			binary.LittleEndian.PutUint32(entry[12:], uint32(int32(math.Round(p.Prior[g][l]*unitsPerNat))))
		}
	}
}
