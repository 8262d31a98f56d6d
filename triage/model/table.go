package model

import "encoding/binary"

// table is rows of weights under hashed keys, in buckets of eight: the keys of each, filled from the first place on, and their rows
// right behind, so that what is found lies near what was searched. A key that is not there is taken for another about once in 2²⁸ times.
type table struct {
	lines   []byte
	buckets uint64
	stride  uint64 // bytes of a bucket
	width   int
	scale   [WordWidth]float64 // of each column of a row, in nats a unit
	filter  []uint64           // a bit for every key, so that most of what is not there needs no search
	shift   uint8              // of the filter's hash
}

const keysSize = 4 * PerLine

// table lays out the keys and rows that the file has one after the other.
func (r *reader) table(t *table, width int) {
	t.width, t.stride = width, uint64(keysSize+PerLine*width)
	r.floats(t.scale[:width])
	t.buckets = binary.LittleEndian.Uint64(r.take(8))
	if t.buckets == 0 || t.buckets > 1<<21 {
		r.short = true
		return
	}
	n := int(t.buckets)
	keys, rows := r.take(n*keysSize), r.take(n*PerLine*width)
	if r.short {
		return
	}
	bits := 10
	for 1<<bits < 4*n*PerLine {
		bits++
	}
	t.filter, t.shift = make([]uint64, 1<<(bits-6)), uint8(32-bits)
	for i := 0; i < len(keys); i += 4 {
		if key := binary.LittleEndian.Uint32(keys[i:]); key != 0 {
			h := key * hashFilter >> t.shift
			t.filter[h>>6] |= 1 << (h & 63)
		}
	}
	t.lines = make([]byte, 0, n*int(t.stride))
	free := false
	for i := range n {
		k := keys[i*keysSize : (i+1)*keysSize]
		free = free || binary.LittleEndian.Uint32(k[keysSize-4:]) == 0
		t.lines = append(t.lines, k...)
		t.lines = append(t.lines, rows[i*PerLine*width:(i+1)*PerLine*width]...)
	}
	r.short = r.short || !free // a search would not end
}

// bucket is where the search for a key begins.
func (t *table) bucket(key uint64) uint64 { return (key >> 32) * t.buckets >> 32 * t.stride }

const hashFilter = 0x9E3779B1

// may tells whether a key may be there; most that are not are denied.
func (t *table) may(key uint64) bool {
	h := (uint32(key) | 1) * hashFilter >> t.shift
	return t.filter[h>>6]>>(h&63)&1 != 0
}

// find returns the row of a key, or a negative number.
func (t *table) find(key uint64) int {
	const (
		ones = 1 | 1<<32
		tops = 1<<31 | 1<<63
	)
	if !t.may(key) {
		return -1
	}
	at := t.bucket(key)
	want := uint32(key) | 1 // 0 is an empty place
	both := uint64(want) * ones
	for {
		line := t.lines[at : at+keysSize : at+keysSize]
		a := binary.LittleEndian.Uint64(line) ^ both
		b := binary.LittleEndian.Uint64(line[8:]) ^ both
		c := binary.LittleEndian.Uint64(line[16:]) ^ both
		d := binary.LittleEndian.Uint64(line[24:]) ^ both
		if ((a-ones)&^a|(b-ones)&^b|(c-ones)&^c|(d-ones)&^d)&tops != 0 {
			for i := range PerLine {
				if binary.LittleEndian.Uint32(line[4*i:]) == want {
					return int(at) + keysSize + i*t.width
				}
			}
		}
		if binary.LittleEndian.Uint32(line[keysSize-4:]) == 0 {
			return -1
		}
		if at += t.stride; at == uint64(len(t.lines)) {
			at = 0
		}
	}
}

// lanes sums rows, every second column in sixteen bits of a word of the machine: enough for 257 rows.
type lanes struct {
	even, odd [WordWidth/8 + 1]uint64
	n         int32
}

const (
	evenByte = 0x00FF00FF00FF00FF
	offset   = 0x8080808080808080 // what makes whole numbers from -128 on numbers from 0 on
	mostRows = 256
)

// add20 adds a row of twenty columns.
func (l *lanes) add20(row []byte) {
	_ = row[19]
	a := binary.LittleEndian.Uint64(row) ^ offset
	b := binary.LittleEndian.Uint64(row[8:]) ^ offset
	c := uint64(binary.LittleEndian.Uint32(row[16:])) ^ offset>>32
	l.even[0] += a & evenByte
	l.odd[0] += a >> 8 & evenByte
	l.even[1] += b & evenByte
	l.odd[1] += b >> 8 & evenByte
	l.even[2] += c & evenByte
	l.odd[2] += c >> 8 & evenByte
	l.n++
}

// add28 adds a row of twenty-eight.
func (l *lanes) add28(row []byte) {
	_ = row[27]
	l.add20(row)
	c := uint64(binary.LittleEndian.Uint32(row[20:])) ^ offset>>32
	d := uint64(binary.LittleEndian.Uint32(row[24:])) ^ offset>>32
	l.even[2] += (c & evenByte) << 32
	l.odd[2] += (c >> 8 & evenByte) << 32
	l.even[3] += d & evenByte
	l.odd[3] += d >> 8 & evenByte
}

// into adds the sums to those of a text and begins anew.
func (l *lanes) into(sums []int32) {
	for c := range sums {
		word := l.even[c/8]
		if c&1 == 1 {
			word = l.odd[c/8]
		}
		sums[c] += int32(uint16(word>>(c%8/2*16))) - 128*l.n
	}
	*l = lanes{}
}
