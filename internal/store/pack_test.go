package store

import (
	"bytes"
	"testing"
)

// What sites send comes back byte for byte, however it was kept; only what is long is made shorter.
func TestPack(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, small - 1, small, 10 * small, 1 << 17} {
		raw := bytes.Repeat([]byte("what the site sent \x00"), n/20+1)[:n]
		packed, err := pack(raw)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unpack(packed)
		if err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%d bytes came back as %d, %v", n, len(got), err)
		}
		if n >= small && len(packed) >= n {
			t.Errorf("%d bytes were kept in %d", n, len(packed))
		}
	}
}
