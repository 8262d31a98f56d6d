package text

import "bytes"

// maxDotted is how far a dotted name is followed; it keeps the scan linear on "a.a.a.a…".
const maxDotted = 96

// dotted finds a link or an e-mail address that starts at i.
func dotted(b []byte, i int) (Kind, int) {
	rest := b[i:]
	if rest[0] == 'h' && (bytes.HasPrefix(rest, []byte("https://")) || bytes.HasPrefix(rest, []byte("http://"))) ||
		rest[0] == 'w' && bytes.HasPrefix(rest, []byte("www.")) {
		return URL, linkEnd(b, i)
	}
	j, stop := i, min(len(b), i+maxDotted)
	dot := false
	for j < stop && (alnum(b[j]) || dottedByte(b[j])) {
		dot = dot || b[j] == '.'
		j++
	}
	if j < len(b) && b[j] == '@' {
		if end := domainEnd(b, j+1); end > 0 {
			return Email, end
		}
		return 0, i
	}
	if !dot {
		return 0, i
	}
	end := domainEnd(b, i)
	if end == 0 || !knownTop(b[i:end], end < len(b) && b[end] == '/') {
		return 0, i
	}
	return URL, linkEnd(b, end)
}

func dottedByte(c byte) bool { return c == '.' || c == '-' || c == '_' || c == '+' || c == '%' }

// hasScheme tells whether a link says how it is fetched.
func hasScheme(s string) bool {
	return len(s) > 7 && (s[:7] == "http://" || s[:7] == "HTTP://") || len(s) > 8 && (s[:8] == "https://" || s[:8] == "HTTPS://")
}

// domainEnd returns the end of the domain name at i, 0 when there is none with two labels.
func domainEnd(b []byte, i int) int {
	end, dots, label := 0, 0, i
	stop := min(len(b), i+maxDotted)
	for j := i; j < stop; j++ {
		switch c := b[j]; {
		case alnum(c):
			if dots > 0 {
				end = j + 1
			}
		case c == '.' && j > label:
			dots++
			label = j + 1
		case c == '-' && j > label:
		default:
			return end
		}
	}
	return end
}

// knownTop tells whether a bare domain ends in a top level that people write without a scheme. The short ones that are words too
// ("de", "it", "no", "at") count only before a path: "volt.de nem" lacks a space, it is no link.
func knownTop(domain []byte, path bool) bool {
	top := string(domain[bytes.LastIndexByte(domain, '.')+1:])
	switch top {
	case "com", "net", "org", "info", "hu", "sk", "gr", "cz", "eu", "io", "app", "shop", "dev", "pl", "uk", "example", "biz", "gov", "edu":
		return true
	case "de", "at", "it", "es", "fr", "nl", "ro", "pt", "hr", "co", "me", "us", "ly", "be", "ch", "gl", "tv", "gg", "ai", "news", "social", "store", "online", "site":
		return path
	}
	return false
}

// linkEnd runs to the end of a link and leaves the punctuation that closes the sentence around it.
func linkEnd(b []byte, i int) int {
	j, open := i, 0
	for j < len(b) && b[j] > ' ' && b[j] != '"' && b[j] != '<' && b[j] != '>' && b[j] != 0x7f {
		switch b[j] {
		case '(':
			open++
		case ')':
			open--
		}
		j++
	}
	for j > i {
		switch b[j-1] {
		case '.', ',', ';', ':', '!', '?', '\'', ']', '}', '*':
		case ')':
			if open >= 0 {
				return j
			}
			open++
		default:
			return j
		}
		j--
	}
	return j
}
