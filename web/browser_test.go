package web_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/earshotdesk/earshot/internal/realsrv"
)

// patience is how long one step in the browser may take; a busy machine takes seconds.
const patience = 25 * time.Second

// chrome starts a browser of its own, or skips with the command that installs one.
func chrome(t *testing.T) context.Context {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(realsrv.Chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("force-prefers-reduced-motion", true), chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1440, 900))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	late := time.AfterFunc(time.Minute, stop) // the first call must carry no deadline of its own
	defer late.Stop()
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	do(t, ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error { // or nothing gets or loses the focus
		_, err := cdp.Call(ctx, tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return ctx
}

// step runs one action under a deadline. When it fails, the page is kept and the test ends.
func step[T any](t *testing.T, ctx context.Context, what string, a chromedp.Action[T]) T {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	v, err := chromedp.Run(limited, a)
	if err != nil {
		t.Fatalf("%s: %v; %s", what, err, keepPage(ctx, t.Name()))
	}
	return v
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for i, a := range actions {
		step(t, ctx, fmt.Sprintf("action %d of %d", i+1, len(actions)), a)
	}
}

// eval asks the page.
func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	return step(t, ctx, short(script), chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

func short(script string) string { return fmt.Sprintf("%.120s", script) }

// until waits for a condition in the page. It asks again and again from outside, so that a page which goes away, or runs no
// scripts, does not swallow the answer.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	script := `(() => { try { return !!(` + condition + `) } catch { return false } })()`
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		one, done := context.WithTimeout(limited, 5*time.Second)
		ok, err := chromedp.Run(one, chromedp.Evaluate[bool](script))
		done()
		if err == nil && ok {
			return
		}
		select {
		case <-limited.Done():
			t.Fatalf("never became true: %s (%v); %s", condition, err, keepPage(ctx, t.Name()))
		case <-tick.C:
		}
	}
}

// keepPage writes what the browser shows to a folder and says where: EARSHOT_SHOTS, or one for temporary files.
func keepPage(ctx context.Context, name string) string {
	dir := os.Getenv("EARSHOT_SHOTS")
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "earshot-web-"); err != nil {
			return err.Error()
		}
	}
	limited, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	base := filepath.Join(dir, "failed-"+strings.ReplaceAll(name, "/", "_"))
	html, err := chromedp.Run(limited, chromedp.Evaluate[string](`location.href + "\n" + document.documentElement.outerHTML`))
	if err != nil {
		return "the page could not be kept: " + err.Error()
	}
	png, err := chromedp.Run(limited, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(base+".png", png, 0o600)
	}
	if werr := os.WriteFile(base+".html", []byte(html), 0o600); werr != nil {
		err = werr
	}
	if err != nil {
		return "the page could not be kept: " + err.Error()
	}
	return "the page is kept as " + base + ".html and .png"
}

// shot keeps a picture in the folder EARSHOT_SHOTS, for people to look at.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("EARSHOT_SHOTS")
	if dir == "" {
		return
	}
	png := step(t, ctx, "taking a picture", chromedp.CaptureScreenshot())
	if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "_")+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

// signIn gives the browser a session.
func (s *site) signIn(ctx context.Context) {
	s.t.Helper()
	t := s.t.(*testing.T)
	do(t, ctx, chromedp.Navigate(s.URL+"/healthz"))
	eval[string](t, ctx, `document.cookie = "earshot=session-`+string(s.as)+`; path=/"`)
}
