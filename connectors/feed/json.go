package feed

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/mmcdole/gofeed"
	gojson "github.com/mmcdole/gofeed/json"
)

// parseJSON reads a JSON Feed, up to n items, and steps over those that are known and unchanged. The parser knows the feed whole or
// not at all, so where it fails the items are read one by one.
func parseJSON(doc []byte, known *memory, n int) (document, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(doc, &fields); err != nil {
		return document{}, errors.New("it is not valid JSON, or it breaks off")
	}
	_, listed := fields["items"]
	if !listed && !bytes.Contains(fields["version"], []byte("jsonfeed.org")) {
		return document{}, errors.New("it is JSON, but not a JSON Feed")
	}
	var all []json.RawMessage
	if listed && json.Unmarshal(fields["items"], &all) != nil {
		return document{}, errors.New("it is JSON, but its items are not a list")
	}
	items, skipped := unknownItems(all[:min(n, len(all))], known)
	d, err := guarded(func() (document, error) { return jsonDocument(withItems(fields, items)) })
	if err != nil || len(d.entries) != len(items) {
		if d, err = itemByItem(fields, items); err != nil && len(skipped) == 0 {
			return document{}, err
		}
	}
	for i := range d.entries {
		d.entries[i].raw = items[i]
	}
	d.skipped = skipped
	return d, nil
}

// unknownItems drops the items that were read before and did not change.
func unknownItems(all []json.RawMessage, known *memory) (items []json.RawMessage, skipped []record) {
	for _, raw := range all {
		if id, seen := known.byRaw[hash64(raw)]; seen {
			skipped = append(skipped, known.byID[id])
			continue
		}
		items = append(items, raw)
	}
	return items, skipped
}

// withItems writes the feed with other items.
func withItems(fields map[string]json.RawMessage, items []json.RawMessage) []byte {
	fields["items"] = append(append([]byte("["), bytes.Join(rawBytes(items), []byte(","))...), ']')
	b, err := json.Marshal(fields)
	if err != nil { // what was read as JSON can be written
		return nil
	}
	return b
}

func rawBytes(items []json.RawMessage) [][]byte {
	out := make([][]byte, len(items))
	for i, raw := range items {
		out[i] = raw
	}
	return out
}

// itemByItem reads every item as a feed of its own; those that cannot be read say so.
func itemByItem(fields map[string]json.RawMessage, items []json.RawMessage) (document, error) {
	d, err := guarded(func() (document, error) { return jsonDocument(withItems(fields, nil)) })
	if err != nil { // a field of the feed itself is of the wrong type: do without them
		fields = map[string]json.RawMessage{"version": json.RawMessage(`"https://jsonfeed.org/version/1.1"`)}
		d = document{}
	}
	good := 0
	for _, raw := range items {
		one, err := guarded(func() (document, error) { return jsonDocument(withItems(fields, []json.RawMessage{raw})) })
		if err != nil || len(one.entries) != 1 {
			d.entries = append(d.entries, entry{err: errors.New("this item has a field of the wrong type")})
			continue
		}
		d.entries = append(d.entries, one.entries[0])
		good++
	}
	if good == 0 {
		return d, errors.New("it is JSON, but its fields are not those of a JSON Feed")
	}
	return d, nil
}

func jsonDocument(doc []byte) (document, error) {
	f, err := (&gojson.Parser{}).Parse(bytes.NewReader(doc))
	if err != nil {
		return document{}, err
	}
	u, err := (&gofeed.DefaultJSONTranslator{}).Translate(f)
	if err != nil {
		return document{}, err
	}
	d := document{title: u.Title, link: u.Link, language: u.Language, author: jsonAuthor(f.Author, f.Authors)}
	d.entries = entriesOf(u.Items, f.Items, func(e *entry, own *gojson.Item) { e.json = own })
	return d, nil
}
