package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets the test binary be a desk or the public network, as processes of their own that can be killed.
func TestMain(m *testing.M) {
	if role := os.Getenv(childEnv); role != "" {
		os.Exit(child(role, os.Args[1]))
	}
	os.Exit(m.Run())
}

// child serves until it is told to stop, or until the test that started it is gone.
func child(role, file string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	var err error
	switch role {
	case "network":
		d := DemoOptions{Listen: "127.0.0.1:0", Data: file, Account: "acme", Token: "sesame", Seed: rand.Uint64(), Control: true}
		err = Network(ctx, Options{Out: os.Stdout, Err: os.Stderr}, d)
	case "desk":
		err = Serve(ctx, tortured(file), allRoles(), false)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// process is a child that can be killed.
type process struct {
	cmd *exec.Cmd
	out io.Reader
}

func (w *siege) spawn(role, file string) *process {
	w.t.Helper()
	cmd := exec.Command(os.Args[0], file)
	cmd.Env = append(os.Environ(), childEnv+"="+role)
	log, err := os.OpenFile(w.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	check(w.t, err)
	defer func() { _ = log.Close() }()
	cmd.Stderr = log
	_, err = cmd.StdinPipe() // it ends when we do
	check(w.t, err)
	out, err := cmd.StdoutPipe()
	check(w.t, err)
	check(w.t, cmd.Start())
	w.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &process{cmd, out}
}

// address reads where a network says that it is.
func (p *process) address(t *testing.T) string {
	t.Helper()
	line, err := bufio.NewReader(p.out).ReadString('\n')
	check(t, err)
	return strings.TrimSpace(line[strings.Index(line, "http"):])
}

// kill ends the process as a power cut would. One that ended by itself before is a failure.
func (p *process) kill(t *testing.T) {
	t.Helper()
	check(t, p.cmd.Process.Kill())
	var exit *exec.ExitError
	if err := p.cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Errorf("a desk ended by itself: %v", err)
	}
}

// end asks the process to stop, as an operator does, and wants it to do so well.
func (p *process) end(t *testing.T) {
	t.Helper()
	check(t, p.cmd.Process.Signal(syscall.SIGTERM))
	if err := p.cmd.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("a desk did not stop well: %v", err)
	}
}
