package web

import (
	"hash/fnv"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

// initials returns the first letters of the first two words of a name, "?" when it has none.
func initials(name string) string {
	var out []rune
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return unicode.IsSpace(r) || r == '.' || r == '-' || r == '_' || r == '@' }) {
		if r, _ := utf8.DecodeRuneInString(word); unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, unicode.ToUpper(r))
		}
		if len(out) == 2 {
			break
		}
	}
	if len(out) == 0 {
		return "?"
	}
	return string(out)
}

// tint picks one of the six colours of an avatar, always the same for the same person.
func tint(key string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	return int(h.Sum32()%6) + 1
}

// authorName is what to call who wrote a mention; empty when the site does not say.
func authorName(m *desk.Mention) string {
	switch {
	case m.Author.Name != "":
		return m.Author.Name
	case m.Author.Handle != "":
		return "@" + m.Author.Handle
	}
	return ""
}

// network is how a site's kind is called and the letter that stands for it.
type network struct{ Name, Letter string }

// networkOf names the network of a site: the part before the colon of desk.Site, called as its kind of connector is.
func (s *Server) networkOf(site desk.Site) network {
	kind, _, _ := strings.Cut(string(site), ":")
	n := byKind(kind)
	if title := s.titles[kind]; title != "" {
		n.Name = title
	}
	return n
}

// titlesOf lists what people call the kinds.
func titlesOf(kinds []Kind) map[string]string {
	out := make(map[string]string, len(kinds))
	for _, k := range kinds {
		out[k.Kind] = k.Title
	}
	return out
}

// byKind names a network that no connector of this build is called after, and gives each its letter.
func byKind(kind string) network {
	switch kind {
	case "googleplay":
		return network{"Google Play", "▸"}
	case "appstore":
		return network{"App Store", "A"}
	case "google", "googlebusiness":
		return network{"Google", "G"}
	case "youtube":
		return network{"YouTube", "Y"}
	case "x":
		return network{"X", "X"}
	case "feed":
		return network{"Feed", "N"}
	case "":
		return network{"?", "?"}
	}
	r := []rune(kind)
	r[0] = unicode.ToUpper(r[0])
	return network{string(r), string(r[0])}
}

// place is where a mention stands, for the line under the name: the network, then handle, host or the site's own part.
func (s *Server) place(m *desk.Mention) string {
	name := s.networkOf(m.Site).Name
	kind, rest, _ := strings.Cut(string(m.Site), ":")
	switch {
	case m.Author.Handle != "" && m.Author.Name != "":
		return name + " · @" + m.Author.Handle
	case kind == "feed":
		if u, err := url.Parse(rest); err == nil && u.Host != "" {
			return name + " · " + u.Host
		}
	}
	if rest != "" && rest != kind {
		return name + " · " + rest
	}
	return name
}

// safeURL returns an address that may stand in a link: http and https only, whatever the site sent.
func safeURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return raw
}

// langTag returns the lang attribute of a text: what the site said, else what triage found.
func langTag(m *desk.Mention, v *desk.Verdict) string {
	switch {
	case m.Language != "":
		return m.Language
	case v.Language.Label != "" && v.Language.Label != desk.Undetermined:
		return v.Language.Label
	}
	return ""
}
