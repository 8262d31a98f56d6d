package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// filters prepares the fields of the stream's filter: the three that people use most in the bar, the rest in a fold.
func (s *Server) filters(r *http.Request, v *visitor, q url.Values, p *streamPage) error {
	sources, err := s.opt.Store.ListSources(r.Context(), v.user.Scope())
	if err != nil {
		return fmt.Errorf("listing sources: %w", err)
	}
	var names []string
	for i := range sources {
		names = append(names, sources[i].Name)
	}
	l := v.lang
	p.Selects = []selectView{
		choice(l, q, "sentiment", false, worded(l, "sentiment.", desk.Negative, desk.Neutral, desk.Positive)),
		choice(l, q, "urgency", false, worded(l, "urgency.", desk.UrgencyCritical, desk.UrgencyHigh, desk.UrgencyNormal, desk.UrgencyLow)),
		choice(l, q, "source", false, plain(names)),
		choice(l, q, "brand", true, s.brandOptions(v)),
		choice(l, q, "language", true, worded(l, "language.", languages()...)),
		choice(l, q, "intent", true, worded(l, "intent.", intents()...)),
		choice(l, q, "kind", true, worded(l, "kind.", "post", "comment", "review", "article")),
		choice(l, q, "product", true, plain(s.products())),
		choice(l, q, "topic", true, plain(s.opt.Topics)),
		choice(l, q, "spam", true, worded(l, "spam.", desk.No, desk.Yes)),
		choice(l, q, "ours", true, worded(l, "ours.", "yes")),
	}
	p.Selects = slices.DeleteFunc(p.Selects, func(c selectView) bool { return len(c.Options) == 0 })
	for _, c := range p.Selects {
		if c.Value != "" {
			p.Narrowed = true
			if c.Folded {
				p.More++
			}
		}
	}
	for _, val := range []string{p.Author, p.Since, p.Until} {
		if val != "" {
			p.Narrowed = true
			p.More++
		}
	}
	p.All = "/stream"
	if p.Query != "" {
		p.All += "?q=" + url.QueryEscape(p.Query)
	}
	return nil
}

// choice is one filter. A value that is not among the options (an old link) stays, so that the page says what it filters by.
func choice(l *Lang, q url.Values, name string, folded bool, options []option) selectView {
	c := selectView{Name: name, Label: l.T("filter." + name), Value: q.Get(name), Folded: folded, Options: options}
	if c.Value != "" && !slices.ContainsFunc(options, func(o option) bool { return o.Value == c.Value }) {
		c.Options = append(c.Options, option{c.Value, c.Value})
	}
	return c
}

func worded(l *Lang, prefix string, values ...string) []option {
	var out []option
	for _, v := range values {
		out = append(out, option{v, l.T(prefix + v)})
	}
	return out
}

func plain(values []string) []option {
	var out []option
	for _, v := range values {
		out = append(out, option{v, v})
	}
	return out
}

func (s *Server) brandOptions(v *visitor) []option {
	var out []option
	for _, b := range s.brandsOf(v) {
		out = append(out, option{b.Name, b.Title})
	}
	return out
}

func (s *Server) products() []string {
	var out []string
	for _, b := range s.opt.Brands {
		for _, p := range b.Products {
			if !slices.Contains(out, p.Name) {
				out = append(out, p.Name)
			}
		}
	}
	slices.Sort(out)
	return out
}

// languages that the filter offers; others still work in the address.
func languages() []string {
	return []string{"en", "hu", "el", "sk", "cs", "de", "fr", "es", "it", "nl", "pl", "pt", "ro"}
}
