package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// used is what a command took.
type used struct {
	wall, cpu time.Duration // cpu is user and system time of the process
	server    time.Duration // processor time of PostgreSQL meanwhile; 0 on SQLite
	out, log  string
}

// earshot runs a command of the desk to its end.
func (b *run) earshot(ctx context.Context, args ...string) (used, error) {
	cmd := exec.CommandContext(ctx, b.opt.Binary, args...)
	cmd.Dir = b.dir
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	server := b.serverTime()
	began := time.Now()
	err := cmd.Run()
	u := used{wall: time.Since(began), server: b.serverTime() - server, out: out.String(), log: log.String()}
	if cmd.ProcessState != nil {
		u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if err != nil {
		return u, fmt.Errorf("earshot %s: %w: %s", strings.Join(args, " "), err, tail(u.log))
	}
	return u, nil
}

func tail(log string) string {
	const most = 1000
	if len(log) > most {
		log = "…" + log[len(log)-most:]
	}
	return strings.TrimSpace(log)
}

// served is a desk that serves pages.
type served struct {
	cmd   *exec.Cmd
	url   string
	log   bytes.Buffer
	ready time.Duration // from its start until it said that it is ready
}

// serve starts the web server of a desk and waits until it is ready.
func (b *run) serve(ctx context.Context, file string) (*served, error) {
	return b.serveRoles(ctx, file, "web")
}

// serveRoles starts a desk of the given roles, web among them.
func (b *run) serveRoles(ctx context.Context, file, roles string) (*served, error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s := &served{url: "http://" + addr}
	s.cmd = exec.CommandContext(ctx, b.opt.Binary, "serve", "--roles", roles, "--listen", addr, "--config", file)
	s.cmd.Dir, s.cmd.Stderr = b.dir, &s.log
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a desk: %w", err)
	}
	for time.Since(began) < time.Minute {
		if answers(ctx, s.url+"/readyz") {
			s.ready = time.Since(began)
			return s, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	_ = s.stop() // the log says why
	return nil, fmt.Errorf("the desk was not ready within a minute: %s", tail(s.log.String()))
}

func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// stop asks the desk to end and waits for it.
func (s *served) stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping a desk: %w", err)
	}
	err := s.cmd.Wait()
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		if how, ok := failed.Sys().(syscall.WaitStatus); ok && how.Signaled() && how.Signal() == syscall.SIGINT {
			return nil // it took our word at once
		}
	}
	if err != nil {
		return fmt.Errorf("stopping a desk: %w: %s", err, tail(s.log.String()))
	}
	return nil
}

// freeAddress is a port that nobody listens on, a moment ago.
func freeAddress(ctx context.Context) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a free port: %w", err)
	}
	return ln.Addr().String(), ln.Close()
}

// memory returns the resident memory of a process in bytes, now and at most; 0 where the system does not tell.
func memory(pid int) (now, most int64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch {
		case err != nil:
		case name == "VmRSS":
			now = n << 10
		case name == "VmHWM":
			most = n << 10
		}
	}
	return now, most
}

// serverTime is the processor time that PostgreSQL has taken so far: its first process with the children that ended, and those
// that live.
func (b *run) serverTime() time.Duration {
	if b.pg == nil {
		return 0
	}
	pid, err := b.pg.PID()
	if err != nil {
		return 0
	}
	sum := time.Duration(0)
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range all {
		own, children, id, parent, ok := processTime(file)
		if ok && id == pid {
			sum += own + children
		} else if ok && parent == pid {
			sum += own
		}
	}
	return sum
}

// processTime reads /proc/PID/stat, see proc(5). Linux counts in hundredths of a second there.
func processTime(file string) (own, children time.Duration, id, parent int, ok bool) {
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, 0, 0, false
	}
	first, rest, found := strings.Cut(string(b), " (")
	f := strings.Fields(rest[strings.LastIndex(rest, ")")+1:]) // the name between may hold anything
	if !found || len(f) < 15 {
		return 0, 0, 0, 0, false
	}
	n := make([]int, 5)
	for i, s := range []string{f[11], f[12], f[13], f[14], f[1]} {
		if n[i], err = strconv.Atoi(s); err != nil {
			return 0, 0, 0, 0, false
		}
	}
	id, err = strconv.Atoi(first)
	const tick = 10 * time.Millisecond
	return time.Duration(n[0]+n[1]) * tick, time.Duration(n[2]+n[3]) * tick, id, n[4], err == nil
}
