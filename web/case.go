package web

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// casePage is everything about one case: neighbours, thread, composer, context.
type casePage struct {
	base
	Case      desk.Case
	Column    desk.Column
	List      columnView
	Lead      who
	Owner     *ownerView
	Mine      bool
	Can       map[string]bool // moves that make sense now
	Messages  []messageView
	Target    string // id of the message that is answered
	Converses bool   // the site can be asked for what was said around it
	Composer  composer
	Verdict   *verdictView
	History   []eventView
	Others    []otherView
	People    []desk.User // whom the case may be given to
	Snoozes   []snoozeChoice
}

// messageView is one mention or one reply of the thread.
type messageView struct {
	ID       string
	Who      who
	At       time.Time
	Ours     bool
	Lead     bool // the mention that is answered
	Gone     bool
	Private  bool // not meant for the public
	Veiled   bool // abusive: a click shows the words
	Edited   time.Time
	Stars    *starView
	Lang     string
	Title    []segment
	Body     []segment
	Legend   []string
	URL      string
	Net      string
	Versions []versionView
	Reply    *replyView
}

// versionView is what changed from one wording to the next.
type versionView struct {
	At              time.Time
	Before, After   *starView
	StarsChanged    bool
	Changes         []change
	Lang            string
	Number, Number2 int
}

// otherView is another mention by the same author.
type otherView struct {
	Href, Text, Lang, Place, Sentiment string
	At                                 time.Time
}

type snoozeChoice struct {
	Text  string
	Until time.Time
	Value string
}

func (s *Server) caseOne(w http.ResponseWriter, r *http.Request, v *visitor) error {
	p, err := s.casePage(r, v)
	if err != nil {
		return err
	}
	return s.page(w, r, v, "case", p)
}

func (s *Server) casePage(r *http.Request, v *visitor) (*casePage, error) {
	ctx, scope, id := r.Context(), v.user.Scope(), desk.CaseID(r.PathValue("case"))
	cv, err := s.opt.Store.CaseView(ctx, scope, id)
	if err != nil {
		return nil, fmt.Errorf("reading the case: %w", err)
	}
	_, column, err := s.opt.Store.Card(ctx, scope, id)
	if err != nil {
		return nil, fmt.Errorf("reading the card: %w", err)
	}
	p := &casePage{Case: cv.Case, Column: column, Mine: cv.Case.Owner == v.user.ID, Snoozes: s.snoozes(v.lang)}
	target := targetOf(&cv)
	title := v.lang.T("case.title")
	if target != nil {
		p.Lead = s.whoOf(v.lang, &target.Mention)
		p.Target, title = string(target.ID), p.Lead.Name
		p.Converses = s.converses(&target.Mention)
		posts, err := s.authorPosts(r, v, target)
		if err != nil {
			return nil, err
		}
		p.Verdict = verdictOf(v.lang, target, posts)
	}
	if p.base, err = s.base(r, v, "board", title); err != nil {
		return nil, err
	}
	p.Shell = "shell--case"
	if cv.Case.Owner != "" {
		p.Owner = ownerOf(cv.Case.Owner, cv.OwnerName)
	}
	p.Can = movesOf(v, &cv.Case)
	p.Messages = s.messages(v, &cv, target)
	p.Composer = s.composer(v, &cv, target)
	p.History = history(v.lang, cv.History, cv.Names)
	if len(cv.History) > 0 {
		p.Composer.Event = cv.History[0].N
	}
	if p.List, err = s.columnOf(r, v, boardFilter{}, column, ""); err != nil {
		return nil, err
	}
	for i := range p.List.Cards {
		p.List.Cards[i].Current = p.List.Cards[i].ID == id
	}
	if p.Others, err = s.others(r, v, target); err != nil {
		return nil, err
	}
	return p, s.addPeople(r, v, p)
}

