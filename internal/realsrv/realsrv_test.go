package realsrv_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/realsrv"
)

func TestPostgresGivesEveryTestItsOwnDatabase(t *testing.T) {
	t.Parallel()
	a, b := realsrv.Postgres(t), realsrv.Postgres(t)
	if a == b {
		t.Fatalf("two databases have one DSN: %s", a)
	}
	psql(t, a, "CREATE TABLE mine (n int)")
	if got := psql(t, b, "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'"); got != "0" {
		t.Errorf("the other database has %s tables of this one, want 0", got)
	}
}

// The server must not outlive a test binary that dies without cleaning up.
func TestServerEndsWithItsBinary(t *testing.T) {
	t.Parallel()
	if os.Getenv("EARSHOT_REALSRV_CHILD") != "" {
		_, _ = os.Stdout.WriteString("DSN " + realsrv.Postgres(t) + "\n")
		p, _ := os.FindProcess(os.Getpid())
		_ = p.Kill()
		select {}
	}
	realsrv.Postgres(t) // skips where there is none
	cmd := exec.Command(os.Args[0], "-test.run", "^TestServerEndsWithItsBinary$")
	cmd.Env = append(os.Environ(), "EARSHOT_REALSRV_CHILD=1")
	out, err := cmd.Output()
	if err == nil {
		t.Fatalf("the child was to die, it said: %s", out)
	}
	_, after, ok := strings.Cut(string(out), "?host=")
	dir, _, _ := strings.Cut(after, "&")
	if !ok || !filepath.IsAbs(dir) {
		t.Fatalf("the child named no server: %s", out)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is still there", dir)
		}
	}
}

func psql(t *testing.T, dsn, query string) string {
	t.Helper()
	out, err := exec.Command("psql", "-XAtq", "-c", query, dsn).CombinedOutput()
	if err != nil {
		t.Fatalf("psql: %v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}
