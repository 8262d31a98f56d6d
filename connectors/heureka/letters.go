package heureka

import (
	"bufio"
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

var declared = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']?([A-Za-z0-9._:-]+)`)

// letters returns an export in UTF-8 while it is read, whatever it declares. Its first bytes are asked, for the declaration is not
// always true.
func letters(in io.Reader) io.Reader {
	r := bufio.NewReaderSize(in, 64<<10)
	head, _ := r.Peek(64 << 10) // a short export ends here, and a broken one fails when it is read
	if m := declared.FindSubmatch(head[:min(len(head), 1024)]); m != nil && !isUTF8(head) {
		enc, name := charset.Lookup(string(m[1]))
		if enc != nil && name != "utf-8" && name != "replacement" && !strings.HasPrefix(name, "utf-16") {
			return transform.NewReader(enc.NewDecoder().Reader(r), mixed{})
		}
	}
	return transform.NewReader(r, mixed{})
}

// isUTF8 tells whether the beginning of a text has letters beyond ASCII and is UTF-8, but for a letter that is cut at its end.
func isUTF8(head []byte) bool {
	for n := 0; n < utf8.UTFMax && len(head) > 0 && !utf8.Valid(head); n++ {
		head = head[:len(head)-1]
	}
	return utf8.Valid(head) && bytes.IndexFunc(head, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0
}

// mixed makes UTF-8 of a text that should be UTF-8: a byte that is none is read as windows-1250, in which Slovak and Czech were
// written before, and what XML forbids becomes a blank; one stray byte must not cost the whole export.
type mixed struct{ transform.NopResetter }

// Transform implements [transform.Transformer].
func (mixed) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		r, size := utf8.DecodeRune(src[nSrc:])
		if r == utf8.RuneError && size == 1 {
			if !atEOF && !utf8.FullRune(src[nSrc:]) {
				return nDst, nSrc, transform.ErrShortSrc
			}
			r = charmap.Windows1250.DecodeByte(src[nSrc])
		}
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			r = ' '
		}
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc += size
	}
	return nDst, nSrc, nil
}
