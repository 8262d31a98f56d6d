package hackernews

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/desk"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, suite())
}

func FuzzPoll(f *testing.F) {
	s := suite()
	s.Happy = index(5) // small, so that the time goes into what is fuzzed
	connectortest.Fuzz(f, s)
}

func BenchmarkDecode(b *testing.B) { connectortest.Bench(b, suite()) }

func suite() connectortest.Suite {
	return connectortest.Suite{
		Spec: Spec(), Cases: os.DirFS("testdata/cases"),
		Config: config,
		Happy:  index(230), Empty: index(0),
	}
}

func config(base string) string {
	return "name: hn\nkind: hackernews\nqueries: [minta, bolt]\nhandle: minta\nserver: " + base + "\nitems: " + base + "\n"
}

// index answers like the search, over so many comments, one every second minute; two of ten in the same second.
func index(n int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before := connectortest.Now().Unix()
		if limit, ok := strings.CutPrefix(r.FormValue("numericFilters"), "created_at_i<="); ok {
			before, _ = strconv.ParseInt(limit, 10, 64)
		}
		hits := []string{}
		for i := range n {
			at := connectortest.Now().Add(-time.Minute - time.Duration(i/2)*2*time.Minute).Unix()
			if at <= before && len(hits) < perPage {
				hits = append(hits, fmt.Sprintf(`{"objectID":"%d","created_at_i":%d,"author":"u%d","comment_text":"minta &amp; bolt<p>%d","story_id":1,"parent_id":1,"_tags":["comment"]}`, 9007199254740993+i, at, i%7, i))
			}
		}
		_, _ = fmt.Fprintf(w, `{"hits":[%s]}`, strings.Join(hits, ","))
	})
}

func connect(t *testing.T, h http.Handler) *Connector {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	c, err := New(connectortest.Env(t, "hackernews", nil), func(into any) error {
		o := into.(*Options)
		o.Queries, o.Handle, o.Server, o.Items = []string{"minta"}, "Minta", server.URL, server.URL
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*Connector)
}

func payload(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata/payloads", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := map[string]string{
			"/api/v1/search_by_date": "algolia.search_by_date.json", "/v0/item/45990001.json": "firebase.item.json",
			"/v0/item/45990002.json": "firebase.item.deleted.json", "/v0/item/45990003.json": "firebase.item.dead.json",
		}[r.URL.Path]
		if name == "" {
			_, _ = w.Write([]byte("null"))
			return
		}
		_, _ = w.Write(payload(t, name))
	}))
	b, err := c.Poll(t.Context(), "")
	if err != nil || len(b.Mentions) != 1 || b.Mentions[0].Text != "I bought it at MintaBolt / great <3\n\nsecond paragraph" {
		t.Fatalf("%+v, %v", b, err)
	}
	known := []desk.Mention{b.Mentions[0], {Site: site, Remote: "45990002"}, {Site: site, Remote: "45990003"}, {Site: site, Remote: "45990004"}}
	again, err := c.Recheck(t.Context(), known)
	if err != nil || !slices.Equal(again.Gone, []desk.RemoteID{"45990002", "45990003", "45990004"}) {
		t.Errorf("gone: %v, %v", again.Gone, err)
	}
	if len(again.Mentions) != 1 || again.Mentions[0].Text != "I bought it at MintaBolt / great" || again.Mentions[0].Thread != "45980000" {
		t.Errorf("changed: %+v", again.Mentions)
	}
	var changes struct{ Items []json.Number }
	if json.Unmarshal(payload(t, "firebase.updates.json"), &changes) != nil || len(changes.Items) != 2 {
		t.Errorf("updates: %+v", changes)
	}
}

// TestRecheckTrustsNoOtherItem: an answer about something else must not change or remove a mention.
func TestRecheckTrustsNoOtherItem(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"id":2,"deleted":true}`, `{"deleted":true}`, `<html>`, `[]`} {
		c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(body)) }))
		b, err := c.Recheck(t.Context(), []desk.Mention{{Site: site, Remote: "1", Text: "x"}})
		if err == nil || len(b.Gone)+len(b.Mentions) != 0 {
			t.Errorf("%s: %+v, %v", body, b, err)
		}
	}
}

func TestThread(t *testing.T) {
	t.Parallel()
	c := connect(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/items/1" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		_, _ = w.Write([]byte(`{"id":1,"type":"story","title":"Show","created_at_i":1795160000,"children":[
			{"id":2,"parent_id":1,"author":"a","text":"aside","created_at_i":1795160001,"children":[]},
			{"id":3,"parent_id":1,"author":null,"text":null,"created_at_i":1795160001,"children":[
				{"id":4,"parent_id":3,"author":"b","text":"it","created_at_i":1795160002,"children":[
					{"id":5,"parent_id":4,"author":"minta","text":"ours","created_at_i":1795160003,"children":[]}]}]}]}`))
	}))
	thread, err := c.Thread(t.Context(), desk.Mention{Remote: "4", Thread: "1"})
	var ids []string
	for _, m := range thread {
		ids = append(ids, string(m.Remote))
	}
	if err != nil || !slices.Equal(ids, []string{"1", "4", "5"}) || !thread[2].Ours || thread[2].Parent != "4" || thread[1].Thread != "1" {
		t.Errorf("%v %+v, %v", ids, thread, err)
	}
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"nothing to search": {}, "an empty query": {Queries: []string{" "}}, "no address": {Queries: []string{"a"}, Server: "x"},
		"negative": {Queries: []string{"a"}, History: -1, Server: "https://a.example", Items: "https://b.example"},
	} {
		_, err := New(connectortest.Env(t, "hackernews", nil), func(into any) error { *into.(*Options) = o; return nil })
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

var _ interface {
	connectors.Rechecker
	connectors.Threader
	connectors.Checker
	connectors.Sited
} = (*Connector)(nil)
