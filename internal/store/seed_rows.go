package store

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

type rollupKey struct {
	hour                               int64
	brand, source, language, sentiment string
}

// inventor makes rows. It works through the mentions in the order of arrival and opens a case at every so many-th.
type inventor struct {
	o      SeedOptions
	r      *rand.Rand
	out    batch
	rollup map[rollupKey]int64
	event  int64
	cases  int
	open   *openCase // to which the next mentions belong
	shown  int
	err    error
}

const seedBatch = 2000 // mentions

func (g *inventor) progress(b batch) int {
	g.shown += len(b[0])
	return g.shown
}

func (g *inventor) add(table seedTable, row ...any) { g.out[table] = append(g.out[table], row) }

func (g *inventor) id(at time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], g.r.Uint64())
	binary.BigEndian.PutUint64(b[8:], g.r.Uint64())
	return desk.IDAt(at, [10]byte(b[:10]))
}

func (g *inventor) invent(send func(batch) error) error {
	const year = 365 * 24 * time.Hour
	g.out = make(batch, len(seedTables))
	g.people()
	step := year / time.Duration(g.o.Mentions)
	for i := range g.o.Mentions {
		g.mention(int64(i+1), g.o.Now.Add(-year+step*time.Duration(i+1)).UTC().Truncate(time.Microsecond))
		if g.err != nil {
			return g.err
		}
		if (i+1)%seedBatch == 0 {
			if err := send(g.out); err != nil {
				return err
			}
			g.out = make(batch, len(seedTables))
		}
	}
	if g.open != nil {
		g.closeCase(g.open)
	}
	for _, k := range g.rollupKeys() {
		g.add(seedRollup, k.hour, k.brand, k.source, k.language, k.sentiment, g.rollup[k])
	}
	g.add(seedCounter, "event", g.event)
	return send(g.out)
}

func (g *inventor) rollupKeys() []rollupKey {
	keys := make([]rollupKey, 0, len(g.rollup))
	for k := range g.rollup {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareRollup)
	return keys
}

func (g *inventor) people() {
	for i := range seedUsers {
		role := desk.Roles()[i%len(desk.Roles())]
		g.add(seedUser, seedUserID(i), fmt.Sprintf("person%d@example.com", i), fmt.Sprintf("Person %d", i), role, "", "", "", "", "", 0, us(g.o.Now))
	}
	for _, s := range seedSources {
		g.add(seedSource, s.name, "demo", s.site, "", s.brand, int64(5*time.Minute/time.Microsecond), "seed", "ok", us(g.o.Now))
	}
}

func seedUserID(i int) desk.UserID { return desk.UserID(fmt.Sprintf("01SEEDUSER%016d", i)) }

// pick takes an element with the given weights, which add up to 100.
func pick[T any](r *rand.Rand, list []T, weights ...int) T {
	x := r.IntN(100)
	for i, w := range weights {
		if x -= w; x < 0 {
			return list[i]
		}
	}
	return list[len(list)-1]
}

// invented is one mention before its rows.
type invented struct {
	n        int64
	at       time.Time
	m        desk.Mention
	v        desk.Verdict
	product  string
	topic    string
	src      seedSite
	caseID   desk.CaseID
	language string
}

func (g *inventor) mention(n int64, when time.Time) {
	r := g.r
	src := seedSources[min(r.IntN(len(seedSources)), r.IntN(len(seedSources)))]
	x := &invented{n: n, at: when, src: src, language: pick(r, []string{"en", "hu", "el", "sk"}, 55, 20, 15, 10)}
	words := seedWords[x.language]
	x.product, x.topic = pick(r, seedProducts, 30, 10, 5, 3, 2, 50), pick(r, seedTopics, 20, 12, 8, 5, 3, 2, 50)
	author := strconv.Itoa(min(r.IntN(200_000), r.IntN(200_000)))
	x.m = desk.Mention{
		ID: desk.MentionID(g.id(when)), Site: src.site, Remote: desk.RemoteID(strconv.FormatInt(9_000_000_000_000_000_000+n, 10)),
		Kind: src.kind, Author: desk.Author{ID: desk.RemoteID("u" + author), Handle: "person" + author, Name: "Person " + author, Followers: int64(r.IntN(5000))},
		URL: "https://example.com/" + src.name + "/" + strconv.FormatInt(n, 10), PostedAt: when.Add(-time.Duration(r.IntN(600)) * time.Second).Truncate(time.Microsecond),
		SeenAt: when, Source: src.name, Brand: src.brand, Ours: r.IntN(100) < 3, Visibility: desk.Public, Version: 1,
		Counts: desk.Counts{Likes: int64(r.IntN(40)), Replies: int64(r.IntN(6))},
	}
	for range 10 + r.IntN(16) {
		x.m.Text += words[r.IntN(len(words))] + " "
	}
	x.m.Text += x.product + " " + strconv.Itoa(r.IntN(10_000)) + "."
	g.judge(x)
	g.place(x)
	g.store(x)
}

