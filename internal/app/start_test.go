package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/earshotdesk/earshot/internal/demonet"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Whatever was started is gone after a stop, and after a start that failed halfway. This test runs alone: it counts goroutines.
func TestNothingIsLeftRunning(t *testing.T) {
	n, err := demonet.Open(demonet.Options{})
	check(t, err)
	check(t, n.Close())
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer func() { _ = taken.Close() }()
	before := goleak.IgnoreCurrent()
	for name, want := range map[string]string{"127.0.0.1:0": "", taken.Addr().String(): "is taken by another program"} {
		dir := t.TempDir()
		file := filepath.Join(dir, "desk.yaml")
		check(t, os.WriteFile(file, fmt.Appendf(nil, "desk: {listen: %q}\ndatabase: \"sqlite:%s/desk.db\"\nbrands: [{name: acme}]\n", name, dir), 0o600))
		out := &syncBuffer{}
		a, err := Open(context.Background(), Options{Config: file, Out: out, Err: out})
		check(t, err)
		r, err := a.Start(context.Background(), allRoles())
		if err == nil {
			err = r.Stop()
		}
		if want == "" && err != nil || want != "" && (!errors.Is(err, desk.ErrConflict) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("on %s: %v, want %q", name, err, want)
		}
		check(t, a.Close())
		goleak.VerifyNone(t, before)
		// A demonstration whose desk cannot listen takes its network down again.
		err = Demo(t.Context(), Options{Config: file, Out: out, Err: out, Listen: taken.Addr().String()}, DemoOptions{Listen: "127.0.0.1:0", Data: filepath.Join(dir, "net.log")})
		if !errors.Is(err, desk.ErrConflict) {
			t.Errorf("demonstration: %v, want the port to be taken", err)
		}
		goleak.VerifyNone(t, before)
	}
}
