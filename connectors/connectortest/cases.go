package connectortest

import (
	"encoding/json"
	"flag"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

// update is the flag of all test programs of connectors.
var update = flag.Bool("update", false, "write what the cases want anew")

// Updating tells whether the tests are run with -update: they write what they would compare with.
func Updating() bool { return *update }

// casesDir is where -update writes; the tests of a package run in its folder.
const casesDir = "testdata/cases"

// script is the other side of a case: what is asked, and what the network answers.
type script struct {
	Polls     int        `yaml:"polls"` // how often the connector is polled; once when absent
	Exchanges []exchange `yaml:"exchanges"`
}

// exchange is one request and its answer. {{url}} in any text stands for the server's address.
type exchange struct {
	Path    string            `yaml:"path"`   // with the query, when it has one
	Expect  map[string]string `yaml:"expect"` // headers that the request must have; "" when it must not
	Body    string            `yaml:"body"`
	File    string            `yaml:"file"` // instead of body: a file beside it, sent byte for byte
	Status  int               `yaml:"status"`
	Headers map[string]string `yaml:"headers"`
	Repeat  bool              `yaml:"repeat"` // answers any number of times
}

// outcome is what one poll gave, as want.json has it.
type outcome struct {
	Mentions []map[string]any `json:"mentions,omitempty"`
	Gone     []desk.RemoteID  `json:"gone,omitempty"`
	Poison   []string         `json:"poison,omitempty"`
	More     bool             `json:"more,omitempty"`
	Gap      string           `json:"gap,omitempty"`
	Wait     string           `json:"wait,omitempty"`
	Error    string           `json:"error,omitempty"`
}

// cases plays every folder.
func (s Suite) cases(t *testing.T) {
	dirs, err := fs.ReadDir(s.Cases, ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) == 0 {
		t.Fatal("there is no case")
	}
	for _, d := range dirs {
		if d.IsDir() {
			t.Run(d.Name(), func(t *testing.T) { t.Parallel(); s.play(t, d.Name()) })
		}
	}
}

func (s Suite) play(t *testing.T, name string) {
	var sc script
	text := s.read(t, path.Join(name, "http.yaml"))
	if err := yaml.UnmarshalWithOptions([]byte(text), &sc, yaml.Strict()); err != nil {
		t.Fatalf("http.yaml: %v", err)
	}
	p := &player{t: t, s: s, dir: name, left: sc.Exchanges}
	server := serve(t, p)
	p.base = server.URL
	config := strings.ReplaceAll(s.read(t, path.Join(name, "config.yaml")), "{{url}}", server.URL)
	c := s.connectWith(t, server.URL, config, nil)
	var got []outcome
	var cursor connectors.Cursor
	for range max(1, sc.Polls) {
		b, err := s.poll(t, t.Context(), c, cursor)
		cursor = b.Next
		got = append(got, p.outcome(b, err))
	}
	for _, e := range p.left {
		if !e.Repeat {
			t.Errorf("nobody asked for %s", e.Path)
		}
	}
	s.compare(t, name, got)
}

func (s Suite) compare(t *testing.T, name string, got []outcome) {
	t.Helper()
	have, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if Updating() {
		if err := os.WriteFile(filepath.Join(casesDir, name, "want.json"), append(have, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Log("want.json was written anew")
		return
	}
	var want, again any
	if err := json.Unmarshal([]byte(s.read(t, path.Join(name, "want.json"))), &want); err != nil {
		t.Fatalf("want.json: %v", err)
	}
	if err := json.Unmarshal(have, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("not as in want.json (-want +got):\n%s", diff)
	}
}

func (s Suite) read(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(s.Cases, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// player is the network of one case.
type player struct {
	t    *testing.T
	s    Suite
	dir  string
	base string

	mu   sync.Mutex
	left []exchange
}

// ServeHTTP answers with the first exchange that is left for the path.
func (p *player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, e := range p.left {
		if e.Path != r.URL.RequestURI() {
			continue
		}
		if !e.Repeat {
			p.left = append(p.left[:i:i], p.left[i+1:]...)
		}
		p.answer(w, r, e)
		return
	}
	p.t.Errorf("unexpected request %s %s", r.Method, r.URL.RequestURI())
	http.Error(w, "no such exchange", http.StatusTeapot)
}

func (p *player) answer(w http.ResponseWriter, r *http.Request, e exchange) {
	for name, want := range e.Expect {
		if got := r.Header.Get(name); got != strings.ReplaceAll(want, "{{url}}", p.base) {
			p.t.Errorf("%s: header %s is %q, want %q", e.Path, name, got, want)
		}
	}
	for name, value := range e.Headers {
		w.Header().Set(name, strings.ReplaceAll(value, "{{url}}", p.base))
	}
	body := strings.ReplaceAll(e.Body, "{{url}}", p.base)
	if e.File != "" {
		body = p.s.read(p.t, path.Join(p.dir, e.File))
	}
	if e.Status != 0 {
		w.WriteHeader(e.Status)
	}
	_, _ = io.WriteString(w, body)
}

// outcome puts a poll's result into the form of want.json: without the server's port, zero values and raw bytes.
func (p *player) outcome(b connectors.Batch, err error) outcome {
	o := outcome{Gone: b.Gone, More: b.More}
	if b.Wait > 0 {
		o.Wait = b.Wait.String()
	}
	if b.Gap != nil {
		o.Gap = b.Gap.Note
	}
	for _, poison := range b.Poison {
		o.Poison = append(o.Poison, poison.Err)
	}
	for _, m := range b.Mentions {
		m.SeenAt, m.Raw = m.SeenAt.Truncate(0), nil
		o.Mentions = append(o.Mentions, p.flat(m))
	}
	if err != nil {
		o.Error = p.portless(err.Error())
	}
	return o
}

func (p *player) portless(s string) string { return strings.ReplaceAll(s, p.base, "{{url}}") }

func (p *player) flat(m desk.Mention) map[string]any {
	b, err := json.Marshal(m)
	if err != nil {
		p.t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal([]byte(p.portless(string(b))), &all); err != nil {
		p.t.Fatal(err)
	}
	for _, same := range []string{"SeenAt", "Source", "Brand", "Raw"} { // the same in all, or not the connector's
		delete(all, same)
	}
	return withoutZero(all)
}

func withoutZero(m map[string]any) map[string]any {
	for name, value := range m {
		if inner, ok := value.(map[string]any); ok {
			m[name] = withoutZero(inner)
			if len(inner) == 0 {
				delete(m, name)
			}
			continue
		}
		switch value {
		case nil, "", 0.0, false, "0001-01-01T00:00:00Z":
			delete(m, name)
		}
	}
	return m
}
