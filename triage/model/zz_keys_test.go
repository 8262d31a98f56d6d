package model

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/text"
)

func TestZKeys(t *testing.T) {
	raw, _ := os.ReadFile("../testdata/golden.tsv")
	lines := strings.Split(string(raw), "\n")
	lines = append(lines, strings.Repeat(string(raw), 2), "", "!!! :) :) wow 😡😡 #ok @a http://x.y", string([]byte{0xff, 0xfe, 'a'}), strings.Repeat("a", 500))
	h := fnv.New64()
	n, r := 0, 0
	for _, l := range lines {
		var d text.Doc
		d.Read(l)
		Features(&d, func(f Feature) {
			n++
			_ = binary.Write(h, binary.LittleEndian, f.Key)
			fmt.Fprint(h, f.Unit, string(f.Word))
			if f.Word != nil {
				k := 0
				Runs(f.Word, func(key uint64) { r++; k++; _ = binary.Write(h, binary.LittleEndian, key) })
				if k != runsOf(f.Word) {
					t.Error(k, runsOf(f.Word))
				}
			}
		})
	}
	t.Logf("%x %d %d", h.Sum64(), n, r)
}
