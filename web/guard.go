package web

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// policy lets the browser load nothing but our own files and run nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

// maxForm is the longest body that a form may send, in bytes.
const maxForm = 256 << 10

// formTime is how long the body of a request may take to arrive; deliveries have a time of their own.
const formTime = 30 * time.Second

// hurried is a body with a deadline, which ends with it: what the desk does afterwards takes the time it takes.
type hurried struct {
	io.ReadCloser
	conn *http.ResponseController
}

func (b hurried) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF { // after any other error the server must not wait for the rest
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	return n, err
}

// guard sets what every answer carries and limits what every request may send.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		if s.opt.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !strings.HasPrefix(r.URL.Path, "/assets/") {
			h.Set("Cache-Control", "no-store")
		}
		limit := int64(maxForm)
		if strings.HasPrefix(r.URL.Path, hooks) {
			limit = maxDelivery
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		if conn := http.NewResponseController(w); limit == maxForm && r.ContentLength != 0 && conn.SetReadDeadline(time.Now().Add(formTime)) == nil {
			r.Body = hurried{r.Body, conn}
		}
		next.ServeHTTP(w, r)
	})
}
