package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Kind describes one kind of connector for the pages of networks.
type Kind struct {
	Kind    string // as in the configuration
	Title   string // as people call it; the kind when empty
	Group   string // social, reviews, forums, other
	Summary string

	Polls, Pushes bool
	Replies       bool
	Many          bool // several replies to one mention
	Edit, Delete  bool
	Limit         int           // longest reply; 0 when there is no limit, none is known, or no reply
	Counts        string        // how Limit counts: graphemes, bytes, utf16, codepoints, weighted, mastodon
	Certainty     string        // real, window, upsert, read-back, blind, none
	Resend        time.Duration // with window: for how long a repeated reply is dropped
	Delay         time.Duration // until a reply can be seen
	Moderates     bool          // the site looks at replies before it shows them
	Window        time.Duration // after which data cannot be had any more; 0 when it stays
	Cost          string        // a sentence; empty when free
	Currency      string        // in which it is counted what is spent, as people write it; empty when not known
	NoTraining    bool
	Forgets       bool // what is removed there is removed here
	SeesEdits     bool
	SeesGone      bool

	Login    string // how its accounts sign in: consent, open, token; empty when it needs none
	Settings []Setting
	Sample   string // commented YAML of one source
}

// Setting is one setting of a kind.
type Setting struct {
	Name    string
	Form    string // text, number, duration, yes/no, secret, list, names, settings
	Default string
	Choices []string
	Needed  bool
	Doc     string
}

// kindGroups are the groups in the order of the page.
func kindGroups() []string { return []string{"social", "reviews", "forums", "other"} }

// kindView is a kind as its pages show it.
type kindView struct {
	Kind
	Net network
}

// viewKind gives a kind its name and letter; a summary that begins with the name goes on without it.
func (s *Server) viewKind(k Kind) kindView {
	if k.Title == "" {
		k.Title = s.networkOf(desk.Site(k.Kind)).Name
	}
	if rest, ok := strings.CutPrefix(k.Summary, k.Title+": "); ok {
		first, size := utf8.DecodeRuneInString(rest)
		k.Summary = string(unicode.ToUpper(first)) + rest[size:]
	}
	return kindView{Kind: k, Net: s.networkOf(desk.Site(k.Kind))}
}

// kindGroup is the kinds of one group.
type kindGroup struct {
	Name  string
	Kinds []kindView
}

// connectorsPage is what this build can listen to and answer on, group by group.
type connectorsPage struct {
	base
	Groups []kindGroup
	Count  int
	Answer int // how many can be answered
}

func (s *Server) kinds() []Kind {
	if s.opt.Kinds == nil {
		return nil
	}
	return s.opt.Kinds()
}

func (s *Server) connectors(w http.ResponseWriter, r *http.Request, v *visitor) error {
	b, err := s.base(r, v, "sources", v.lang.T("connectors.title"))
	if err != nil {
		return err
	}
	p := connectorsPage{base: b}
	in := map[string][]kindView{}
	for _, k := range s.kinds() {
		name := k.Group
		switch name {
		case "social", "reviews", "forums":
		default:
			name = "other"
		}
		in[name] = append(in[name], s.viewKind(k))
		p.Count++
		if k.Replies {
			p.Answer++
		}
	}
	for _, name := range kindGroups() {
		if len(in[name]) > 0 {
			p.Groups = append(p.Groups, kindGroup{name, in[name]})
		}
	}
	return s.page(w, r, v, "connectors", &p)
}

// kind returns what is known of a kind; nothing when this build has no such connector.
func (s *Server) kind(name string) Kind {
	for _, k := range s.kinds() {
		if k.Kind == name {
			return k
		}
	}
	return Kind{}
}

// costly tells which kinds have a cost.
func (s *Server) costly() map[string]bool {
	out := map[string]bool{}
	for _, k := range s.kinds() {
		out[k.Kind] = k.Cost != ""
	}
	return out
}

// spent writes what a source spent at its network in this calendar month (UTC); nothing when that is nothing.
func (s *Server) spent(ctx context.Context, lang *Lang, source, kind string) (string, error) {
	if s.opt.Spent == nil {
		return "", nil
	}
	now := s.opt.Now().UTC()
	micros, units, err := s.opt.Spent(ctx, source, time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		return "", fmt.Errorf("reading what %s spent: %w", source, err)
	}
	var said []string
	if micros > 0 {
		key, currency := "sources.spent.money", s.kind(kind).Currency
		if currency != "" {
			key = "sources.spent.currency"
		}
		said = append(said, lang.T(key, "amount", money(lang, micros), "currency", currency))
	}
	if units > 0 {
		said = append(said, lang.T("sources.spent.units", "n", units))
	}
	return strings.Join(said, ", "), nil
}

// money writes millionths with two decimals; what is less than a hundredth counts as one.
func money(lang *Lang, micros int64) string {
	cents := (micros + 9_999) / 10_000
	mark := ","
	if lang.Code == "en" {
		mark = "."
	}
	return fmt.Sprintf("%s%s%02d", lang.Num(cents/100), mark, cents%100)
}

// connectorPage is all about one kind.
type connectorPage struct {
	base
	Kind kindView
}

func (s *Server) connector(w http.ResponseWriter, r *http.Request, v *visitor) error {
	for _, k := range s.kinds() {
		if k.Kind != r.PathValue("kind") {
			continue
		}
		view := s.viewKind(k)
		b, err := s.base(r, v, "sources", view.Title)
		if err != nil {
			return err
		}
		return s.page(w, r, v, "connector", &connectorPage{base: b, Kind: view})
	}
	return fmt.Errorf("kind %q: %w", r.PathValue("kind"), desk.ErrNotFound)
}
