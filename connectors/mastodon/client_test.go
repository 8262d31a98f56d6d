package mastodon_test

import (
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/realsrv"
)

// TestAnIndependentClient lets Debian's client for Mastodon work with the fake, in both moods: what the fake is taken for by others is
// what the connector is tested against.
func TestAnIndependentClient(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3" // Debian's own: that one has its packages
	if err := exec.Command(python, "-c", "import mastodon").Run(); err != nil {
		realsrv.Need(t, "Debian's client for Mastodon", "apt-get install -y --no-install-recommends python3-mastodon")
	}
	for name, m := range moods() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(now, m.gts, m.header)
			server := httptest.NewServer(f)
			t.Cleanup(server.Close)
			out, err := exec.CommandContext(t.Context(), python, "testdata/client.py", server.URL, f.user("acme").token, f.user("mira").token).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var got map[string]any
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			answers := 2.0
			if m.header {
				answers = 1
			}
			want := map[string]any{
				"us": "acme", "newest": []any{1.0, 1.0}, "older": true, "newer": true, "min_id": true, "since_id": true, "tag": 5.0,
				"idempotent": m.header, "answers": answers, "parent": true, "told": true, "deleted": true,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("what the client saw (-want +got):\n%s", diff)
			}
		})
	}
}
