package realsrv_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/realsrv"
)

func TestBlueskyIsOneForAllAndAnswers(t *testing.T) {
	t.Parallel()
	began := time.Now()
	pds, appview := realsrv.Bluesky(t)
	t.Logf("the network was there after %v", time.Since(began).Round(10*time.Millisecond))
	if again, _ := realsrv.Bluesky(t); again != pds {
		t.Errorf("two tests have two networks, %s and %s", pds, again)
	}
	for _, server := range []string{pds, appview} {
		if body := get(t, server+"/xrpc/_health"); !strings.Contains(body, "version") {
			t.Errorf("%s answers %q", server, body)
		}
	}
}

func TestPDSAnswersThroughAProxy(t *testing.T) {
	t.Parallel()
	pds := realsrv.PDS(t, false)
	proxy := realsrv.Toxiproxy(t, pds)
	through := "http://" + proxy.Addr + "/xrpc/_health"
	if body := get(t, through); !strings.Contains(body, "version") {
		t.Errorf("through the proxy: %q", body)
	}
	proxy.LoseAnswers(t, 100*time.Millisecond)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	if resp, err := client.Get(through); err == nil {
		_ = resp.Body.Close()
		t.Errorf("an answer came back: %s", resp.Status)
	}
}

func TestRedisAnswers(t *testing.T) {
	t.Parallel()
	if a, b := realsrv.Redis(t), realsrv.Redis(t); a == b {
		t.Errorf("two servers have one address: %s", a)
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return string(body)
}
