package mastodon_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

// lossy does what it is asked to publish, and the answer never arrives.
func lossy(f *fake) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			f.ServeHTTP(w, r)
			return
		}
		f.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
}

// TestLostAnswers says the same words twenty times under one post, and every answer is lost. Each time
// the desk finds out that they are public, and which of the equal posts is this one; none is said twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, m := range moods() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, parent := stage(m)
			server := httptest.NewServer(lossy(f))
			t.Cleanup(server.Close)
			env := connectortest.Env(t, "mastodon", nil)
			env.Account = &connectors.Account{Server: server.URL, Handle: "acme", Keys: connectortest.Keys(desk.Grant{Access: connectortest.Secret})}
			r, ok := create(t, env, "page: 40\n"+m.config).(replier)
			if !ok {
				t.Fatal("it cannot answer")
			}
			out := outgoing(parent, "Köszönjük a jelzést! 👍")
			for i := range 20 {
				out.Key, out.StartedAt = desk.NewID(), time.Time{}
				if _, err := r.Reply(t.Context(), out); !unknown(err) {
					t.Fatalf("reply %d: %v", i, err)
				}
				out.StartedAt = now()
				if _, err := r.Reply(t.Context(), out); m.config != "" && !unknown(err) || m.config == "" && err != nil {
					t.Fatalf("reply %d, asked again: %v", i, err)
				}
				found, err := r.Find(t.Context(), out)
				if err != nil || found.Finding != desk.FoundIt || found.Receipt.Remote != desk.RemoteID(f.posts[len(f.posts)-1].id) {
					t.Fatalf("reply %d was found as %+v, %v", i, found, err)
				}
				if n := f.witness(parent, out.Text); n != i+1 {
					t.Fatalf("after %d replies the public sees %d", i+1, n)
				}
				out.Known = append(out.Known, found.Receipt)
			}
		})
	}
}

func unknown(err error) bool {
	_, is := errors.AsType[*desk.Unknown](err)
	return is
}
