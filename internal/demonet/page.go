package demonet

import (
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"time"
)

//go:embed pages/page.html pages/site.css
var pageFiles embed.FS

// pageSize is how many posts a list page shows.
const pageSize = 50

// pagePolicy lets a page load its own style sheet and nothing else.
const pagePolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// page is what the template shows: a list or a conversation.
type page struct {
	Title string
	Lead  string
	Posts []pagePost
}

type pagePost struct {
	view
	Here  bool // the post that the address names
	Reply bool
}

func (s *server) routePages(mux *http.ServeMux) {
	tmpl := template.Must(template.New("page.html").Funcs(template.FuncMap{
		"when": func(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") },
		"iso":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}).ParseFS(pageFiles, "pages/page.html"))
	show := func(find func(*http.Request) (page, error)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Content-Security-Policy", pagePolicy)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Content-Type", "text/html; charset=utf-8")
			p, err := find(r)
			if err != nil {
				p = page{Title: "Not here", Lead: err.Error()}
				w.WriteHeader(status(err))
			}
			_ = tmpl.Execute(w, p) // the caller went away
		}
	}
	mux.HandleFunc("GET /{$}", show(s.newestPage))
	mux.HandleFunc("GET /{handle}", show(s.accountPage))
	mux.HandleFunc("GET /{handle}/{id}", show(s.threadPage))
	mux.HandleFunc("GET /site.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=300")
		http.ServeFileFS(w, r, pageFiles, "pages/site.css")
	})
}

func (s *server) newestPage(r *http.Request) (page, error) {
	posts, _ := s.net.List(Query{Limit: pageSize})
	return page{Title: "Newest posts", Lead: "What people said last.", Posts: s.pagePosts(r, posts, "")}, nil
}

func (s *server) accountPage(r *http.Request) (page, error) {
	handle := r.PathValue("handle")
	a := s.net.account(cleanHandle(handle))
	if handle != "@"+a.Handle || a.ID == "" {
		return page{}, refuse(http.StatusNotFound, "not_found", "There is no such page.")
	}
	posts, _ := s.net.List(Query{Author: a.Handle, Limit: pageSize})
	lead := fmt.Sprintf("@%s, %d followers", a.Handle, a.Followers)
	return page{Title: a.Name, Lead: lead, Posts: s.pagePosts(r, posts, "")}, nil
}

func (s *server) threadPage(r *http.Request) (page, error) {
	id := r.PathValue("id")
	p, err := s.net.Get(id, "")
	if err != nil {
		return page{}, err
	}
	if r.PathValue("handle") != "@"+p.Author {
		return page{}, notFound()
	}
	posts, err := s.net.Thread(id, "")
	if err != nil {
		return page{}, err
	}
	shown := page{Title: "Conversation", Lead: "Oldest first.", Posts: s.pagePosts(r, posts, id)}
	if s.net.locked(p.Thread) {
		shown.Lead = "Oldest first. This conversation is locked and takes no more replies."
	}
	return shown, nil
}

func (s *server) pagePosts(r *http.Request, posts []Post, here string) []pagePost {
	shown := make([]pagePost, 0, len(posts))
	for _, p := range posts {
		shown = append(shown, pagePost{view: s.show(r, p), Here: p.ID == here, Reply: p.Parent != ""})
	}
	return shown
}