func (s *Server) addPeople(r *http.Request, v *visitor, p *casePage) error {
	if !v.may(ActAssign) {
		return nil
	}
	users, err := s.opt.Store.ListUsers(r.Context())
	if err != nil {
		return fmt.Errorf("listing users: %w", err)
	}
	p.People = slices.DeleteFunc(users, func(u desk.User) bool {
		return u.Disabled || !May(u.Role, ActWork) || !u.Scope().Sees(p.Case.Brand)
	})
	return nil
}

// targetOf picks the mention that an answer goes to: the newest word of the customer in this case that is still there, else the
// newest that is gone.
func targetOf(cv *desk.CaseView) *desk.MentionRow {
	var gone *desk.MentionRow
	for i := len(cv.Thread) - 1; i >= 0; i-- {
		m := &cv.Thread[i]
		if m.Ours || m.Case != cv.Case.ID && m.ID != cv.Case.Head {
			continue
		}
		if m.GoneAt.IsZero() {
			return m
		}
		if gone == nil {
			gone = m
		}
	}
	return gone
}

// movesOf tells which moves make sense for the person now.
func movesOf(v *visitor, c *desk.Case) map[string]bool {
	can := map[string]bool{}
	if !v.may(ActWork) {
		return can
	}
	open, mine := c.State.Open(), c.Owner == v.user.ID
	can["claim"] = !c.State.Closed() && c.Owner == ""
	can["release"] = c.Owner != "" && open && (mine || v.may(ActAssign))
	can["assign"] = v.may(ActAssign) && !c.State.Closed()
	can["resolve"] = c.State.Can(desk.CaseResolved)
	can["dismiss"] = open
	can["snooze"] = open
	can["reopen"] = !open
	return can
}

func (s *Server) others(r *http.Request, v *visitor, target *desk.MentionRow) ([]otherView, error) {
	if target == nil || target.Author.Handle == "" || target.Anonymous {
		return nil, nil
	}
	f := desk.MentionFilter{Author: target.Author.Handle, Site: target.Site}
	rows, err := s.opt.Store.ListMentions(r.Context(), v.user.Scope(), f, desk.Page{Limit: 6})
	if err != nil {
		return nil, fmt.Errorf("reading the author's other mentions: %w", err)
	}
	var out []otherView
	for i := range rows {
		m := &rows[i]
		if m.ID == target.ID || len(out) == 5 {
			continue
		}
		words, lang := listed(v.lang, m, oneLine(m.Words()), rowWords)
		o := otherView{Href: mentionHref(&m.Mention), Text: words, Lang: lang, At: when(&m.Mention), Sentiment: m.Verdict.Sentiment.Label}
		out = append(out, o)
	}
	return out, nil
}

// mentionHref leads to the case of a mention, or to the mention when it has none.
func mentionHref(m *desk.Mention) string {
	if m.Case != "" {
		return "/cases/" + string(m.Case)
	}
	return "/mentions/" + string(m.ID)
}

// when is the moment a mention was made, as far as it is known.
func when(m *desk.Mention) time.Time {
	if m.PostedAt.IsZero() {
		return m.SeenAt
	}
	return m.PostedAt
}

// snoozes offers exact moments: in an hour, tomorrow and next Monday at nine.
func (s *Server) snoozes(l *Lang) []snoozeChoice {
	now := s.opt.Now().In(s.opt.Zone)
	at := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 9, 0, 0, 0, s.opt.Zone)
	}
	monday := (8-int(now.Weekday()))%7 + 0
	if monday == 0 {
		monday = 7
	}
	out := []snoozeChoice{
		{Text: l.T("snooze.hour"), Until: now.Add(time.Hour).Truncate(time.Minute)},
		{Text: l.T("snooze.tomorrow"), Until: at(1)},
		{Text: l.T("snooze.week"), Until: at(monday)},
	}
	for i := range out {
		out[i].Value = out[i].Until.UTC().Format(time.RFC3339)
	}
	return out
}
