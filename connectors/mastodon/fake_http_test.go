package mastodon_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/text"
)

// ServeHTTP answers one request, as the whole server: nothing else happens meanwhile.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, r.Method+" "+r.URL.RequestURI())
	if f.throttled(w) {
		return
	}
	mux := http.NewServeMux()
	f.open(mux)
	f.signed(mux)
	mux.ServeHTTP(w, r)
}

// throttled says 429 as servers do: with a date and without Retry-After.
func (f *fake) throttled(w http.ResponseWriter) bool {
	if f.left < 0 {
		return false
	}
	w.Header().Set("X-RateLimit-Limit", "300")
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(max(0, f.left-1)))
	w.Header().Set("X-RateLimit-Reset", f.now().Add(4*time.Minute).UTC().Format("2006-01-02T15:04:05.000000Z"))
	if f.left > 0 {
		f.left--
		return false
	}
	answer(w, http.StatusTooManyRequests, object{"error": "rate limit reached"})
	return true
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

// fail answers with the words of the mood.
func (f *fake) fail(w http.ResponseWriter, code int, mastodon, gts string) {
	if f.gts {
		mastodon = gts
	}
	answer(w, code, object{"error": mastodon})
}

// open serves what takes no token.
func (f *fake) open(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/v2/instance", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, object{"domain": f.host, "title": "Fake", "version": "4.5.0",
			"configuration": object{"statuses": object{"max_characters": f.limit(), "max_media_attachments": 4, "characters_reserved_per_url": 23}}})
	})
	mux.HandleFunc("POST /api/v1/apps", func(w http.ResponseWriter, r *http.Request) {
		in := body(r)
		answer(w, 200, object{"id": f.id(), "name": in.Get("client_name"), "redirect_uri": in.Get("redirect_uris"), "client_id": "app-1",
			"client_secret": "app-secret-1", "scopes": strings.Fields(in.Get("scopes"))})
	})
	mux.HandleFunc("GET /oauth/authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		f.codes["code-1"] = q.Get("redirect_uri")
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {"code-1"}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /oauth/token", func(w http.ResponseWriter, r *http.Request) {
		in := body(r)
		if redirect, ok := f.codes[in.Get("code")]; !ok || redirect != in.Get("redirect_uri") || in.Get("client_secret") != "app-secret-1" {
			answer(w, 400, object{"error": "invalid_grant"})
			return
		}
		answer(w, 200, object{"access_token": f.user("acme").token, "token_type": "Bearer", "scope": in.Get("scope"), "created_at": f.now().Unix()})
	})
	mux.HandleFunc("GET /api/v1/timelines/tag/{tag}", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		f.list(w, r, f.posts, 20, func(p *post) bool {
			has := func(t string) bool { return slices.Contains(tagsOf(p.text), strings.ToLower(t)) }
			some := has(r.PathValue("tag")) || slices.ContainsFunc(q["any[]"], has)
			return some && p.visibility == "public" && !slices.ContainsFunc(q["none[]"], has) &&
				!slices.ContainsFunc(q["all[]"], func(t string) bool { return !has(t) })
		})
	})
}

func (f *fake) limit() int {
	if f.gts {
		return 5000
	}
	return 500
}

// signed serves what takes a token, and a scope.
func (f *fake) signed(mux *http.ServeMux) {
	for pattern, serve := range map[string]func(w http.ResponseWriter, r *http.Request, me *user){
		"GET /api/v1/accounts/verify_credentials": func(w http.ResponseWriter, _ *http.Request, me *user) { answer(w, 200, f.showUser(me)) },
		"GET /api/v1/accounts/{id}/statuses": func(w http.ResponseWriter, r *http.Request, me *user) {
			f.list(w, r, f.posts, 20, func(p *post) bool {
				return p.by.id == r.PathValue("id") && (p.visibility != "direct" || p.by == me && !f.gts)
			})
		},
		"GET /api/v1/notifications":         f.notifications,
		"GET /api/v2/search":                f.search,
		"GET /api/v1/statuses":              f.several,
		"POST /api/v1/statuses":             f.create,
		"GET /api/v1/statuses/{id}":         f.one(func(w http.ResponseWriter, _ *http.Request, p *post) { answer(w, 200, f.show(p)) }),
		"GET /api/v1/statuses/{id}/context": f.one(f.context),
		"PUT /api/v1/statuses/{id}":         f.one(f.edit),
		"DELETE /api/v1/statuses/{id}": f.one(func(w http.ResponseWriter, _ *http.Request, p *post) {
			answer(w, 200, f.show(p))
			f.remove(p)
		}),
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			me := f.user(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
			switch {
			case me == nil:
				f.fail(w, 401, "The access token is invalid", "Unauthorized: token not supplied")
			case r.Method != http.MethodGet && !strings.Contains(me.scopes, "write"):
				f.fail(w, 403, "This action is outside the authorized scopes", "Forbidden: token has insufficient scope permission")
			default:
				serve(w, r, me)
			}
		})
	}
}

// one finds the post that a path names.
func (f *fake) one(serve func(w http.ResponseWriter, r *http.Request, p *post)) func(http.ResponseWriter, *http.Request, *user) {
	return func(w http.ResponseWriter, r *http.Request, me *user) {
		p := f.find(r.PathValue("id"))
		foreign := p != nil && r.Method != http.MethodGet && p.by != me
		if p == nil || foreign {
			f.fail(w, 404, "Record not found", "Not Found: target status not found")
			return
		}
		serve(w, r, p)
	}
}

