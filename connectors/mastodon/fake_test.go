package mastodon_test

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// fake is a small server that speaks Mastodon's client API, in one of two moods: as Mastodon does, or as GoToSocial.
type fake struct {
	now    func() time.Time
	gts    bool // ULIDs, 5000 characters, other errors, no lookup of several posts
	header bool // a repeated Idempotency-Key gives the first post

	mu     sync.Mutex
	host   string
	seq    int
	people []*user
	posts  []*post // oldest first
	notes  []*note // oldest first
	keys   map[string]*post
	codes  map[string]string // what /oauth/authorize handed out, and for which redirect
	left   int               // requests until 429; negative: no limit
	asked  []string          // method and address of every request
}

type user struct {
	id, acct, token, scopes string
}

type post struct {
	id, text, spoiler, visibility, language string
	parent                                  *post
	by                                      *user
	at                                      time.Time
	edited                                  time.Time
	gone                                    bool
	takes                                   []string // who may answer without being asked; nil for everybody
}

type note struct {
	id   string
	to   *user
	post *post
	at   time.Time
}

// newFake opens a server with the company's account, a customer on it and one elsewhere.
func newFake(now func() time.Time, gts, header bool) *fake {
	f := &fake{now: now, gts: gts, header: header, host: "mastodon.example", keys: map[string]*post{}, codes: map[string]string{}, left: -1}
	for _, acct := range []string{"acme", "mira", "eva@masik.example"} {
		f.people = append(f.people, &user{id: f.id(), acct: acct, token: "token-of-" + acct, scopes: "read write"})
	}
	return f
}

// id is the next identifier: a ULID, or a number beyond 2^53.
func (f *fake) id() string {
	f.seq++
	if f.gts {
		return desk.IDAt(f.now().Add(time.Duration(f.seq)*time.Millisecond), [10]byte{byte(f.seq)})
	}
	return strconv.Itoa(115586126728896492 + f.seq)
}

func (f *fake) user(acct string) *user {
	for _, u := range f.people {
		if strings.EqualFold(u.acct, acct) || u.id == acct || u.token == acct {
			return u
		}
	}
	return nil
}

func (f *fake) find(id string) *post {
	for _, p := range f.posts {
		if p.id == id && !p.gone {
			return p
		}
	}
	return nil
}

// say publishes as if somebody did it now, or some time before.
func (f *fake) say(by, words string, parent *post, ago time.Duration) *post {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := &post{id: f.id(), text: words, visibility: "public", language: "hu", parent: parent, by: f.user(by), at: f.now().Add(-ago)}
	f.publish(p)
	return p
}

// publish puts a post up and tells those whom it names.
func (f *fake) publish(p *post) {
	f.posts = append(f.posts, p)
	for _, u := range f.named(p.text) {
		if u != p.by {
			f.notes = append(f.notes, &note{f.id(), u, p, p.at})
		}
	}
}

var mentions = regexp.MustCompile(`(?i)@[a-z]+(?:@[a-z.]+[a-z])?`)

func (f *fake) named(words string) (all []*user) {
	for _, m := range mentions.FindAllString(words, -1) {
		if u := f.user(strings.TrimSuffix(m[1:], "@"+f.host)); u != nil && !slices.Contains(all, u) {
			all = append(all, u)
		}
	}
	return all
}

// remove deletes a post, and with it what told of it.
func (f *fake) remove(p *post) {
	p.gone = true
	f.notes = slices.DeleteFunc(f.notes, func(n *note) bool { return n.post == p })
}

// witness counts the public answers to a post with these words, with or without the address before them.
func (f *fake) witness(parent *post, words string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, p := range f.posts {
		said := p.text == words || p.text == "@"+parent.by.acct+" "+words
		if p.parent == parent && said && !p.gone && p.visibility != "direct" {
			n++
		}
	}
	return n
}

