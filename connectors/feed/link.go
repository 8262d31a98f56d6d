package feed

import (
	"net/url"
	"strings"
)

// absolute resolves a link of the feed against its bases, the first that helps, and refuses what is no web page. The result is
// empty when there is none.
func absolute(link string, bases ...*url.URL) string {
	link = strings.TrimSpace(link)
	if link == "" || len(link) > 4096 {
		return ""
	}
	u, err := url.Parse(link)
	if err != nil {
		// A blank or a stray percent sign in an otherwise good address is common.
		u, err = url.Parse(strings.NewReplacer(" ", "%20", "%", "%25").Replace(link))
		if err != nil {
			return ""
		}
	}
	for _, base := range bases {
		if u.IsAbs() {
			break
		}
		if base != nil && base.IsAbs() {
			u = base.ResolveReference(u)
		}
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// unwrap takes the target out of a link that only counts clicks: Google Alerts and its like.
func unwrap(link string) string {
	for range 3 {
		u, err := url.Parse(link)
		if err != nil {
			return link
		}
		host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
		if !strings.HasPrefix(host, "google.") || u.Path != "/url" {
			return link
		}
		target := u.Query().Get("url")
		if target == "" {
			target = u.Query().Get("q")
		}
		t, err := url.Parse(target)
		if err != nil || t.Scheme != "http" && t.Scheme != "https" || t.Host == "" {
			return link
		}
		link = t.String()
	}
	return link
}

// normalised makes equal links equal: case of the host, default port, fragment and the parameters that campaigns add.
func normalised(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return link
	}
	u.Scheme, u.Host, u.User, u.Fragment, u.RawFragment = strings.ToLower(u.Scheme), hostOf(u), nil, "", ""
	if u.Path == "" {
		u.Path = "/"
	}
	if u.RawQuery != "" {
		kept := strings.Split(u.RawQuery, "&")
		n := 0
		for _, pair := range kept {
			if name := strings.ToLower(pair); !strings.HasPrefix(name, "utm_") && !strings.HasPrefix(name, "fbclid=") && !strings.HasPrefix(name, "gclid=") {
				kept[n] = pair
				n++
			}
		}
		u.RawQuery = strings.Join(kept[:n], "&")
	}
	return u.String()
}

func hostOf(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch strings.ToLower(u.Scheme) {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return host
}
