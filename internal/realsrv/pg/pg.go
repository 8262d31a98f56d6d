// Package pg starts a throw-away PostgreSQL, for tests and for measurements.
//
// It owns what it starts: the server listens on a private socket only and ends with this process, however that ends; its folder
// goes with it. It promises an error that carries the server's own log when the server does not come up.
package pg

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
	"syscall"
	"time"
)

// Install is the command that installs PostgreSQL.
const Install = "apt-get install -y --no-install-recommends postgresql"

// Server is a running PostgreSQL.
type Server struct {
	bin, dir string    // dir holds the socket too
	alive    io.Closer // our end of the pipe
	ended    chan struct{}
}

// Installed tells whether there is a PostgreSQL to start.
func Installed() bool { return binaries() != "" }

func binaries() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return ""
	}
	sort.Strings(found)
	return filepath.Dir(found[len(found)-1])
}

// script makes a cluster and serves it. It reads our end of a pipe, which the kernel closes when this process ends in whatever way:
// then it stops the server and removes the cluster.
const script = `
	bin=$1 dir=$2
	shift 2
	"$bin/initdb" -D "$dir/data" -U postgres -A trust --no-sync -E UTF8 --locale=C.UTF-8 </dev/null >"$dir/log" 2>&1 || exit
	"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= "$@" </dev/null >>"$dir/log" 2>&1 &
	cat >/dev/null
	kill -QUIT $!
	wait
	rm -rf "$dir"`

// Start makes a cluster and serves it with the given settings, each name=value.
func Start(settings ...string) (*Server, error) {
	cred, err := unprivileged()
	if err != nil {
		return nil, fmt.Errorf("finding the user to run PostgreSQL as: %w", err)
	}
	dir, err := os.MkdirTemp("", "earshot-pg-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	srv := &Server{bin: binaries(), dir: dir, ended: make(chan struct{})}
	if err := srv.launch(cred, settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := srv.ready(); err != nil {
		return nil, errors.Join(err, srv.Close())
	}
	return srv, nil
}

// launch starts the script as the given user, nil for our own.
func (s *Server) launch(cred *syscall.Credential, settings []string) (err error) {
	if cred != nil {
		if err := os.Chown(s.dir, int(cred.Uid), int(cred.Gid)); err != nil {
			return err
		}
	}
	args := []string{"-c", script, "sh", s.bin, s.dir}
	for _, one := range settings {
		args = append(args, "-c", one)
	}
	cmd := exec.Command("/bin/sh", args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: cred, Setpgid: true} // a Ctrl-C is for us, not for the server
	if s.alive, err = cmd.StdinPipe(); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = cmd.Wait() // killed on purpose, or its log says why
		close(s.ended)
	}()
	return nil
}

func (s *Server) ready() (err error) {
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if err = s.run("pg_isready", "-q"); err == nil {
			return nil
		}
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return errors.Join(err, errors.New(string(log)))
}

// Create makes an empty database and returns its DSN.
func (s *Server) Create(name string) (string, error) {
	if err := s.run("createdb", "-T", "template0", name); err != nil {
		return "", err
	}
	return "postgres://postgres@/" + name + "?host=" + s.dir + "&sslmode=disable", nil
}

// Drop removes a database and whoever is connected to it.
func (s *Server) Drop(name string) error { return s.run("dropdb", "--force", name) }

// PID is the process that all others of the server are children of.
func (s *Server) PID() (int, error) {
	b, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	return strconv.Atoi(first)
}

// Close ends the server and removes its folder.
func (s *Server) Close() error {
	err := s.alive.Close()
	<-s.ended
	return err
}

// run calls a program of PostgreSQL against the server.
func (s *Server) run(name string, args ...string) error {
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
