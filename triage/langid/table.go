package langid

import "encoding/binary"

// table finds rows by hashes. It has two places for every row, each of four bytes: sixteen bits of a hash and the number of its
// row, or nothing. A hash that is not there is taken for one that is about twice in 65536 times.
type table struct {
	places []byte
	rows   []byte
	count  uint64 // of places
}

const (
	placeSize = 4
	maxRows   = 1 << 16
)

// tableSize is how many bytes a table of n rows takes.
func tableSize(n int) int { return n * (2*placeSize + Lanes) }

func newTable(blob []byte, n int) table {
	return table{places: blob[:2*n*placeSize], rows: blob[2*n*placeSize:], count: uint64(2 * n)}
}

// find returns the row of a hash, nil when there is none.
func (t *table) find(hash uint64) []byte {
	at, want := hash>>32*t.count>>32, keyOf(hash)
	for {
		p := binary.LittleEndian.Uint32(t.places[at*placeSize:])
		if p&0xFFFF == want {
			return t.rows[int(p>>16)*Lanes:]
		}
		if p == 0 {
			return nil
		}
		if at++; at == t.count {
			at = 0
		}
	}
}

// keyOf is what a table keeps of a hash beside its place; never 0, which marks an empty place.
func keyOf(hash uint64) uint32 { return max(uint32(hash>>8)&0xFFFF, 1) }

// fill writes the rows of hashes into an empty table.
func (t *table) fill(hashes []uint64, rows [][Lanes]int8) {
	le := binary.LittleEndian
	for i, hash := range hashes {
		at := hash >> 32 * t.count >> 32
		for le.Uint32(t.places[at*placeSize:]) != 0 {
			at = (at + 1) % t.count
		}
		le.PutUint32(t.places[at*placeSize:], keyOf(hash)|uint32(i)<<16)
		for l, x := range rows[i] {
			t.rows[i*Lanes+l] = byte(int(x) + rowBias)
		}
	}
}

// sound tells whether every place names a row and a search ends.
func (t *table) sound() bool {
	rows, room := uint32(t.count/2), false
	for i := 0; i < len(t.places); i += placeSize {
		p := binary.LittleEndian.Uint32(t.places[i:])
		room = room || p == 0
		if p != 0 && p>>16 >= rows {
			return false
		}
	}
	return room
}
