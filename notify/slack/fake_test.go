package slack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/notify"
)

const (
	token   = "xoxb-1-geheim"
	channel = "C0SUPPORT1"
)

// fake is as much of Slack's Web API as a notifier needs, with its limits. Its behaviour follows the reference of each method; that
// the calls are understood by somebody else's idea of Slack is tested against the emulator.
type fake struct {
	*testing.T
	url string

	mu       sync.Mutex
	messages []*posted
	calls    []url.Values // with the method under "method"
	answers  []answer     // to give instead, one call each
	broken   *answer      // to give to every call
}

type posted struct {
	ts, thread, text, blocks string
	broadcast                bool
}

type answer struct {
	status int
	after  string // Retry-After
	body   string
}

func says(code string) answer {
	return answer{status: 200, body: `{"ok":false,"error":"` + code + `"}`}
}

func newFake(t *testing.T) *fake {
	f := &fake{T: t}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL + "/api"
	return f
}

// notifier returns a notifier on the fake.
func (f *fake) notifier(set ...func(*Options)) *Notifier {
	f.Helper()
	o := Options{Token: token, Channel: "#support", APIURL: f.url}
	for _, s := range set {
		s(&o)
	}
	n, err := New(notify.Env{Target: "team"}, o)
	if err != nil {
		f.Fatal(err)
	}
	return n
}

func (f *fake) next(a ...answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers = append(f.answers, a...)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		f.Error(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	r.PostForm.Set("method", method)
	f.calls = append(f.calls, r.PostForm)
	a := f.broken
	if a == nil && len(f.answers) > 0 {
		a, f.answers = &f.answers[0], f.answers[1:]
	}
	if a != nil {
		if a.after != "" {
			w.Header().Set("Retry-After", a.after)
		}
		w.WriteHeader(a.status)
		_, _ = fmt.Fprint(w, a.body)
		return
	}
	body, _ := json.Marshal(f.serve(method, r.PostForm))
	_, _ = w.Write(body)
}

func (f *fake) serve(method string, q url.Values) map[string]any {
	refuse := func(code string) map[string]any { return map[string]any{"ok": false, "error": code} }
	switch {
	case q.Get("token") != token:
		return refuse("invalid_auth")
	case method == "auth.test":
		return map[string]any{"ok": true, "user_id": "U0BOT"}
	case q.Get("channel") != channel && q.Get("channel") != "#support":
		return refuse("channel_not_found")
	case q.Get("text") == "" && q.Get("blocks") == "":
		return refuse("no_text")
	}
	if faults := checkBlocks(q.Get("blocks")); len(faults) > 0 {
		f.Errorf("Slack would refuse the blocks: %s\n%.400s", strings.Join(faults, "; "), q.Get("blocks"))
		return refuse("invalid_blocks")
	}
	switch method {
	case "chat.postMessage":
		p := &posted{ts: fmt.Sprintf("17000000.%06d", len(f.messages)+1), thread: q.Get("thread_ts"), text: q.Get("text"), blocks: q.Get("blocks"),
			broadcast: q.Get("reply_broadcast") == "true"}
		f.messages = append(f.messages, p)
		return map[string]any{"ok": true, "channel": channel, "ts": p.ts}
	case "chat.update":
		for _, p := range f.messages {
			if p.ts == q.Get("ts") && q.Get("channel") == channel {
				p.text, p.blocks = q.Get("text"), q.Get("blocks")
				return map[string]any{"ok": true, "channel": channel, "ts": p.ts, "text": p.text}
			}
		}
		return refuse("message_not_found")
	}
	return refuse("unknown_method")
}

// standing returns the messages of the channel itself, without their threads.
func (f *fake) standing() (out []posted) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.messages {
		if p.thread == "" {
			out = append(out, *p)
		}
	}
	return out
}

func (f *fake) reminders() (out []posted) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.messages {
		if p.thread != "" {
			out = append(out, *p)
		}
	}
	return out
}

// said is everything that stands in the channel, with JSON and entities undone.
func (f *fake) said() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var b strings.Builder
	for _, p := range f.messages {
		b.WriteString(p.text + "\n")
		walk(p.blocks, func(_ string, node map[string]any) {
			for _, key := range []string{"text", "url"} {
				if s, ok := node[key].(string); ok {
					b.WriteString(s + "\n")
				}
			}
		})
	}
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(b.String())
}

// walk visits every object of a JSON text; parent is the key that it, or the list around it, stands under.
func walk(text string, visit func(parent string, node map[string]any)) {
	var root any
	if json.Unmarshal([]byte(text), &root) != nil {
		return
	}
	var down func(parent string, v any)
	down = func(parent string, v any) {
		switch v := v.(type) {
		case map[string]any:
			visit(parent, v)
			for key, child := range v {
				down(key, child)
			}
		case []any:
			for _, child := range v {
				down(parent, child)
			}
		}
	}
	down("", root)
}

// receipt is where the first message stands.
func (f *fake) receipt() desk.Receipt {
	return desk.Receipt{Remote: desk.RemoteID(f.standing()[0].ts), Channel: channel}
}