func (f *fake) several(w http.ResponseWriter, r *http.Request, _ *user) {
	if f.gts {
		answer(w, 404, object{"error": "404 Not Found"})
		return
	}
	found := []object{}
	for _, id := range r.URL.Query()["id[]"] {
		if p := f.find(id); p != nil {
			found = append(found, f.show(p))
		}
	}
	answer(w, 200, found)
}

func (f *fake) notifications(w http.ResponseWriter, r *http.Request, me *user) {
	var mine []*note
	for _, n := range f.notes {
		if n.to == me {
			mine = append(mine, n)
		}
	}
	page := window(w, r, "https://"+f.host, mine, 40, func(n *note) string { return n.id })
	shown := []object{}
	for _, n := range page {
		shown = append(shown, object{"id": n.id, "type": "mention", "created_at": stamp(n.at), "account": f.showUser(n.post.by), "status": f.show(n.post)})
	}
	answer(w, 200, shown)
}

// list answers with a page of posts.
func (f *fake) list(w http.ResponseWriter, r *http.Request, posts []*post, usual int, wanted func(*post) bool) {
	var some []*post
	for _, p := range posts {
		if !p.gone && wanted(p) {
			some = append(some, p)
		}
	}
	shown := []object{}
	for _, p := range window(w, r, "https://"+f.host, some, usual, func(p *post) string { return p.id }) {
		shown = append(shown, f.show(p))
	}
	answer(w, 200, shown)
}

// window cuts a page out of a list that is ordered oldest first: newest first inside the page; min_id gives what follows it, since_id
// the newest of what follows. The Link header names the neighbours and keeps everything else of the query.
func window[T any](w http.ResponseWriter, r *http.Request, base string, list []T, usual int, id func(T) string) []T {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil {
		limit = usual
	}
	after, before := q.Get("min_id")+q.Get("since_id"), q.Get("max_id")
	var some []T
	for _, one := range list {
		if (after == "" || follows(id(one), after)) && (before == "" || follows(before, id(one))) {
			some = append(some, one)
		}
	}
	if q.Get("min_id") != "" {
		some = some[:min(limit, len(some))]
	} else {
		some = some[max(0, len(some)-limit):]
	}
	some = slices.Clone(some)
	slices.Reverse(some)
	if len(some) > 0 {
		to := func(name, at string) string {
			q := r.URL.Query()
			for _, bound := range []string{"min_id", "max_id", "since_id"} {
				q.Del(bound)
			}
			q.Set("limit", strconv.Itoa(limit))
			q.Set(name, at)
			return base + r.URL.Path + "?" + q.Encode()
		}
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next", <%s>; rel="prev"`, to("max_id", id(some[len(some)-1])), to("min_id", id(some[0]))))
	}
	return some
}

func (f *fake) search(w http.ResponseWriter, r *http.Request, me *user) {
	q := r.URL.Query()
	found := []object{}
	for _, p := range slices.Backward(f.posts) {
		before := q.Get("max_id") == "" || follows(q.Get("max_id"), p.id)
		if before && !p.gone && strings.Contains(p.text, q.Get("q")) && (!f.gts || p.by == me) {
			found = append(found, f.show(p))
		}
	}
	answer(w, 200, object{"accounts": []any{}, "statuses": found, "hashtags": []any{}})
}

func (f *fake) context(w http.ResponseWriter, _ *http.Request, p *post) {
	above, below := []object{}, []object{}
	for up := p.parent; up != nil; up = up.parent {
		above = append([]object{f.show(up)}, above...)
	}
	for _, other := range f.posts {
		for up := other.parent; up != nil && !other.gone; up = up.parent {
			if up == p {
				below = append(below, f.show(other))
			}
		}
	}
	answer(w, 200, object{"ancestors": above, "descendants": below})
}

// body reads a form or JSON; clients send either.
func body(r *http.Request) url.Values {
	data, _ := io.ReadAll(r.Body)
	in := url.Values{}
	var all map[string]any
	if json.Unmarshal(data, &all) != nil {
		in, _ = url.ParseQuery(string(data))
	}
	for name, value := range all {
		in.Set(name, fmt.Sprint(value))
	}
	return in
}

func (f *fake) create(w http.ResponseWriter, r *http.Request, me *user) {
	in := body(r)
	if !f.sound(w, in.Get("status")) {
		return
	}
	key := me.id + " " + r.Header.Get("Idempotency-Key")
	if first := f.keys[key]; first != nil && f.header && r.Header.Get("Idempotency-Key") != "" {
		answer(w, 200, f.show(first))
		return
	}
	p := &post{id: f.id(), text: in.Get("status"), visibility: in.Get("visibility"), language: in.Get("language"), by: me, at: f.now()}
	if p.visibility == "" {
		p.visibility = "public"
	}
	if id := in.Get("in_reply_to_id"); id != "" {
		if p.parent = f.find(id); p.parent == nil {
			f.fail(w, 404, "Record not found", "Not Found: target status not found")
			return
		}
	}
	f.keys[key] = p
	f.publish(p)
	answer(w, 200, f.show(p))
}

func (f *fake) sound(w http.ResponseWriter, words string) bool {
	code := 422
	if f.gts {
		code = 400
	}
	switch {
	case strings.TrimSpace(words) == "":
		f.fail(w, code, "Validation failed: Text can't be blank", "Bad Request: status contains no text, media or poll")
	case text.Length(words, text.Mastodon) > f.limit():
		f.fail(w, code, "Validation failed: Text character limit of 500 exceeded", "Bad Request: text with spoiler exceed max chars (5000)")
	default:
		return true
	}
	return false
}

func (f *fake) edit(w http.ResponseWriter, r *http.Request, p *post) {
	words := body(r).Get("status")
	if !f.sound(w, words) {
		return
	}
	p.text, p.edited = words, f.now()
	answer(w, 200, f.show(p))
}
