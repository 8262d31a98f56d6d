package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/earshotdesk/earshot/internal/markup"
)

// unzip undoes a compression that the server did not tell about. The limit counts after it, in bytes.
func unzip(body []byte, limit int64) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	zip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("the answer looks like gzip but is damaged")
	}
	plain, err := io.ReadAll(io.LimitReader(zip, limit+1))
	if err != nil {
		return nil, errors.New("the answer is gzip that breaks off or is damaged")
	}
	if int64(len(plain)) > limit {
		return nil, fmt.Errorf("the answer is larger than %d MiB after decompression, the limit", limit>>20)
	}
	return plain, nil
}

var xmlProlog = regexp.MustCompile(`^\s*<\?xml[^>]{0,400}\?>`)

// toUTF8 returns the document in UTF-8, without a mark at its start and without an XML declaration, whatever the server, the
// declaration or the mark claim.
func toUTF8(body []byte, contentType, language string) []byte {
	body = markup.UTF8(body, contentType, language)
	if at := xmlProlog.FindIndex(body[:min(len(body), 1024)]); at != nil {
		body = body[at[1]:]
	}
	return withoutControls(body)
}

// withoutControls replaces what XML forbids; one stray byte must not cost the whole feed.
func withoutControls(body []byte) []byte {
	if bytes.IndexFunc(body, forbidden) < 0 {
		return body
	}
	return bytes.Map(func(r rune) rune {
		if forbidden(r) {
			return ' '
		}
		return r
	}, body)
}

func forbidden(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}
