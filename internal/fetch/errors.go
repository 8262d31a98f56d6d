package fetch

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"sync/atomic"
	"syscall"

	"code.dny.dev/ssrf"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Do sends a request that may be repeated and returns the answer, whatever its status; [Check] judges that. A failure is one
// sentence: [*desk.Transient] when it may pass, desk.ErrDenied when the address is private, the context's error when it ended.
func Do(c *http.Client, req *http.Request) (*http.Response, error) {
	resp, err := c.Do(req)
	if err != nil {
		return nil, explain(req, err)
	}
	return resp, nil
}

// Send sends a request that changes something in public. It differs from [Do] in what a failure means: [*desk.Transient] is
// returned only when no connection came about, so that nothing can have become public; [*desk.Unknown] when it may have.
func Send(c *http.Client, req *http.Request) (*http.Response, error) {
	var connected atomic.Bool
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }}
	resp, err := c.Do(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err == nil {
		return resp, nil
	}
	said := explain(req, err)
	if connected.Load() {
		return nil, &desk.Unknown{Err: said}
	}
	var transient *desk.Transient
	if errors.Is(said, context.Canceled) && !errors.As(said, &transient) {
		return nil, &desk.Transient{Err: said}
	}
	return nil, said
}

// explain says in a sentence why there is no answer. The causes are named by class and not quoted: the text of net/http holds the
// whole address, and a server's garbage may hold what we sent it.
func explain(req *http.Request, err error) error {
	where := where(req)
	var dns *net.DNSError
	var tooLarge *TooLargeError
	switch {
	case req.Context().Err() != nil && !errors.Is(req.Context().Err(), context.DeadlineExceeded):
		return fmt.Errorf("calling %s: %w", where, req.Context().Err())
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork):
		return desk.Deniedf("%s is in a private network; the desk calls it only when the configuration allows that network", where)
	case errors.As(err, &tooLarge):
		return tooLarge
	case errors.Is(err, errTooManyRedirects), errors.Is(err, errDowngrade), errors.Is(err, errBodyElsewhere), errors.Is(err, errOddScheme):
		return fmt.Errorf("%s %w", where, sentinel(err))
	case isTimeout(err):
		return transientf("%s did not answer in time", where)
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("there is no host named %s", req.URL.Hostname())
	case errors.As(err, &dns):
		return transientf("the name %s could not be looked up", req.URL.Hostname())
	case isCertificate(err):
		return fmt.Errorf("the certificate of %s is not trusted", where)
	case errors.Is(err, syscall.ECONNREFUSED):
		return transientf("%s refused the connection", where)
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return transientf("%s closed the connection before it answered", where)
	case isMalformed(err):
		return fmt.Errorf("%s does not answer in HTTP", where)
	case strings.Contains(err.Error(), "unsupported protocol scheme"), strings.Contains(err.Error(), "no Host in request URL"):
		return desk.Invalidf("%s is not an http or https address", where)
	}
	return transientf("%s could not be reached", where)
}

func sentinel(err error) error {
	for _, s := range []error{errTooManyRedirects, errDowngrade, errBodyElsewhere, errOddScheme} {
		if errors.Is(err, s) {
			return s
		}
	}
	return err
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

func isMalformed(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record) || strings.Contains(err.Error(), "malformed HTTP") ||
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") || strings.Contains(err.Error(), "malformed MIME header")
}

func isBadEncoding(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}