// follows tells whether an identifier comes after another, in the server's order.
func follows(a, b string) bool {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) > 0
}

type object = map[string]any

func (f *fake) showUser(u *user) object {
	name, _, _ := strings.Cut(u.acct, "@")
	address := "https://" + f.host + "/@" + u.acct
	return object{
		"id": u.id, "username": name, "acct": u.acct, "display_name": strings.ToUpper(name[:1]) + name[1:], "locked": false, "bot": false,
		"created_at": "2024-01-01T00:00:00.000Z", "note": "", "url": address, "followers_count": 87, "following_count": 1,
		"statuses_count": 2, "emojis": []any{}, "fields": []any{},
	}
}

func (f *fake) show(p *post) object {
	var parent, by, edited any
	if p.parent != nil && !p.parent.gone {
		parent, by = p.parent.id, p.parent.by.id
	}
	if !p.edited.IsZero() {
		edited = stamp(p.edited)
	}
	named, tags := []any{}, []any{}
	for _, u := range f.named(p.text) {
		name, _, _ := strings.Cut(u.acct, "@")
		named = append(named, object{"id": u.id, "username": name, "acct": u.acct, "url": "https://" + f.host + "/@" + u.acct})
	}
	for _, t := range tagsOf(p.text) {
		tags = append(tags, object{"name": t, "url": "https://" + f.host + "/tags/" + t})
	}
	s := object{
		"id": p.id, "created_at": stamp(p.at), "edited_at": edited, "in_reply_to_id": parent, "in_reply_to_account_id": by,
		"sensitive": false, "spoiler_text": p.spoiler, "visibility": p.visibility, "language": p.language,
		"uri": "https://" + f.host + "/users/" + p.by.acct + "/statuses/" + p.id, "url": "https://" + f.host + "/@" + p.by.acct + "/" + p.id,
		"replies_count": 0, "reblogs_count": 1, "favourites_count": 2, "favourited": false, "reblogged": false, "muted": false,
		"bookmarked": false, "content": f.html(p.text), "reblog": nil, "account": f.showUser(p.by), "media_attachments": []any{},
		"mentions": named, "tags": tags, "emojis": []any{}, "card": nil, "poll": nil,
	}
	if f.gts {
		takes := []string{"public", "me"}
		if p.takes != nil {
			takes = p.takes
		}
		s["interaction_policy"] = object{"can_reply": object{"automatic_approval": takes, "manual_approval": []string{}}}
	}
	return s
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

var (
	hashtags = regexp.MustCompile(`#([\pL\d_]+)`)
	links    = regexp.MustCompile(`https://(\S+)`)
)

func tagsOf(words string) (tags []string) {
	for _, m := range hashtags.FindAllStringSubmatch(words, -1) {
		tags = append(tags, strings.ToLower(m[1]))
	}
	return tags
}

// html is a post as servers show it: people without their server, links cut for the eye.
func (f *fake) html(words string) string {
	s := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(words)
	s = links.ReplaceAllString(s, `<a href="https://$1" rel="nofollow noopener" target="_blank"><span class="invisible">https://</span><span class="">$1</span></a>`)
	s = mentions.ReplaceAllStringFunc(s, func(m string) string {
		name, _, _ := strings.Cut(strings.ToLower(m[1:]), "@") // as its owner spells it
		return fmt.Sprintf(`<span class="h-card"><a href="https://%s/%s" class="u-url mention">@<span>%s</span></a></span>`, f.host, m, name)
	})
	s = hashtags.ReplaceAllString(s, `<a href="https://`+f.host+`/tags/$1" class="mention hashtag" rel="tag">#<span>$1</span></a>`)
	return "<p>" + strings.ReplaceAll(strings.ReplaceAll(s, "\n\n", "</p><p>"), "\n", "<br />") + "</p>"
}

// requests returns what was asked since the last call.
func (f *fake) requests(t testing.TB) []string {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.asked
	f.asked = nil
	return all
}
