package heureka

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// connect makes a connector of a server that always answers the same.
func connect(t *testing.T, body []byte) (connectors.Connector, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
	t.Cleanup(server.Close)
	c, err := New(connectortest.Env(t, "heureka", nil), func(into any) error {
		*into.(*Options) = Options{Server: server.URL, Key: connectortest.Secret}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, server
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/payloads/*.xml")
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	want := map[string]int{"export-review.xml": 3, "export-product-review.xml": 1}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		if err := decode(bytes.NewReader(body), func(review) bool { n++; return true }); err != nil || n != want[filepath.Base(file)] {
			t.Errorf("%s: %d reviews, %v", file, n, err)
		}
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	const words = "Žltý kôň meškal, ďakujem ťažko"
	in := func(m *charmap.Charmap, declared string) []byte {
		b, err := m.NewEncoder().Bytes([]byte(`<?xml version="1.0" encoding="` + declared + `"?><reviews><review><summary>` + words + "\x01</summary></review></reviews>"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, body := range map[string][]byte{
		"windows-1250": in(charmap.Windows1250, "windows-1250"), "ISO 8859-2": in(charmap.ISO8859_2, "ISO-8859-2"), "a lie about UTF-8": in(charmap.Windows1250, "UTF-8"),
		"nothing declared": in(charmap.Windows1250, ""), "a lie about windows-1250": []byte(`<?xml version="1.0" encoding="windows-1250"?><reviews><review><summary>` + words + `</summary></review></reviews>`),
	} {
		got := ""
		if err := decode(bytes.NewReader(body), func(r review) bool { got = r.fields["summary"]; return true }); err != nil || got != words {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestNothingPrivateIsKept(t *testing.T) {
	t.Parallel()
	c, _ := connect(t, []byte(`<reviews><review><rating_id>1</rating_id><summary>Ok</summary><order_id>ORD-77</order_id><customer_email>jan@example.sk</customer_email><phone>0900</phone></review></reviews>`))
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 1 {
		t.Fatal(b.Mentions, err)
	}
	m := b.Mentions[0]
	all := fmt.Sprint(m) + string(m.Raw) + string(b.Next)
	for _, secret := range []string{"ORD-77", "jan@", "0900", connectortest.Secret} {
		if strings.Contains(all, secret) {
			t.Errorf("%s was kept: %s", secret, all)
		}
	}
}

func TestLinesKeepOneMark(t *testing.T) {
	t.Parallel()
	c, _ := connect(t, []byte("<reviews><review><rating_id>1</rating_id><summary>Ok</summary><pros><![CDATA[- rýchlosť\r\n• cena\r\n\r\n-30 % zľava]]></pros><cons>*</cons></review></reviews>"))
	b, err := c.Poll(t.Context(), "")
	const want = "Ok\n+ rýchlosť\n+ cena\n+ -30 % zľava"
	if err != nil || len(b.Mentions) != 1 || b.Mentions[0].Text != want {
		t.Errorf("got %+v, %v", b.Mentions, err)
	}
}

func TestWrongKey(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "Neplatný kľúč " + connectortest.Secret, "<!doctype html><p>Prihláste sa", "<error>bad key</error>"} {
		c, _ := connect(t, []byte(body))
		_, err := c.Poll(t.Context(), "")
		if !errors.Is(err, desk.ErrDenied) || strings.Contains(err.Error(), connectortest.Secret) {
			t.Errorf("%q: got %v, want a sentence about the key", body, err)
		}
		if err := c.(connectors.Checker).Check(t.Context()); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("checking %q: %v", body, err)
		}
	}
	c, server := connect(t, nil)
	server.Close()
	if _, err := c.Poll(t.Context(), ""); err == nil || strings.Contains(err.Error(), connectortest.Secret) {
		t.Errorf("the error holds the key, or there is none: %v", err)
	}
}

// endless writes reviews for ever and counts what was read.
type endless struct {
	read int
	rest []byte
}

// Read never ends.
func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.read == 0 {
			e.rest = []byte("<reviews>")
		}
		e.rest = append(e.rest, "<review><rating_id>7</rating_id><summary>Dobré</summary></review>"...)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	e.read += n
	return n, nil
}

func TestExportIsReadPieceByPiece(t *testing.T) {
	t.Parallel()
	var in endless
	n := 0
	if err := decode(&in, func(review) bool { n++; return n < 10 }); err != nil || n != 10 || in.read > 512<<10 {
		t.Errorf("%d reviews, %d bytes read, %v", n, in.read, err)
	}
	if err := decode(io.LimitReader(&endless{}, 1<<20), func(review) bool { return true }); err == nil {
		t.Error("an export that breaks off was taken for a whole one")
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	const key = "0123456789ABCDEF0123456789abcdef"
	for name, o := range map[string]Options{
		"no key": {}, "short key": {Key: "abc"}, "export": {Key: key, Export: "all"}, "country": {Key: key, Country: "hu"}, "server": {Server: "ftp://x"}, "page": {Key: key, Page: "javascript:x"},
	} {
		_, err := New(connectortest.Env(t, "heureka", nil), func(into any) error { *into.(*Options) = o; return nil })
		if !errors.Is(err, desk.ErrInvalid) || strings.Contains(fmt.Sprint(err), "abc") {
			t.Errorf("%s: %v", name, err)
		}
	}
	env := connectortest.Env(t, "heureka", nil)
	env.Account = &connectors.Account{Secret: key}
	c, err := New(env, func(into any) error { *into.(*Options) = Options{Country: "cz"}; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if got := c.(*Connector).address(state{}); got != "https://www.heureka.cz/direct/dotaznik/export-review.php?key="+key {
		t.Errorf("asks %s", got)
	}
}
