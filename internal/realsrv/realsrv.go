// Package realsrv starts real servers for tests: PostgreSQL, and finds the browser that page tests drive.
//
// It owns what it starts: every server listens on a private socket only, serves one test binary, and ends with it, however
// that ends. It promises that a missing program skips the test with the command that installs it, and fails the test instead when
// EARSHOT_REQUIRE_REAL=1, so that nothing turns green by skipping. Only test files import it.
package realsrv

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Postgres returns the DSN of an empty database of its own for the test, on a throw-away PostgreSQL that all tests of the binary
// share. Durability is off there, so its speed says nothing about a real one.
func Postgres(t testing.TB) string {
	t.Helper()
	bin := postgresBin()
	if bin == "" {
		Need(t, "PostgreSQL", "apt-get install -y --no-install-recommends postgresql")
	}
	srv, err := postgres()
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("test%d", srv.databases.Add(1))
	if err := srv.run("createdb", "-T", "template0", name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.run("dropdb", "--force", name); err != nil {
			t.Error(err)
		}
	})
	return "postgres://postgres@/" + name + "?host=" + srv.dir + "&sslmode=disable"
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

// server is a running PostgreSQL.
type server struct {
	bin, dir  string    // dir holds the socket too
	alive     io.Closer // our end of the pipe: held, never closed by us
	databases atomic.Int64
}

// postgres starts the one server of this binary. It is a value that is computed once, like a compiled expression.
var postgres = sync.OnceValues(start)

func postgresBin() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return ""
	}
	sort.Strings(found)
	return filepath.Dir(found[len(found)-1])
}

// start makes a cluster and serves it. The shell around the server reads our end of a pipe, which the kernel closes when this
// process ends in whatever way: then it stops the server and removes the cluster.
func start() (*server, error) {
	dir, err := os.MkdirTemp("", "earshot-pg-")
	if err != nil {
		return nil, err
	}
	srv := &server{bin: postgresBin(), dir: dir}
	cred, err := unprivileged()
	if err != nil {
		return nil, err
	}
	if cred != nil {
		if err := os.Chown(dir, int(cred.Uid), int(cred.Gid)); err != nil {
			return nil, err
		}
	}
	const script = `
		"$1/initdb" -D "$2/data" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 </dev/null >"$2/log" 2>&1 || exit
		"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
			-c max_connections=300 </dev/null >>"$2/log" 2>&1 &
		cat >/dev/null
		kill -QUIT $!
		wait
		rm -rf "$2"`
	cmd := exec.Command("/bin/sh", "-c", script, "sh", srv.bin, dir)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred, Setpgid: true} // a Ctrl-C is for us, not for the server
	if srv.alive, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return srv, srv.wait()
}

func (s *server) wait() (err error) {
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = s.run("pg_isready", "-q"); err == nil {
			return nil
		}
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return errors.Join(err, errors.New(string(log)))
}

// run calls a program of PostgreSQL against the server.
func (s *server) run(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(s.bin, name), append([]string{"-h", s.dir, "-U", "postgres"}, args...)...)
	cmd.Dir = s.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// unprivileged returns the user postgres when we are root, as whom the server refuses to run.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