func (g *inventor) judge(x *invented) {
	r := g.r
	v := &x.v
	v.Language = desk.Tag{Label: x.language, Score: 0.97}
	v.Sentiment = desk.Sentiment{Label: pick(r, []string{desk.Negative, desk.Neutral, desk.Positive}, 30, 45, 25), Score: 0.8,
		Scores: desk.SentimentScores{Negative: 0.3, Neutral: 0.45, Positive: 0.25}}
	v.Urgency = desk.Tag{Label: pick(r, []string{desk.UrgencyLow, desk.UrgencyNormal, desk.UrgencyHigh, desk.UrgencyCritical}, 20, 62, 15, 3), Score: 0.7}
	v.Intent = desk.Tag{Label: pick(r, []string{desk.IntentOther, desk.IntentComplaint, desk.IntentQuestion, desk.IntentPraise, desk.IntentRequest, desk.IntentFault}, 40, 22, 15, 12, 6, 5), Score: 0.7}
	v.Spam = desk.Tag{Label: pick(r, []string{desk.No, desk.Yes}, 97, 3), Score: 0.99}
	v.Products, v.Topics = []desk.Named{}, []desk.Named{}
	if x.product != "" {
		v.Products = append(v.Products, desk.Named{Name: x.product, Score: 1})
	}
	if x.topic != "" {
		v.Topics = append(v.Topics, desk.Named{Name: x.topic, Score: 0.7})
	}
	v.Reasons = []desk.Reason{{Tag: "sentiment", By: "word", Text: x.m.Text[:6], From: 0, To: 6, Weight: -1.2}, {Tag: "urgency", By: "rule", Text: "seed", Weight: 0.4}}
	v.Model, v.Rules = "seed", "seed"
}

// place decides whether a mention opens a case, joins the newest one, or stands in some thread or alone.
func (g *inventor) place(x *invented) {
	m := &x.m
	every := int64(g.o.Mentions) + 1
	if g.o.Cases > 0 {
		every = int64(g.o.Mentions / g.o.Cases)
	}
	switch {
	case g.open != nil:
		x.src = g.open.src
		m.Ours, m.Brand, m.Source, m.Site, m.Thread, m.Author = false, x.src.brand, x.src.name, x.src.site, g.open.thread, g.open.author
		x.caseID = g.open.id
		g.open.join(x)
	case g.cases < g.o.Cases && x.n%every == 0:
		m.Ours, m.Thread = false, m.Remote
		x.v.Sentiment.Label, x.v.Spam.Label = desk.Negative, desk.No
		g.cases++
		g.open = &openCase{id: desk.CaseID(g.id(x.at)), src: x.src, thread: m.Thread, author: m.Author,
			opened: x.at, wanted: 1 + g.r.IntN(3), newness: float64(g.o.Cases-g.cases) / float64(g.o.Cases)}
		x.caseID = g.open.id
		g.open.join(x)
	case g.r.IntN(100) < 30:
		m.Thread = desk.RemoteID("t" + strconv.FormatInt(x.n/7, 10))
	}
	if g.open != nil && g.open.mentions == g.open.wanted {
		g.closeCase(g.open)
		g.open = nil
	}
}

func (g *inventor) store(x *invented) {
	m, v := &x.m, &x.v
	search := text.SearchTokens(m.Title + "\n" + m.Text + "\n" + m.Author.Handle + " " + m.Author.Name)
	g.add(seedMention, x.n, m.ID, m.Site, m.Remote, m.Kind, m.Thread, m.Parent, m.Author.ID, m.Author.ID, m.Author.Handle, m.Author.Name, "",
		m.Author.Followers, "", m.Text, x.language, m.URL, 0.0, 0.0, us(m.PostedAt), 0, us(x.at), m.Visibility, bit(m.Ours),
		m.Counts.Likes, 0, m.Counts.Replies, 0, m.Source, m.Brand, 1, strconv.FormatInt(x.n, 36), "", x.caseID, x.language,
		v.Sentiment.Label, desk.UrgencyRank(v.Urgency.Label), v.Intent.Label, v.Spam.Label, us(x.at), search)
	g.add(seedSighting, m.Source, x.n, us(x.at))
	if g.r.IntN(12) == 0 {
		g.add(seedSighting, seedSources[(x.src.number+1)%len(seedSources)].name, x.n, us(x.at))
	}
	g.emit(x.at, desk.Event{What: desk.EventMentionNew, Mention: m.ID, Brand: m.Brand})
	if m.Ours {
		return
	}
	body, err := toJSON(v)
	if err != nil {
		g.err = err
		return
	}
	g.add(seedVerdict, x.n, us(x.at), v.Model, v.Rules, "", body)
	if x.product != "" {
		g.add(seedTag, "product", x.product, x.n)
	}
	if x.topic != "" {
		g.add(seedTag, "topic", x.topic, x.n)
	}
	g.rollup[rollupKey{m.PostedAt.Unix() / 3600, m.Brand, m.Source, x.language, v.Sentiment.Label}]++
}

func (g *inventor) emit(at time.Time, e desk.Event) {
	g.event++
	g.add(seedEvent, g.event, us(at), cmp.Or(e.Actor, desk.Automatic), e.What, e.Case, e.Mention, e.Reply, e.Subject, e.Brand, e.From, e.To)
}
