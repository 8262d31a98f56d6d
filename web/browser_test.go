package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chrome starts a browser of its own, or skips with the command that installs one.
func chrome(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		missing(t, "no browser: apt-get install chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 900))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // the first call must carry no deadline
		t.Fatalf("starting the browser: %v", err)
	}
	limited, cancel := context.WithTimeout(ctx, 6*time.Minute) // a busy machine takes three
	t.Cleanup(cancel)
	return limited
}

// missing skips, or fails where everything must be there.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("EARSHOT_REQUIRE_REAL") == "1" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(limited, actions...); err != nil {
		shot(t, ctx, "failed-"+t.Name())
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return got
}

// signIn gives the browser a session.
func (s *site) signIn(ctx context.Context) {
	s.t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(s.URL+"/healthz")); err != nil {
		s.t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.cookie = "earshot=session-`+string(s.as)+`; path=/"`)); err != nil {
		s.t.Fatal(err)
	}
}

// finding is one complaint of axe.
type finding struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML string `json:"html"`
		Why  string `json:"failureSummary"`
	} `json:"nodes"`
}

// until waits for a condition in the page; the deadline of the context ends it.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	script := `new Promise((done) => { const end = Date.now() + 8000; const look = () => { let ok = false; try { ok = !!(` + condition +
		`); } catch {} if (ok) done(true); else if (Date.now() > end) done(false); else setTimeout(look, 25); }; look(); })`
	for range 20 { // a page that goes away takes the question with it: ask the next one
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise))
		switch {
		case ok:
			return
		case err == nil || ctx.Err() != nil:
			shot(t, ctx, "failed-"+t.Name())
			t.Fatalf("never became true: %s (%v)", condition, err)
		}
	}
	t.Fatalf("the pages kept going away: %s", condition)
}

// shot keeps a picture in the folder EARSHOT_SHOTS, for people to look at.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("EARSHOT_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "_")+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

func axeScript(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if errors.Is(err, os.ErrNotExist) {
		missing(t, "no axe: run npm ci in web/")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAccessible runs axe over every page, in both themes, on a wide screen and on a phone, and looks whether anything reaches
// over the edge.
func TestAccessible(t *testing.T) {
	axe := axeScript(t)
	ctx := chrome(t)
	m := sampled()
	s := newSite(t, m).user("TA")
	s.signIn(ctx)
	pages := []struct{ name, path string }{
		{"board", "/board"}, {"column", "/board/new"}, {"case", "/cases/" + string(s.caseOf("Szabó Gergely").ID)},
		{"case-draft", "/cases/" + string(s.caseOf("quietkettle").ID)}, {"case-unconfirmed", "/cases/" + string(s.caseOf("Katarína Dudášová").ID)},
		{"case-awaiting", "/cases/" + string(s.caseOf("Tímea Barna").ID)}, {"case-failed", "/cases/" + string(s.caseOf("Γιώργος Παπαδημητρίου").ID)},
		{"case-closed", "/cases/" + string(s.caseOf("Gadget Ledger").ID)},
		{"stream", "/stream"}, {"stream-none", "/stream?q=nothing-like-this&sentiment=negative"}, {"mention", "/mentions/" + sampleID(1)},
		{"sources", "/sources"}, {"source", "/sources/play-home"}, {"connectors", "/connectors"}, {"outbox", "/outbox"}, {"users", "/users"},
		{"settings", "/settings"}, {"missing", "/nowhere"},
	}
	for _, theme := range []string{"light", "dark"} {
		m.users["TA"].Theme = theme
		for _, width := range []int64{1440, 390} {
			do(t, ctx, chromedp.EmulateViewport(width, 900))
			for _, p := range pages {
				inspect(t, ctx, axe, s.URL+p.path, p.name+"-"+theme+"-"+map[int64]string{1440: "wide", 390: "phone"}[width])
			}
		}
	}
	for _, p := range []struct{ name, path string }{{"login", "/login?next=%2Fstream"}, {"invite", "/invite/" + string(m.invite("ZH"))}} {
		stranger := s.user("nobody")
		stranger.signIn(ctx)
		inspect(t, ctx, axe, s.URL+p.path, p.name)
	}
}

// inspect judges one page.
func inspect(t *testing.T, ctx context.Context, axe, address, name string) {
	t.Helper()
	do(t, ctx, chromedp.Navigate(address), chromedp.WaitReady("main"))
	shot(t, ctx, name)
	eval[bool](t, ctx, axe+"; true")
	raw := eval[string](t, ctx, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((r) => JSON.stringify(r.violations))`)
	var found []finding
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		for _, n := range f.Nodes {
			t.Errorf("%s: %s: %s\n%s\n%s", name, f.ID, f.Help, n.HTML, n.Why)
		}
	}
	if over := eval[float64](t, ctx, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		t.Errorf("%s: reaches %v px over the edge", name, over)
	}
}
