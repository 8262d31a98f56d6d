package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// pageSet is the templates of one language: each page parsed together with the frame and the shared pieces.
type pageSet struct {
	clock    clock
	pages    map[string]*template.Template
	variants map[string]template.HTML // pieces that come in few variants, rendered once
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// parsePages parses every page for every language; the language's texts are bound at parsing time.
func (s *Server) parsePages() (map[string]*pageSet, error) {
	sets := make(map[string]*pageSet, len(s.langs))
	for code, lang := range s.langs {
		set := &pageSet{clock: clock{lang, s.opt.Zone, s.opt.Now}, pages: map[string]*template.Template{}, variants: map[string]template.HTML{}}
		names, err := fs.Glob(files, "templates/pages/*.html")
		if err != nil {
			return nil, fmt.Errorf("listing templates: %w", err)
		}
		for _, name := range names {
			t, err := parsePage(lang, funcs(set), name)
			if err != nil {
				return nil, fmt.Errorf("parsing %s: %w", name, err)
			}
			set.pages[strings.TrimSuffix(path.Base(name), ".html")] = t
		}
		if err := set.cast(); err != nil {
			return nil, err
		}
		sets[code] = set
	}
	return sets, nil
}

// funcs is what templates may call.
func funcs(set *pageSet) template.FuncMap {
	c := set.clock
	return template.FuncMap{
		"t":       c.lang.T,
		"num":     c.lang.Num,
		"percent": c.lang.Percent,
		"ago":     c.Ago,
		"span":    c.Span,
		"full":    c.Full,
		"moment":  c.Moment,
		"said":    asSentence,
		"machine": c.Machine,
		"count":   func(v any) string { return showCount(c.lang, v) },
		"with2":   func(a, b any) pair { return pair{a, b} },
		"piece":   func(name, variant string) template.HTML { return set.variants[name+" "+variant] },
		"isset":   func(t time.Time) bool { return !t.IsZero() },
		"int64":   func(n int) int64 { return int64(n) },
	}
}

// pair hands two values to a template.
type pair struct{ A, B any }

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render executes a template into memory first, so that a failing one cannot send half a page, and then sends it.
func (s *Server) render(w http.ResponseWriter, r *http.Request, v *visitor, status int, page, name string, data any) error {
	set := s.pages[v.lang.Code]
	t := set.pages[page]
	if t == nil {
		return fmt.Errorf("there is no page %q", page)
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	if err := t.ExecuteTemplate(buf, name, data); err != nil {
		return fmt.Errorf("rendering %s: %w", page, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	return send(w, r, status, buf)
}

// smallest is the size in bytes below which compressing costs more than it saves.
const smallest = 1400

var packers = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return z }}

func send(w http.ResponseWriter, r *http.Request, status int, buf *bytes.Buffer) error {
	if buf.Len() < smallest || !acceptsGzip(r) {
		w.WriteHeader(status)
		_, err := w.Write(buf.Bytes())
		return ignoreWrite(err)
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(w)
	if _, err := z.Write(buf.Bytes()); err != nil {
		return ignoreWrite(err)
	}
	return ignoreWrite(z.Close())
}

// page renders a whole page in its frame.
func (s *Server) page(w http.ResponseWriter, r *http.Request, v *visitor, name string, data any) error {
	return s.render(w, r, v, http.StatusOK, name, "frame", data)
}

// wantsPiece tells whether a script asks for a piece of a page rather than the page.
func wantsPiece(r *http.Request) bool {
	return r.Header.Get("HX-Request") != "" || r.Header.Get("X-Piece") != ""
}
