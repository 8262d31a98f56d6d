package webhook

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/internal/record"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	mostItems = 10_000    // in one delivery
	keepRaw   = 256 << 10 // bytes of an item that cannot be read
)

// Push reads one delivery. Some senders first ask whether somebody is there who knows the secret: a GET with hub.challenge, or a
// signed challenge; both are answered.
func (w *Webhook) Push(_ context.Context, d connectors.Delivery) (connectors.Batch, connectors.Answer, error) {
	if d.Method == http.MethodGet {
		answer, err := w.greet(d.Query)
		return connectors.Batch{}, answer, err
	}
	if err := w.prove(d.Header, d.Body); err != nil {
		return connectors.Batch{}, connectors.Answer{}, err
	}
	if !utf8.Valid(d.Body) {
		return connectors.Batch{}, connectors.Answer{}, desk.Invalidf("the delivery is not in UTF-8")
	}
	var whole any
	if err := unmarshal(d.Body, &whole); err != nil {
		return connectors.Batch{}, connectors.Answer{}, desk.Invalidf("the delivery is not JSON: %v", err)
	}
	if challenge, ok := challenged(whole); ok {
		return connectors.Batch{}, connectors.Answer{Status: http.StatusOK, Type: "text/plain; charset=utf-8", Body: []byte(challenge)}, nil
	}
	items, err := w.items(whole)
	if err != nil {
		return connectors.Batch{}, connectors.Answer{}, err
	}
	around, _ := whole.(map[string]any)
	b, err := w.batch(items, around, d)
	return b, connectors.Answer{}, err
}

// greet answers the question whether we are the ones, as Meta and WebSub ask it.
func (w *Webhook) greet(q url.Values) (connectors.Answer, error) {
	challenge := q.Get("hub.challenge")
	same := subtle.ConstantTimeCompare([]byte(q.Get("hub.verify_token")), []byte(w.o.Secret.Reveal())) == 1
	if challenge == "" || !same {
		return connectors.Answer{}, desk.Deniedf("a GET that does not hold hub.challenge and the source's secret as hub.verify_token")
	}
	return connectors.Answer{Status: http.StatusOK, Type: "text/plain; charset=utf-8", Body: []byte(challenge)}, nil
}

// challenged finds the question of senders that ask it in a signed delivery, as Slack does.
func challenged(whole any) (string, bool) {
	object, _ := whole.(map[string]any)
	challenge, ok := object["challenge"].(string)
	return challenge, ok && object["type"] == "url_verification"
}

// unmarshal reads JSON with its numbers as they are written, for identifiers exceed what a float can hold.
func unmarshal(body []byte, into *any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("something follows its end")
	}
	return nil
}

// items finds where the items stand.
func (w *Webhook) items(whole any) ([]any, error) {
	at := whole
	for _, name := range strings.FieldsFunc(w.o.Items, func(r rune) bool { return r == '.' }) {
		object, ok := at.(map[string]any)
		if !ok || object[name] == nil {
			return nil, desk.Invalidf("the delivery has nothing at %s, where items says that the items stand", w.o.Items)
		}
		at = object[name]
	}
	list, ok := at.([]any)
	if !ok {
		list = []any{at}
	}
	if len(list) > mostItems {
		return nil, desk.Invalidf("the delivery holds %d items; at most %d are taken at once", len(list), mostItems)
	}
	return list, nil
}

func (w *Webhook) batch(items []any, around map[string]any, d connectors.Delivery) (connectors.Batch, error) {
	build, err := w.o.builder()
	if err != nil {
		return connectors.Batch{}, err
	}
	var b connectors.Batch
	for i, item := range items {
		raw, err := json.Marshal(item)
		if err != nil {
			return connectors.Batch{}, fmt.Errorf("item %d: %w", i+1, err)
		}
		refuse := func(why string) {
			b.Poison = append(b.Poison, desk.Poison{At: d.At, Err: fmt.Sprintf("item %d: %s", i+1, why), Raw: raw[:min(len(raw), keepRaw)]})
		}
		object, ok := item.(map[string]any)
		if !ok {
			refuse("it is not a JSON object")
			continue
		}
		names, values := record.Flatten(object, nil, nil)
		removed := matches(w.o.Gone, object, around)
		if len(w.o.Only) > 0 && !removed && !matches(w.o.Only, object, around) {
			continue
		}
		m, empty, err := build.Mention(record.Row{Names: names, Values: values, Raw: string(raw)})
		switch {
		case removed && w.named(m, names, values):
			b.Gone = append(b.Gone, m.Remote)
		case removed:
			refuse("it says that something was removed, but not what")
		case err != nil:
			refuse(strings.ReplaceAll(err.Error(), "\n", "; "))
		case !empty:
			if m.PostedAt.After(d.At) {
				m.PostedAt = d.At
			}
			b.Mentions = append(b.Mentions, m)
		}
	}
	return b, nil
}

// named tells whether an item's identifier is its own and not one we made of its words.
func (w *Webhook) named(m desk.Mention, names, values []string) bool {
	if theirs, ok := w.o.Map["id"]; ok {
		return slices.Contains(names, theirs) && m.Remote != ""
	}
	return m.Remote != "" && slices.Contains(values, string(m.Remote))
}
