package reviewpage

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

const happyPage = `<!doctype html><html lang="hu"><head><meta charset="utf-8"><title>Kávédaráló</title><link rel="next" href="/reviews?page=2">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"Product","name":"Kávédaráló","review":[
{"@type":"Review","@id":"https://bolt.example/r/9007199254740993","author":{"@type":"Person","name":"Éva"},"datePublished":"2026-11-18","reviewRating":{"ratingValue":"4,5"},"reviewBody":"Jó &amp; gyors"},
{"@type":"Review","author":"Péter","datePublished":"2026-11-17","reviewBody":"Lassú szállítás","comment":{"@type":"Comment","text":"Elnézést!"}}]}</script></head><body><h1>Kávédaráló</h1></body></html>`

func happy(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path + "?" + r.URL.RawQuery {
	case "/robots.txt?":
		_, _ = io.WriteString(w, "User-agent: *\nDisallow: /admin\n")
	case "/reviews?":
		_, _ = io.WriteString(w, happyPage)
	case "/reviews?page=2":
		_, _ = io.WriteString(w, strings.NewReplacer(`<link rel="next" href="/reviews?page=2">`, "", "9007199254740993", "9007199254740995", "2026-11-17", "2025-01-17", "Jó", "Kiváló").Replace(happyPage))
	default:
		http.NotFound(w, r)
	}
}

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec:  Spec(),
		Cases: os.DirFS("testdata/cases"),
		Config: func(base string) string {
			return "name: page\nkind: reviewpage\nurl: " + base + "/reviews\npace: 0s\n"
		},
		Happy: http.HandlerFunc(happy),
		Empty: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/reviews" {
				http.NotFound(w, r)
				return
			}
			_, _ = io.WriteString(w, "<!doctype html><title>Kávédaráló</title><p>Legyél az első, aki véleményt ír!")
		}),
	}
}

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite())
}

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite()) }

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }
