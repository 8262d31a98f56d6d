package telegram_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/earshotdesk/earshot/connectors/connectortest"
	"github.com/earshotdesk/earshot/internal/text"
)

// group is where people talk, and channel what the company publishes.
const (
	group   = "-1001234567890123456" // beyond 2^53
	channel = "-1009876543210"
)

type object = map[string]any

// fake is a small Bot API with one bot in one supergroup.
type fake struct {
	token string
	keeps bool // whatever offset is asked with, nothing is forgotten; the real one forgets

	mu      sync.Mutex
	next    int64 // number of the next update
	updates []object
	said    []*saying
	lastID  int
	hook    string
	reader  string // another program that fetches updates
	moved   string // the group's number since it became a supergroup
	asked   []string
}

// saying is a message that the chat shows.
type saying struct {
	id, parent int
	words      string
	gone       bool
}

func newFake() *fake { return &fake{token: connectortest.Secret, next: 880000001, lastID: 54} }

// say lets a customer write into the group.
func (f *fake) say(words string, parent *saying) *saying {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lastID++
	s := &saying{id: f.lastID, words: words}
	if parent != nil {
		s.parent = parent.id
	}
	f.said = append(f.said, s)
	f.tell("message", f.show(s, false))
	return s
}

// edit lets the customer change what they wrote.
func (f *fake) edit(s *saying, words string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.words = words
	m := f.show(s, false)
	m["edit_date"] = connectortest.Now().Unix() - 60
	f.tell("edited_message", m)
}

func (f *fake) tell(kind string, m object) {
	f.updates = append(f.updates, object{"update_id": f.next, kind: m})
	f.next++
}

func (f *fake) show(s *saying, bot bool) object {
	from := object{"id": 7000000000000001, "is_bot": bot, "first_name": "Éva", "last_name": "Kovács", "username": "kovacs_eva", "language_code": "hu"}
	if bot {
		from = object{"id": 42, "is_bot": true, "first_name": "Acme", "username": "acme_bot"}
	}
	m := object{
		"message_id": s.id, "from": from, "date": connectortest.Now().Unix() - 3600, "text": s.words,
		"chat": object{"id": json.Number(group), "title": "Minta Bolt vásárlók", "username": "mintabolt_csoport", "type": "supergroup"},
	}
	if s.parent != 0 {
		m["reply_to_message"] = object{"message_id": s.parent, "chat": m["chat"], "date": connectortest.Now().Unix() - 7200, "text": "…"}
	}
	return m
}

// witness counts the answers with these words that the chat shows.
func (f *fake) witness(words string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, s := range f.said {
		if s.words == words && !s.gone && s.parent != 0 {
			n++
		}
	}
	return n
}

// ServeHTTP answers one call.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	token, method, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	f.asked = append(f.asked, method+"?"+r.URL.RawQuery)
	if token != f.token {
		refuse(w, 401, "Unauthorized", nil)
		return
	}
	in := object{}
	if r.Method == http.MethodPost {
		data, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(data, &in)
	}
	switch method {
	case "getMe":
		grant(w, object{"id": 42, "is_bot": true, "first_name": "Acme", "username": "Acme_bot"})
	case "getWebhookInfo":
		grant(w, object{"url": f.hook, "pending_update_count": len(f.updates)})
	case "getUpdates":
		f.getUpdates(w, r)
	case "sendMessage":
		f.send(w, in)
	case "editMessageText", "deleteMessage":
		f.change(w, method, in)
	default:
		refuse(w, 404, "Not Found: method not found", nil)
	}
}

func grant(w http.ResponseWriter, result any) {
	_ = json.NewEncoder(w).Encode(object{"ok": true, "result": result})
}

func refuse(w http.ResponseWriter, code int, words string, parameters object) {
	w.WriteHeader(code)
	no := object{"ok": false, "error_code": code, "description": words}
	if parameters != nil {
		no["parameters"] = parameters
	}
	_ = json.NewEncoder(w).Encode(no)
}

// getUpdates forgets what is below the offset, for good.
func (f *fake) getUpdates(w http.ResponseWriter, r *http.Request) {
	if f.reader != "" {
		refuse(w, 409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running", nil)
		return
	}
	offset, _ := strconv.ParseInt(r.URL.Query().Get("offset"), 10, 64)
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	left := []object{}
	for _, u := range f.updates {
		if id, ok := u["update_id"].(int64); ok && id >= offset {
			left = append(left, u)
		}
	}
	if !f.keeps {
		f.updates = left
	}
	grant(w, left[:min(limit, len(left))])
}

func (f *fake) send(w http.ResponseWriter, in object) {
	reply, _ := in["reply_parameters"].(object)
	words, _ := in["text"].(string)
	parent := f.find(reply["message_id"])
	switch {
	case f.moved != "":
		refuse(w, 400, "Bad Request: group chat was upgraded to a supergroup chat", object{"migrate_to_chat_id": json.Number(f.moved)})
	case text.Length(words, text.UTF16) > 4096:
		refuse(w, 400, "Bad Request: message is too long", nil)
	case parent == nil && reply["allow_sending_without_reply"] != true:
		refuse(w, 400, "Bad Request: message to be replied not found", nil)
	default:
		f.lastID++
		s := &saying{id: f.lastID, words: words, parent: parent.id}
		f.said = append(f.said, s)
		grant(w, f.show(s, true)) // a bot does not receive what it says itself
	}
}

func (f *fake) find(id any) *saying {
	for _, s := range f.said {
		if fmt.Sprint(id) == fmt.Sprint(s.id) && !s.gone {
			return s
		}
	}
	return nil
}

func (f *fake) change(w http.ResponseWriter, method string, in object) {
	s := f.find(in["message_id"])
	words, _ := in["text"].(string)
	switch {
	case s == nil && method == "deleteMessage":
		refuse(w, 400, "Bad Request: message to delete not found", nil)
	case s == nil:
		refuse(w, 400, "Bad Request: message to edit not found", nil)
	case method == "deleteMessage":
		s.gone = true
		grant(w, true)
	case s.words == words:
		refuse(w, 400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same", nil)
	default:
		s.words = words
		grant(w, f.show(s, true))
	}
}
