package langid

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
)

// The blob is little-endian: a head of headSize bytes, the keys of the words (two bytes each), their rows, the rows of the runs
// of letters (Lanes bytes each), and the SHA-256 of all that. In the head:
//
//	 0  "ELID", the version (2 bytes), Lanes (1), longest run (1)
//	 8  slots of the word table (4), bits of the other table (1), log2 of the unit of word rows (1), floor (2)
//	16  heats by length (Lengths times 4), then what a hint is worth by length (as many)
//	96  the languages of both groups: 24 times label (8), bias (4), reserved (4)
const (
	magic      = "ELID"
	version    = 1
	headSize   = 1024
	heatsAt    = 16
	hintsAt    = heatsAt + 4*Lengths
	groupsAt   = 96
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
	keys, rows, grams []byte
	groups            [groupCount]group
	longest           int
	shift             uint
	wordUnit          int32
	floor             int
	heat, bonus       [Lengths]int32
	exp               expTables
	version           string
	blob              []byte
}

// group is a set of languages of one script, by lane.
type group struct {
	labels, hints []string
	bias          [Lanes]int32
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
	slots, bits := int(le.Uint32(blob[8:])), int(blob[12])
	if slots < 1 || slots > 1<<24 || bits < 1 || bits > 24 || len(body) != headSize+slots*(2+Lanes)+Lanes<<bits {
		return nil, errors.New("the model of languages is damaged: its tables do not fit")
	}
	m := &Model{
		keys: body[headSize : headSize+2*slots], rows: body[headSize+2*slots : headSize+(2+Lanes)*slots], grams: body[headSize+(2+Lanes)*slots:],
		longest: int(blob[7]), shift: uint(32 - bits), wordUnit: 1 << (blob[13] & 7), floor: int(le.Uint16(blob[14:])),
		exp: newExpTables(), version: hex.EncodeToString(sum[:6]), blob: blob,
	}
	for i := range Lengths {
		m.heat[i], m.bonus[i] = int32(le.Uint32(blob[heatsAt+4*i:])), int32(le.Uint32(blob[hintsAt+4*i:]))
	}
	m.readGroups(blob)
	if len(m.groups[0].labels) == 0 || len(m.groups[1].labels) == 0 || !m.hasRoom() {
		return nil, errors.New("the model of languages is damaged: it has no languages or no end of words")
	}
	return m, nil
}

// hasRoom tells whether a search in the table of words ends.
func (m *Model) hasRoom() bool {
	for i := 0; i < len(m.keys); i += 2 {
		if m.keys[i]|m.keys[i+1] == 0 {
			return true
		}
	}
	return false
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
			g.bias[l] = int32(binary.LittleEndian.Uint32(entry[8:]))
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
	Longest  int              // the longest run of letters
	Bits     int              // the table of runs has this many bits
	Grams    [][Lanes]int8    // 1 << Bits rows
	Words    []uint64         // hashes, see [Word.Hash]
	Rows     [][Lanes]int8    // of the words
	UnitBits int              // rows of words count 1 << UnitBits as much
	Floor    int              // below this probability there is no label, in ten-thousandths
	Heat     [Lengths]float64 // natural logarithms per unit of score, by length class
	Hint     [Lengths]float64 // what a hint is worth in natural logarithms
}

// Encode writes the model that [Load] reads.
func (p *Parts) Encode() []byte {
	slots := len(p.Words)*5/4 + 1
	blob := make([]byte, headSize+slots*(2+Lanes)+Lanes<<p.Bits, headSize+slots*(2+Lanes)+Lanes<<p.Bits+sha256.Size)
	le := binary.LittleEndian
	copy(blob, magic)
	le.PutUint16(blob[4:], version)
	blob[6], blob[7] = Lanes, byte(p.Longest)
	le.PutUint32(blob[8:], uint32(slots))
	blob[12], blob[13] = byte(p.Bits), byte(p.UnitBits)
	le.PutUint16(blob[14:], uint16(p.Floor))
	for i := range Lengths {
		le.PutUint32(blob[heatsAt+4*i:], uint32(int32(p.Heat[i]*unitsPerNat*(1<<heatBits)+0.5)))
		le.PutUint32(blob[hintsAt+4*i:], uint32(int32(p.Hint[i]*unitsPerNat+0.5)))
	}
	for g := range groupCount {
		for l, label := range p.Labels[g] {
			entry := blob[groupsAt+(g*Lanes+l)*entrySize:]
			copy(entry[:8], label)
			le.PutUint32(entry[8:], uint32(p.Bias[g][l]))
		}
	}
	keys, rows := blob[headSize:], blob[headSize+2*slots:]
	for i := range slots * Lanes {
		rows[i] = rowBias
	}
	for i, hash := range p.Words {
		at := int(hash >> 32 * uint64(slots) >> 32)
		for le.Uint16(keys[2*at:]) != 0 {
			at = (at + 1) % slots
		}
		le.PutUint16(keys[2*at:], keyOf(hash))
		putRow(rows[at*Lanes:], &p.Rows[i])
	}
	for i := range p.Grams {
		putRow(rows[(slots+i)*Lanes:], &p.Grams[i])
	}
	sum := sha256.Sum256(blob)
	return append(blob, sum[:]...)
}

func putRow(dst []byte, row *[Lanes]int8) {
	for l, x := range row {
		dst[l] = byte(int(x) + rowBias)
	}
}

// keyOf is what the table keeps of a word's hash beside its place; never 0, which marks an empty place.
func keyOf(hash uint64) uint16 { return max(uint16(hash), 1) }
