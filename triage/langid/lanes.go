package langid

import "encoding/binary"

// Lanes is how many languages one row of the tables has room for.
const Lanes = 20

const (
	rowBias  = 128 // what is added to each weight so that rows hold no negative numbers
	evenByte = 0x00FF00FF00FF00FF
)

// packed sums rows of the tables, four languages in a word of the machine: sixteen bits each, enough for 257 rows.
type packed struct {
	even, odd [3]uint64
}

func (p *packed) add(row []byte) {
	_ = row[Lanes-1]
	a, b, c := binary.LittleEndian.Uint64(row), binary.LittleEndian.Uint64(row[8:]), uint64(binary.LittleEndian.Uint32(row[16:]))
	p.even[0] += a & evenByte
	p.odd[0] += a >> 8 & evenByte
	p.even[1] += b & evenByte
	p.odd[1] += b >> 8 & evenByte
	p.even[2] += c & evenByte
	p.odd[2] += c >> 8 & evenByte
}

// addTo adds the sums of n rows, each unit times, to score.
func (p *packed) addTo(score *[Lanes]int32, n, unit int32) {
	for i := 0; i < Lanes; i += 2 {
		shift := i % 8 * 8
		score[i] += (int32(uint16(p.even[i/8]>>shift)) - rowBias*n) * unit
		score[i+1] += (int32(uint16(p.odd[i/8]>>shift)) - rowBias*n) * unit
	}
}

// nibbles sums rows of four bits a language, each language in sixteen bits of its own.
type nibbles [5]uint64

const (
	nibbleBias = 8
	nibbleRow  = Lanes / 2 // bytes of a row
	nibbleMask = 0x000F000F000F000F
)

func (p *nibbles) add(row []byte) {
	_ = row[nibbleRow-1]
	a, b := binary.LittleEndian.Uint64(row), uint64(binary.LittleEndian.Uint16(row[8:]))
	p[0] += a & nibbleMask
	p[1] += a >> 4 & nibbleMask
	p[2] += a >> 8 & nibbleMask
	p[3] += a >> 12 & nibbleMask
	b = (b | b<<24) & 0x000000FF000000FF
	p[4] += (b | b<<12) & nibbleMask
}

// addTo adds the sums of n rows, each unit times, to score.
func (p *nibbles) addTo(score *[Lanes]int32, n, unit int32) {
	for l := range score {
		sum := p[4] >> (16 * (l % 4))
		if l < 16 {
			sum = p[l%4] >> (16 * (l / 4))
		}
		score[l] += (int32(uint16(sum)) - nibbleBias*n) * unit
	}
}

// Scores are in units of which this many make one natural logarithm, once they are heated.
const unitsPerNat = 256

// heatBits is how many bits of a heat are behind the point.
const heatBits = 16

// expTables hold e to the minus n and e to the minus n/256, as fractions of 1<<31.
type expTables struct {
	whole [20]uint64
	part  [unitsPerNat]uint64
}

func newExpTables() (t expTables) {
	const (
		one      = 1 << 31
		perNat   = 1580030169 // e^-1 in units of 1<<-32
		per256th = 4278222805 // e^(-1/256)
	)
	t.whole[0], t.part[0] = one, one
	for i := 1; i < len(t.whole); i++ {
		t.whole[i] = t.whole[i-1] * perNat >> 32
	}
	for i := 1; i < len(t.part); i++ {
		t.part[i] = t.part[i-1] * per256th >> 32
	}
	return t
}

// below returns e to the minus d units as a fraction of 1<<31.
func (t *expTables) below(d int32) uint64 {
	if int(d) >= len(t.whole)*unitsPerNat {
		return 0
	}
	return t.whole[d/unitsPerNat] * t.part[d%unitsPerNat] >> 31
}

// softmax returns the probabilities of the best score and of the second best, in ten-thousandths.
func (t *expTables) softmax(scores []int32, best int) (first, second int) {
	sum, next := uint64(0), uint64(0)
	for l, s := range scores {
		part := t.below(scores[best] - s)
		sum += part
		if l != best {
			next = max(next, part)
		}
	}
	return int((10000<<31 + sum/2) / sum), int((10000*next + sum/2) / sum)
}
