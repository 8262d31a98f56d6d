// Package realsrv starts real servers for tests: PostgreSQL, Redis, a Bluesky network, a proxy that puts faults on the way to a server;
// and it finds the browser that page tests drive.
//
// It owns what it starts: every server listens on a private socket or on loopback only, serves one test binary, and ends with it,
// however that ends. It promises that a missing program skips the test with the command that installs it, and fails the test instead when
// EARSHOT_REQUIRE_REAL=1, so that nothing turns green by skipping. Only test files import it.
package realsrv

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/earshotdesk/earshot/internal/realsrv/pg"
)

// Postgres returns the DSN of an empty database of its own for the test, on a throw-away PostgreSQL that all tests of the binary
// share. Durability is off there, so its speed says nothing about a real one.
func Postgres(t testing.TB) string {
	t.Helper()
	needPostgres(t)
	srv, err := postgres()
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("test%d", srv.databases.Add(1))
	dsn, err := srv.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Drop(name); err != nil {
			t.Error(err)
		}
	})
	return dsn
}

func needPostgres(t testing.TB) {
	t.Helper()
	if !pg.Installed() {
		Need(t, "PostgreSQL", pg.Install)
	}
}

// Chromium returns the path of a browser.
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if bin, err := exec.LookPath(name); err == nil {
			return bin
		}
	}
	Need(t, "Chromium", "apt-get install -y --no-install-recommends chromium")
	return ""
}

// Need ends a test that cannot run without a program: as skipped, or as failed when EARSHOT_REQUIRE_REAL=1.
func Need(t testing.TB, what, install string) {
	t.Helper()
	sentence := what + " is not installed; install it with: " + install
	if os.Getenv("EARSHOT_REQUIRE_REAL") == "1" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
}

// server is the PostgreSQL that all tests of this binary share.
type server struct {
	*pg.Server
	databases atomic.Int64
}

// postgres starts the one server of this binary. It is a value that is computed once, like a compiled expression.
var postgres = sync.OnceValues(func() (*server, error) {
	srv, err := pg.Start("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")
	return &server{Server: srv}, err
})
