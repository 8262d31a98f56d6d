package realsrv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Proxy is a way to a server on which faults can be put.
type Proxy struct {
	Addr string // host:port on loopback
	api  string // of this proxy
}

// Toxiproxy starts a toxiproxy-server for the test with one proxy to the server at an address, and no faults yet.
func Toxiproxy(t testing.TB, server string) *Proxy {
	t.Helper()
	bin := filepath.Join(tools(), "bin", "toxiproxy-server")
	if _, err := os.Stat(bin); err != nil {
		if bin, err = exec.LookPath("toxiproxy-server"); err != nil {
			Need(t, "toxiproxy", "GOBIN=$PWD/.realservers/bin go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0 && mv .realservers/bin/server .realservers/bin/toxiproxy-server")
		}
	}
	upstream, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	p, err := launch("toxiproxy", "", nil, bin, "-host", "127.0.0.1", "-port", port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.close() })
	api := "http://127.0.0.1:" + port + "/proxies"
	if err := p.await(time.Minute, connects("127.0.0.1:"+port)); err != nil {
		t.Fatal(err)
	}
	var made struct{ Listen string }
	call(t, api, map[string]any{"name": "server", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:" + upstream.Port(), "enabled": true}, &made)
	return &Proxy{Addr: made.Listen, api: api + "/server"}
}

// LoseAnswers lets every request through and no answer back: the connection ends after a while instead, in which the server should
// have acted. It is for connections that are made from now on.
func (p *Proxy) LoseAnswers(t testing.TB, after time.Duration) {
	t.Helper()
	call(t, p.api+"/toxics", map[string]any{"type": "timeout", "stream": "downstream", "attributes": map[string]int64{"timeout": after.Milliseconds()}}, nil)
}

func call(t testing.TB, address string, body, into any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	resp, err := client.Post(address, "application/json", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s: %s", resp.Status, answer)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(answer, into)
	}
	if err != nil {
		t.Fatalf("toxiproxy: %v", err)
	}
}
