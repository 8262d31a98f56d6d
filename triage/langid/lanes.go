package langid

import "encoding/binary"

// Lanes is how many languages one row of the tables has room for.
const Lanes = 24

const (
	rowBias  = 128 // what is added to each weight so that rows hold no negative numbers
	evenByte = 0x00FF00FF00FF00FF
)

// packed sums rows of the tables, four languages in a word of the machine: sixteen bits each, enough for 257 rows.
type packed struct {
	even, odd [Lanes / 8]uint64
}

func (p *packed) add(row []byte) {
	_ = row[Lanes-1]
	a, b, c := binary.LittleEndian.Uint64(row), binary.LittleEndian.Uint64(row[8:]), binary.LittleEndian.Uint64(row[16:])
	p.even[0] += a & evenByte
	p.odd[0] += a >> 8 & evenByte
	p.even[1] += b & evenByte
	p.odd[1] += b >> 8 & evenByte
	p.even[2] += c & evenByte
	p.odd[2] += c >> 8 & evenByte
}

// addTo adds the sums of n rows, each unit times, to score.
func (p *packed) addTo(score *[Lanes]int32, n, unit int32) {
	for i := range p.even {
		even, odd := p.even[i], p.odd[i]
		for k := 0; k < 8; k += 2 {
			score[8*i+k] += (int32(uint16(even)) - rowBias*n) * unit
			score[8*i+k+1] += (int32(uint16(odd)) - rowBias*n) * unit
			even >>= 16
			odd >>= 16
		}
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

// softmax returns the probability of the best score among all, in ten-thousandths.
func (m *Model) softmax(scores []int32, best int32) int {
	sum := uint64(0)
	for _, s := range scores {
		d := uint32(best - s)
		if d < uint32(len(m.exp.whole)*unitsPerNat) {
			sum += m.exp.whole[d/unitsPerNat] * m.exp.part[d%unitsPerNat] >> 31
		}
	}
	return int((10000<<31 + sum/2) / sum)
}
