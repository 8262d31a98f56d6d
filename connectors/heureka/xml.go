package heureka

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/earshotdesk/earshot/connectors/internal/written"
)

// review is one review of either export, with what is said of the product around it. Elements that are not known are stepped over.
type review struct {
	fields  map[string]string // by element in lower case
	product map[string]string // nil in the export of the shop
}

// errNoExport is what Heureka sends to a key that it does not know, as far as is known: something else than the export.
var errNoExport = errors.New("no export")

// most is the longest text of one element, in bytes; what is longer is cut.
const most = 64 << 10

// decode reads an export piece by piece and hands over its reviews until told to stop. It holds one review at a time.
func decode(in io.Reader, each func(review) bool) error {
	d := xml.NewDecoder(letters(in))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	root, product := false, map[string]string(nil)
	for {
		t, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && root:
			return nil
		case err != nil && !root:
			return whyNot(err)
		case err != nil:
			return broken(err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		name := strings.ToLower(start.Name.Local)
		switch {
		case !root:
			if name != "reviews" && name != "products" {
				return errNoExport
			}
			root = true
		case name == "product":
			product = map[string]string{}
		case name == "review":
			fields, err := elements(d, start.Name.Local)
			if err != nil {
				return broken(err)
			}
			if !each(review{fields: fields, product: product}) {
				return nil
			}
		case name == "reviews":
		default:
			said, err := content(d)
			if err != nil {
				return broken(err)
			}
			if product != nil {
				product[name] = said
			}
		}
	}
}

// elements reads the children of an element whose start was read.
func elements(d *xml.Decoder, within string) (map[string]string, error) {
	out := map[string]string{}
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == within {
				return out, nil
			}
		case xml.StartElement:
			said, err := content(d)
			if err != nil {
				return nil, err
			}
			if name := strings.ToLower(t.Name.Local); out[name] == "" && len(out) < 100 {
				out[name] = said
			}
		}
	}
}

// content reads the text of an element whose start was read, with that of all elements in it, each on a line.
func content(d *xml.Decoder) (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			b.WriteByte('\n')
		case xml.EndElement:
			depth--
		case xml.CharData:
			if b.Len() < most {
				b.Write(t[:min(len(t), most-b.Len())])
			}
		}
	}
	return written.Plain(b.String()), nil
}

// whyNot says of a document that has no root why it is no export. What a broken connection says is kept for others to judge.
func whyNot(err error) error {
	var syntax *xml.SyntaxError
	if errors.Is(err, io.EOF) || errors.As(err, &syntax) {
		return errNoExport
	}
	return err
}

// broken says that the export ends or breaks off within; the decoder's words may quote it and are not kept.
func broken(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("its XML is broken in line %d", syntax.Line)
	}
	return err
}
