package fetch

import (
	"bytes"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode"
)

// Servers that refuse like to repeat what they were sent, some of them where others have a code. A code is shown only when no part of
// it was in what could hold a secret, and when it does not look as if a machine had made it.
const (
	echoed = 8  // letters of a code that stood in the request are an echo; a shorter coincidence gives nothing away
	minted = 12 // a run of letters and digits this long that has both is no word
)

// plainWord returns the word when it is short and plain: a code, never a text that may hold what was sent.
func plainWord(s string) string {
	odd := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:", r))
	}
	if len(s) > 60 || strings.ContainsFunc(s, odd) || looksSecret(s) {
		return ""
	}
	for run := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if len(run) >= minted && strings.ContainsFunc(run, unicode.IsDigit) && strings.ContainsFunc(run, unicode.IsLetter) {
			return ""
		}
	}
	return s
}

// echoes tells whether a part of the word stood in the request where secrets stand: in its body, its address, or a header that not
// every visitor sends.
func echoes(req *http.Request, word string) bool {
	if len(word) < echoed {
		return false
	}
	sent := secretive(req)
	for i := range len(word) - echoed + 1 {
		if strings.Contains(sent, word[i:i+echoed]) {
			return true
		}
	}
	return false
}

// secretive is all of a request in which a secret may stand, as it was sent and as a server reads it.
func secretive(req *http.Request) string {
	var b strings.Builder
	for name, values := range req.Header {
		if !isPublicHeader(name) && name != "Content-Type" {
			b.WriteString(strings.Join(values, "\n") + "\n")
		}
	}
	if scheme, code, ok := strings.Cut(req.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Basic") {
		plain, _ := base64.StdEncoding.DecodeString(code) // what is no Basic was added as it is
		b.Write(plain)
		b.WriteString("\n")
	}
	b.WriteString(req.URL.Path + "\n" + req.URL.RawQuery + "\n" + unescaped(req.URL.RawQuery) + "\n")
	if req.GetBody == nil {
		return b.String()
	}
	if body, err := req.GetBody(); err == nil {
		all, _ := io.ReadAll(body) // it is in memory
		b.WriteString(string(all) + "\n" + unescaped(string(all)))
	}
	return b.String()
}

// shortestToken is how long a token must be to be looked for in an answer: shorter ones may be words that people say.
const shortestToken = 16

// withoutToken takes the token of a request out of its answer, from where it could come into names, texts and what is kept.
func withoutToken(body []byte, req *http.Request) []byte {
	_, token, ok := strings.Cut(req.Header.Get("Authorization"), " ")
	if !ok || len(token) < shortestToken {
		return body
	}
	return bytes.ReplaceAll(body, []byte(token), []byte(hidden))
}

func unescaped(s string) string {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return ""
	}
	return plain
}
