package demonet

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// childEnv names the log that a child process serves; see TestMain.
const childEnv = "EARSHOT_DEMONET_CHILD"

// TestMain lets the test binary be the network's own process.
func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		if err := child(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(path string) error {
	n, err := Open(Options{Data: path})
	if err != nil {
		return err
	}
	if _, _, err := n.Join(Account{Handle: "acme"}, "acme-token"); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + ln.Addr().String())
	return n.Serve(context.Background(), ln, true)
}

// start runs the network as a process and returns it with its address.
func start(t *testing.T, path string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd, strings.TrimSpace(address)
}

// TestKill kills the process while four people post, again and again. Whatever was acknowledged must be there afterwards, and
// nothing may be there twice.
func TestKill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "demo.db")
	var acknowledged []string
	var number atomic.Int64
	for round := range 6 {
		cmd, url := start(t, path)
		taken := make(chan string, 10_000)
		done := make(chan struct{})
		for range 4 {
			go func() {
				defer func() { done <- struct{}{} }()
				for {
					text := fmt.Sprintf("post %d", number.Add(1))
					if !postTo(t.Context(), url, text) {
						return
					}
					taken <- text
				}
			}()
		}
		for range 20 + 17*round { // somewhere in the middle of further ones
			acknowledged = append(acknowledged, <-taken)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		for range 4 {
			<-done
		}
		close(taken)
		for text := range taken {
			acknowledged = append(acknowledged, text)
		}
	}
	n, err := Open(Options{Data: path})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	there := map[string]int{}
	for _, p := range n.All() {
		there[p.Text]++
	}
	for _, text := range acknowledged {
		if there[text] != 1 {
			t.Errorf("%q is there %d times", text, there[text])
		}
	}
	t.Logf("%d acknowledged, %d there", len(acknowledged), len(there))
}

// postTo posts as acme and tells whether the network said that it did.
func postTo(ctx context.Context, url, text string) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/api/v1/posts", strings.NewReader(fmt.Sprintf(`{"text":%q}`, text)))
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer acme-token")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	var p view
	return res.StatusCode == http.StatusCreated && json.NewDecoder(res.Body).Decode(&p) == nil && p.ID != ""
}
