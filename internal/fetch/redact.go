package fetch

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/earshotdesk/earshot/internal/desk"
)

// hidden stands where a secret stood.
const hidden = "***"

// RedactURL returns an address that may be shown: without user, password and fragment, and with *** for values of the query and
// parts of the path that look like a secret. What cannot be read as an address is not shown at all.
func RedactURL(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Opaque != "" {
		return "(an address that cannot be read)"
	}
	var b strings.Builder
	if u.Scheme != "" {
		b.WriteString(u.Scheme + ":")
	}
	if u.Host != "" {
		b.WriteString("//" + u.Host)
	}
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		if looksSecret(part) {
			parts[i] = hidden
		}
	}
	b.WriteString(strings.Join(parts, "/"))
	if u.RawQuery != "" {
		b.WriteString("?" + redactQuery(u.RawQuery))
	}
	return b.String()
}

// shown is the key of the address under which errors speak of a request.
type shown struct{}

// InPath puts a secret between a prefix and the path of a request, for networks that take it nowhere else; errors show *** in its place,
// whatever it looks like.
func InPath(r *http.Request, prefix string, secret desk.Secret) {
	plain := *r.URL
	plain.Path, plain.RawPath = prefix+hidden+r.URL.Path, ""
	secretly := *r.URL
	secretly.Path, secretly.RawPath = prefix+secret.Reveal()+r.URL.Path, ""
	address := strings.Replace(RedactURL(plain.String()), url.PathEscape(hidden), hidden, 1)
	*r = *r.WithContext(context.WithValue(r.Context(), shown{}, address))
	r.URL = &secretly
}

// where is the address of a request as errors may show it.
func where(req *http.Request) string {
	if s, ok := req.Context().Value(shown{}).(string); ok {
		return s
	}
	return RedactURL(req.URL.String())
}

func redactQuery(raw string) string {
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(value)
		if err != nil {
			plain = value
		}
		switch {
		case found && isSecretParam(name, plain):
			pairs[i] = name + "=" + hidden
		case !found && looksSecret(pair):
			pairs[i] = hidden
		}
	}
	return strings.Join(pairs, "&")
}

// isSecretParam tells whether a query parameter is a secret by its name or by the look of its value.
func isSecretParam(name, value string) bool {
	if value == "" {
		return false
	}
	n := strings.ToLower(name)
	for _, word := range [...]string{"token", "secret", "password", "passwd", "pwd", "apikey", "api_key", "api-key", "signature", "auth", "credential", "session", "jwt"} {
		if strings.Contains(n, word) {
			return true
		}
	}
	switch n {
	case "key", "sig", "pass", "code", "sid", "hash", "usg", "hmac", "pw":
		return true
	}
	return looksSecret(value)
}

// looksSecret tells whether a word was made by a machine to be hard to guess: 20 or more letters and digits in a row where upper
// case, lower case and digits mix, or 24 and more hexadecimal digits. Words joined by hyphens, as in the path of an article, pass.
func looksSecret(word string) bool {
	run := 0
	var upper, lower, digit, beyondHex bool
	for _, r := range word + " " {
		switch {
		case r < unicode.MaxASCII && unicode.IsUpper(r):
			upper = true
		case r < unicode.MaxASCII && unicode.IsLower(r):
			lower = true
		case unicode.IsDigit(r):
			digit = true
		case r == '_' || r == '%':
		default:
			mixed := upper && lower && digit
			hex := digit && (lower != upper) && !beyondHex
			if run >= 20 && mixed || run >= 24 && hex {
				return true
			}
			run, upper, lower, digit, beyondHex = 0, false, false, false, false
			continue
		}
		run++
		beyondHex = beyondHex || !strings.ContainsRune("0123456789abcdefABCDEF", r)
	}
	return false
}
