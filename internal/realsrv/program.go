package realsrv

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// script runs a server with its log in a folder of its own, and notes there when it has ended. It reads our end of a pipe, which the
// kernel closes when this process ends in whatever way: then it ends the server and removes the folder.
const script = `
	dir=$1
	shift
	{
		sh -c 'echo $$ >"$0/pid"; exec "$@"' "$dir" "$@" </dev/null >"$dir/log" 2>&1
		: >"$dir/ended"
	} &
	cat >/dev/null
	kill -KILL "$(cat "$dir/pid")"
	wait
	rm -rf "$dir"`

// program is a server that runs.
type program struct {
	name, dir string
	alive     io.Closer // our end of the pipe
	ended     chan struct{}
}

// launch starts a server in a folder, with what it needs in its environment besides ours.
func launch(name, in string, env []string, args ...string) (*program, error) {
	dir, err := os.MkdirTemp("", "earshot-"+name+"-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for %s: %w", name, err)
	}
	p := &program{name: name, dir: dir, ended: make(chan struct{})}
	cmd := exec.Command("/bin/sh", append([]string{"-c", script, "sh", dir}, args...)...)
	cmd.Dir = in
	cmd.Env = append(append(os.Environ(), "TMPDIR="+dir), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is for us, not for the server
	if p.alive, err = cmd.StdinPipe(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("starting %s: %w", name, err), os.RemoveAll(dir))
	}
	go func() {
		_ = cmd.Wait() // killed on purpose, or its log says why
		close(p.ended)
	}()
	return p, nil
}

// close ends the server.
func (p *program) close() error {
	err := p.alive.Close()
	<-p.ended
	return err
}

// await waits until a server answers; its error carries the end of the server's log. A server that does not come up is ended.
func (p *program) await(most time.Duration, up func() error) error {
	reason := fmt.Errorf("it is not ready after %v", most)
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if up() == nil {
			return nil
		}
		if _, err := os.Stat(filepath.Join(p.dir, "ended")); err == nil {
			reason = errors.New("it ended by itself")
			break
		}
	}
	log := p.log()
	return fmt.Errorf("%s: %w: %s", p.name, errors.Join(reason, p.close()), log[max(0, len(log)-3000):])
}

// log returns what the server has said.
func (p *program) log() string {
	b, err := os.ReadFile(filepath.Join(p.dir, "log"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// connects tells whether something listens at an address.
func connects(addr string) func() error {
	return func() error {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			err = c.Close()
		}
		return err
	}
}

// freePort finds a port on loopback that nobody listens on now.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// tools is the folder into which .ci/run installs the programs of others: EARSHOT_REALSERVERS, or .realservers beside go.mod.
func tools() string {
	if dir := os.Getenv("EARSHOT_REALSERVERS"); dir != "" {
		return dir
	}
	return filepath.Join(repository(), ".realservers")
}

// repository is the folder of go.mod; tests run in the folder of their package.
func repository() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return "."
}

// needFiles ends a test that cannot run without the files, see [Need].
func needFiles(t testing.TB, what, install string, files ...string) {
	t.Helper()
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			Need(t, what, install)
		}
	}
}
