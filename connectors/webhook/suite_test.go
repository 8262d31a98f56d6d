package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

const plain = "secret: " + connectortest.Secret + "\n"

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, connectortest.Suite{Spec: Spec(), Config: func(string) string { return "name: hook\nkind: webhook\n" + plain }})
}

// hooked makes a source of the given settings.
func hooked(t testing.TB, settings string) *Webhook {
	t.Helper()
	c, err := New(connectortest.Env(t, "webhook", nil), func(into any) error { return yaml.Unmarshal([]byte(settings), into) })
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Webhook)
}

func mac(text string) []byte {
	h := hmac.New(sha256.New, []byte(connectortest.Secret))
	_, _ = h.Write([]byte(text))
	return h.Sum(nil)
}

// post delivers a body with one header.
func post(t testing.TB, w *Webhook, body, header, value string) (connectors.Batch, error) {
	t.Helper()
	h := http.Header{}
	h.Set(header, value)
	b, _, err := w.Push(t.Context(), connectors.Delivery{Method: http.MethodPost, Header: h, Body: []byte(body), At: connectortest.Now()})
	return b, err
}

func TestOnlyWhoKnowsTheSecretIsHeard(t *testing.T) {
	t.Parallel()
	const body = `{"id":"1","text":"hello"}`
	hex1, b64 := hex.EncodeToString(mac(body)), base64.StdEncoding.EncodeToString(mac(body))
	stamp := strconv.FormatInt(connectortest.Now().Unix(), 10)
	old := strconv.FormatInt(connectortest.Now().Add(-6*time.Minute).Unix(), 10)
	stamped := "signed: \"{timestamp}.{body}\"\nheader: Sign\n"
	slack := "signed: \"v0:{timestamp}:{body}\"\nheader: X-Slack-Signature\ntimestamp: X-Stamp\n"
	for name, c := range map[string]struct {
		settings, header, value string
		ok                      bool
	}{
		"hex":                {"", "X-Hub-Signature-256", hex1, true},
		"named hex":          {"", "X-Hub-Signature-256", "sha256=" + hex1, true},
		"base64":             {"header: X-Shop-Hmac\n", "X-Shop-Hmac", b64, true},
		"one of two":         {stamped, "Sign", "t=" + stamp + ",v1=00ff,v1=" + hex.EncodeToString(mac(stamp+"."+body)), true},
		"token":              {"signature: token\n", "X-Webhook-Token", connectortest.Secret, true},
		"bearer token":       {"signature: token\nheader: Authorization\n", "Authorization", "Bearer " + connectortest.Secret, true},
		"no header":          {"", "X-Other", hex1, false},
		"empty":              {"", "X-Hub-Signature-256", "sha256=", false},
		"of another body":    {"", "X-Hub-Signature-256", hex.EncodeToString(mac(body + " ")), false},
		"the secret itself":  {"", "X-Hub-Signature-256", connectortest.Secret, false},
		"garbage":            {"", "X-Hub-Signature-256", "ÿ,=,==,t", false},
		"too old":            {stamped, "Sign", "t=" + old + ",v1=" + hex.EncodeToString(mac(old+"."+body)), false},
		"when not said":      {stamped, "Sign", "v1=" + hex.EncodeToString(mac("."+body)), false},
		"stamp in no header": {slack, "X-Slack-Signature", "v0=" + hex.EncodeToString(mac("v0::"+body)), false},
		"wrong token":        {"signature: token\n", "X-Webhook-Token", connectortest.Secret + "x", false},
	} {
		b, err := post(t, hooked(t, plain+c.settings), body, c.header, c.value)
		if c.ok && (err != nil || len(b.Mentions) != 1) {
			t.Errorf("%s: %v, %d mentions", name, err, len(b.Mentions))
		}
		if !c.ok && (!errors.Is(err, desk.ErrDenied) || len(b.Mentions) != 0) {
			t.Errorf("%s: %v, want desk.ErrDenied", name, err)
		}
		if err != nil && strings.Contains(err.Error(), connectortest.Secret) {
			t.Errorf("%s: the secret stands in the error", name)
		}
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	settings := plain + `
items: data.reviews
only: {event: [created, updated]}
gone: {event: [deleted]}
map: {id: review_id, text: body, title: headline, rating: score, author: customer.name, author_id: customer.id, posted_at: submitted}
as: review
language: hu
rating_best: 10
timezone: Europe/Budapest
site: surveys:acme
`
	w := hooked(t, settings)
	file, err := os.ReadFile("testdata/deliveries/surveys.json")
	if err != nil {
		t.Fatal(err)
	}
	signed := func(body string) (connectors.Batch, error) {
		return post(t, w, body, "X-Hub-Signature-256", hex.EncodeToString(mac(body)))
	}
	b, err := signed(string(file))
	if err != nil || len(b.Mentions) != 2 || len(b.Poison) != 2 {
		t.Fatalf("%v: %d mentions, poison %+v", err, len(b.Mentions), b.Poison)
	}
	m := b.Mentions[0]
	want := time.Date(2026, 11, 20, 10, 30, 0, 0, time.UTC)
	if m.Site != "surveys:acme" || m.Remote != "90071992547409931" || m.Title != "Nem működik" || m.Rating != (desk.Rating{Value: 2, Best: 10}) ||
		m.Author.ID != "c-1" || m.Author.Name != "Kovács Éva" || !m.PostedAt.Equal(want) || m.Extra["channel"] != "web" || m.Kind != desk.KindReview {
		t.Errorf("%+v", m)
	}
	if at := b.Mentions[1].PostedAt; at.After(connectortest.Now()) {
		t.Errorf("posted in the future: %v", at)
	}
	for i, want := range []string{"item 3: a rating of 11", "item 4: it is not a JSON object"} {
		if !strings.Contains(b.Poison[i].Err, want) || len(b.Poison[i].Raw) == 0 {
			t.Errorf("poison %d: %+v", i, b.Poison[i])
		}
	}
	b, err = signed(`{"event":"deleted","data":{"reviews":[{"review_id":"r-2"},{"body":"no id"}]}}`)
	if err != nil || len(b.Gone) != 1 || b.Gone[0] != "r-2" || len(b.Poison) != 1 || len(b.Mentions) != 0 {
		t.Errorf("removed: %+v, %v", b, err)
	}
	if b, err = signed(`{"event":"opened","data":{"reviews":[{"review_id":"r-9","body":"x"}]}}`); err != nil || len(b.Mentions)+len(b.Poison) != 0 {
		t.Errorf("an event that does not count: %+v, %v", b, err)
	}
	for _, body := range []string{`{"event":"created"}`, `[]x`, `<xml/>`, "\xff"} {
		if _, err := signed(body); !errors.Is(err, desk.ErrInvalid) {
			t.Errorf("%q: %v, want desk.ErrInvalid", body, err)
		}
	}
}

func TestGreetings(t *testing.T) {
	t.Parallel()
	w := hooked(t, plain)
	ask := func(secret string) (connectors.Answer, error) {
		_, a, err := w.Push(t.Context(), connectors.Delivery{Method: http.MethodGet, Query: url.Values{
			"hub.mode": {"subscribe"}, "hub.challenge": {"1158201444"}, "hub.verify_token": {secret},
		}})
		return a, err
	}
	if a, err := ask(connectortest.Secret); err != nil || string(a.Body) != "1158201444" || a.Status != http.StatusOK {
		t.Errorf("%+v, %v", a, err)
	}
	if _, err := ask("guess"); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a guess: %v", err)
	}
	const body = `{"type":"url_verification","challenge":"3eZbrw"}`
	h := http.Header{"X-Hub-Signature-256": {hex.EncodeToString(mac(body))}}
	b, a, err := w.Push(t.Context(), connectors.Delivery{Method: http.MethodPost, Header: h, Body: []byte(body)})
	if err != nil || string(a.Body) != "3eZbrw" || len(b.Mentions) != 0 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestBadSettings(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string]string{
		"secret: short":                   "16 characters",
		plain + "signature: rsa":          "signature",
		plain + "signed: \"{timestamp}\"": "{body}",
		plain + "timestamp: X":            "{timestamp}",
		plain + "timezone: Mars":          "timezone",
		plain + "map: {wording: x}":       "wording",
	} {
		_, err := New(connectortest.Env(t, "webhook", nil), func(into any) error { return yaml.Unmarshal([]byte(settings), into) })
		if !errors.Is(err, desk.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want a sentence with %q", settings, err, want)
		}
	}
}

