package fetch

import (
	"errors"
	"net/http"
	"net/url"
)

// Reasons not to follow a redirect. Do turns them into sentences that name the host.
var (
	errTooManyRedirects = errors.New("redirects more than 10 times")
	errDowngrade        = errors.New("redirects from https to http, where the credentials could be read by others; they were not sent")
	errBodyElsewhere    = errors.New("redirects to another host with all that was sent to it, where passwords may stand; it was not sent")
	errOddScheme        = errors.New("redirects to an address that is neither http nor https")
)

// checkRedirect follows at most ten redirects. What the caller put into the request for one host stays with that host: another
// one gets only the headers that every visitor sends, and never a body.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) >= 10 {
		return errTooManyRedirects
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return errOddScheme
	}
	first, last := via[0], via[len(via)-1]
	if last.URL.Scheme == "https" && req.URL.Scheme == "http" && hasCredentials(first) {
		return errDowngrade
	}
	req.Header.Del("Referer") // it would carry the query, where secrets may stand
	for _, earlier := range via {
		if earlier.URL.Host == req.URL.Host {
			continue
		}
		if req.Body != nil && req.Body != http.NoBody {
			return errBodyElsewhere // 307 and 308 want it sent again: a code, a refresh token, an app password
		}
		keepPublicHeaders(req.Header)
		break
	}
	return nil
}

// publicHeaders give nothing away about who asks.
func isPublicHeader(name string) bool {
	switch name {
	case "Accept", "Accept-Language", "If-Modified-Since", "If-None-Match", "User-Agent", "A-Im":
		return true
	}
	return false
}

func keepPublicHeaders(h http.Header) {
	for name := range h {
		if !isPublicHeader(name) {
			h.Del(name)
		}
	}
}

func hasCredentials(req *http.Request) bool {
	if req.URL.User != nil {
		return true
	}
	for name := range req.Header {
		if !isPublicHeader(name) && name != "Accept-Encoding" {
			return true
		}
	}
	return hasSecretQuery(req.URL)
}

func hasSecretQuery(u *url.URL) bool {
	for name, values := range u.Query() {
		for _, v := range values {
			if isSecretParam(name, v) {
				return true
			}
		}
	}
	return false
}
