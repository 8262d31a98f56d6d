package feed_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/connectors/feed"
)

const happy = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Minta</title><link>https://blog.example/</link>
<item><title>First</title><link>https://blog.example/1</link><guid>1</guid><pubDate>Thu, 19 Nov 2026 08:00:00 GMT</pubDate><description>The shop kept its word.</description></item>
<item><title>Second</title><link>https://blog.example/2</link><guid>2</guid><pubDate>Fri, 20 Nov 2026 08:00:00 GMT</pubDate><description>The parcel never came.</description></item>
</channel></rss>`

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite())
}

func FuzzPoll(f *testing.F) { connectortest.Fuzz(f, suite()) }

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec:  feed.Spec(),
		Cases: os.DirFS("testdata/cases"),
		Config: func(base string) string {
			return fmt.Sprintf("url: %s/feed.xml?token=%s\nuser: desk\npassword: %s\nheaders: {X-Api-Key: %s}\n",
				base, connectortest.Secret, connectortest.Secret, connectortest.Secret)
		},
		Happy: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"one"`)
			if r.Header.Get("If-None-Match") == `"one"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = io.WriteString(w, happy)
		}),
		Empty: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>Nothing yet</title></channel></rss>`)
		}),
	}
}