func FuzzPush(f *testing.F) {
	file, err := os.ReadFile("testdata/deliveries/surveys.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, body := range []string{string(file), `[{"text":"x"}]`, `{"id":1e400,"text":"x"}`, "null", strings.Repeat(`{"a":`, 1000)} {
		f.Add(body)
	}
	w := hooked(f, plain+"signature: token\n")
	f.Fuzz(func(t *testing.T, body string) {
		b, err := post(t, w, body, "X-Webhook-Token", connectortest.Secret)
		if err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 500) {
			t.Errorf("the error is no sentence: %.600q", err)
		}
		for _, m := range b.Mentions {
			if m.Remote == "" || m.Site == "" || m.Words() == "" && !m.Rating.Known() {
				t.Errorf("%+v", m)
			}
		}
	})
}

func BenchmarkPush(b *testing.B) {
	file, err := os.ReadFile("testdata/deliveries/surveys.json")
	if err != nil {
		b.Fatal(err)
	}
	w := hooked(b, plain+"items: data.reviews\n")
	mark := hex.EncodeToString(mac(string(file)))
	n := 0
	for b.Loop() {
		batch, err := post(b, w, string(file), "X-Hub-Signature-256", mark)
		if err != nil {
			b.Fatal(err)
		}
		n += len(batch.Mentions)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "mentions/s")
}
