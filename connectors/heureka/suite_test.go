package heureka

import (
	"net/http"
	"os"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
)

func suite(t testing.TB, export string) connectortest.Suite {
	t.Helper()
	answer := func(name string) http.Handler {
		body, err := os.ReadFile("testdata/payloads/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("key") == "" {
				http.Error(w, "", http.StatusForbidden)
				return
			}
			w.Header().Set("Content-Type", "text/xml")
			_, _ = w.Write(body)
		})
	}
	name := map[string]string{exportShop: "export-review", exportProduct: "export-product-review"}[export]
	return connectortest.Suite{
		Spec:  Spec(),
		Cases: os.DirFS("testdata/cases"),
		Config: func(base string) string {
			return "name: h\nkind: heureka\nexport: " + export + "\nserver: " + base + "\nkey: " + connectortest.Secret + "\n"
		},
		Happy: answer(name + ".xml"),
		Empty: answer(name + ".blank.xml"),
	}
}

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite(t, exportShop))
}

func TestSuiteOfProducts(t *testing.T) {
	t.Parallel()
	s := suite(t, exportProduct)
	s.Cases = nil
	connectortest.Run(t, s)
}

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite(f, exportProduct)) }

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite(b, exportShop)) }
