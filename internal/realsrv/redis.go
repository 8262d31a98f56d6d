package realsrv

import (
	"os/exec"
	"testing"
	"time"
)

// Redis starts a redis-server without persistence for the test and returns its host:port on loopback.
func Redis(t testing.TB) string {
	t.Helper()
	needRedis(t)
	p, addr, err := startRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.close() })
	return addr
}

func needRedis(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		Need(t, "Redis", "apt-get install -y --no-install-recommends redis-server")
	}
}

func startRedis() (*program, string, error) {
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	p, err := launch("redis", "", nil, "redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no")
	if err != nil {
		return nil, "", err
	}
	addr := "127.0.0.1:" + port
	return p, addr, p.await(time.Minute, connects(addr))
}
