package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// assets is what pages load: one stylesheet, our modules, and htmx where it was built in. All of it lies under one version, so
// that modules find each other by relative paths and browsers may keep everything for ever.
type assets struct {
	version string
	files   map[string]asset
	htmx    bool
}

type asset struct {
	mime          string
	plain, packed []byte
}

func loadAssets(files fs.FS) (*assets, error) {
	a := &assets{files: map[string]asset{}}
	css, err := joinStyles(files)
	if err != nil {
		return nil, err
	}
	raw := map[string][]byte{"app.css": css}
	for _, pattern := range []string{"static/js/*.js", "static/*.svg", "static/*.webmanifest", "vendor/*.js"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, fmt.Errorf("listing assets: %w", err)
		}
		for _, name := range names {
			b, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, fmt.Errorf("reading asset: %w", err)
			}
			raw[path.Base(name)] = b
		}
	}
	sum := sha256.New()
	for _, name := range sortedKeys(raw) {
		_, _ = sum.Write([]byte(name))
		_, _ = sum.Write(raw[name])
		a.files[name] = asset{mime: mimeOf(name), plain: raw[name], packed: pack(raw[name])}
	}
	a.version = hex.EncodeToString(sum.Sum(nil)[:6])
	_, a.htmx = raw["htmx.min.js"]
	return a, nil
}

// joinStyles makes one stylesheet of all, in the order of their names.
func joinStyles(files fs.FS) ([]byte, error) {
	names, err := fs.Glob(files, "static/css/*.css")
	if err != nil {
		return nil, fmt.Errorf("listing styles: %w", err)
	}
	var css bytes.Buffer
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading style: %w", err)
		}
		css.Write(b)
		css.WriteByte('\n')
	}
	return css.Bytes(), nil
}

func mimeOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return "application/octet-stream"
}

func pack(b []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid constant
	_, _ = z.Write(b)
	_ = z.Close() // writing to memory does not fail
	return out.Bytes()
}

// asset serves a file. Only the present version is kept for ever; an old page that asks for another gets the present file once.
func (s *Server) asset(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	f, ok := s.assets.files[r.PathValue("path")]
	if !ok {
		return fmt.Errorf("asset %q: %w", r.PathValue("path"), desk.ErrNotFound)
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if r.PathValue("version") == s.assets.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := f.plain
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	_, err := w.Write(body)
	return ignoreWrite(err)
}

func acceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// ignoreWrite drops the error of writing to a browser that went away: nobody is left to tell.
func ignoreWrite(error) error { return nil }
