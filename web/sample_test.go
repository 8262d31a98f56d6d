package web_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// noon is when everything in the samples is looked at.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// said is one mention of the samples.
type said struct {
	site, name, handle, lang, text string
	ago                            time.Duration
	stars                          float64
	sentiment, urgency, topic      string
	marks                          string // "tag:words" separated by |
}

var sayings = []said{
	{"googleplay:com.acme.home", "Szabó Gergely", "", "hu", "Füstölni kezdett a töltő, amikor bedugtam a porszívót. A gyerekszobában! Ez életveszélyes, azonnal hívják vissza.\n\nA boltban legyintettek, és azt mondták, nem garanciális.", 4 * time.Minute, 1, "negative", "critical", "Safety", "urgency:Füstölni kezdett|product:töltő|product:porszívót|urgency:életveszélyes|sentiment:legyintettek|sentiment:nem garanciális"},
	{"bluesky", "Rowan Mistry", "rowan.example", "en", "Third day I can’t sign in to the Acme Home app after 5.2. My heating runs on this thing and it’s 3 °C outside.", 9 * time.Minute, 0, "negative", "high", "Sign-in", "sentiment:can’t sign in|product:Acme Home"},
	{"googleplay:com.acme.home", "Ελένη Κωνσταντινοπούλου", "", "el", "Μετά την τελευταία ενημέρωση η εφαρμογή με αποσυνδέει κάθε φορά που ανοίγω τις ειδοποιήσεις. Πριν δούλευε άψογα.", 22 * time.Minute, 2, "negative", "normal", "Sign-in", "sentiment:αποσυνδέει"},
	{"trustpilot:acme.example", "Miroslav Benko", "", "sk", "Objednávka mešká už dva týždne a na zákazníckej linke nikto nedvíha. Peniaze ste si však stiahli hneď.", 41 * time.Minute, 1, "negative", "normal", "Delivery", "sentiment:mešká|sentiment:nikto nedvíha"},
	{"mastodon:social.example", "Jo Lindqvist", "jo@social.example", "en", "@acme do the Buds 2 stay connected to laptop and phone at the same time, or is that Pro only?", time.Hour, 0, "neutral", "low", "Buds 2", ""},
	{"appstore:4711", "Papp-Kovácsné Erzsébet", "", "hu", "Jelszó-visszaállító e-mail nem jön meg, pedig háromszor kértem. Megbízhatatlanná vált az egész.", time.Hour, 2, "negative", "high", "Sign-in", "sentiment:Megbízhatatlanná"},
	{"reddit:smarthome", "quietkettle", "quietkettle", "en", "Has anyone got a refund from Acme for the K2 kettle? Lid hinge snapped on day 31, one day past return.", 2 * time.Hour, 0, "negative", "normal", "Warranty", "sentiment:snapped"},
	{"facebook:acme.gr", "Γιώργος Παπαδημητρίου", "", "el", "Τρεις φορές άλλαξε η ημερομηνία παράδοσης χωρίς καμία ενημέρωση.", 2 * time.Hour, 0, "negative", "normal", "Delivery", ""},
	{"trustpilot:acme.example", "Tímea Barna", "", "hu", "Kétszer vonták le az előfizetés díját, és az ügyfélszolgálat szerint ez „rendszerhiba”.", 3 * time.Hour, 1, "negative", "high", "Billing", "sentiment:Kétszer vonták le"},
	{"googleplay:com.acme.home", "Horváth Norbert", "", "hu", "Frissítették és most megy. Köszönöm a gyors segítséget!", 5 * time.Hour, 4, "positive", "low", "Home app", "sentiment+:Köszönöm"},
	{"mastodon:social.example", "Katarína Dudášová", "kata@mastodon.example", "sk", "Kedy bude Acme Vac S5 opäť skladom v Košiciach?", 5 * time.Hour, 0, "neutral", "low", "Vac S5", ""},
	{"google:london", "Will Eastman", "", "en", "Collected my order and the box had clearly been opened before.", 6 * time.Hour, 2, "negative", "normal", "Store staff", ""},
	{"bluesky", "Ben Nakamura", "bennak.example", "en", "Sorted, thanks. Replacement charger came next morning.", 9 * time.Hour, 0, "positive", "low", "Charger", ""},
	{"feed:https://ledger.example/rss", "Gadget Ledger", "", "en", "Acme confirms sign-in fault, fix rolling out in stages this week", 11 * time.Hour, 0, "neutral", "normal", "Press", ""},
	{"youtube:abc", "", "", "en", "<script>alert('x')</script><img src=x onerror=alert(1)> \"quoted\" & averyveryverylongwordwithoutanybreakthatmustnotpushthepagesideways0123456789", 12 * time.Hour, 0, "negative", "low", "", ""},
	{"bluesky", "Odile Carver", "odile.example", "en", "I was going to recommend Acme for every flat we fit out. After this week, no.", 26 * time.Hour, 0, "negative", "normal", "Brand", ""},
}

func verdictFor(s said) desk.Verdict {
	v := desk.Verdict{
		Language: desk.Tag{Label: s.lang, Score: .98}, Sentiment: desk.Sentiment{Label: s.sentiment, Score: .93}, Urgency: desk.Tag{Label: s.urgency, Score: .9},
		Intent: desk.Tag{Label: desk.IntentComplaint, Score: .88}, Spam: desk.Tag{Label: desk.No, Score: .99}, Model: "test",
	}
	if s.topic != "" {
		v.Topics = []desk.Named{{Name: s.topic, Score: .8}}
	}
	for part := range strings.SplitSeq(s.marks, "|") {
		tag, words, ok := strings.Cut(part, ":")
		if from := strings.Index(s.text, words); ok && from >= 0 {
			weight := -1.7
			if tag == "urgency" || strings.HasSuffix(tag, "+") {
				weight = 2.1
			}
			v.Reasons = append(v.Reasons, desk.Reason{Tag: strings.TrimSuffix(tag, "+"), By: "word", Text: words, From: from, To: from + len(words), Weight: weight})
		}
	}
	if s.urgency == "critical" {
		v.Reasons = append(v.Reasons, desk.Reason{Tag: "urgency", By: "rule", Text: "safety-words"})
	}
	return v
}

func sampleID(n int) string {
	return desk.IDAt(noon.Add(-time.Duration(n)*time.Minute), [10]byte{byte(n >> 8), byte(n)})
}

func (m *memory) addMention(n int64, s said) *desk.MentionRow {
	r := &desk.MentionRow{N: n, Verdict: verdictFor(s), Mention: desk.Mention{
		ID: desk.MentionID(sampleID(int(n))), Site: desk.Site(s.site), Remote: desk.RemoteID(fmt.Sprint("r", n)), Kind: desk.KindPost, Text: s.text,
		Author: desk.Author{ID: desk.RemoteID(s.name + s.handle), Name: s.name, Handle: s.handle}, URL: "https://site.example/" + fmt.Sprint(n),
		PostedAt: noon.Add(-s.ago), SeenAt: noon.Add(-s.ago), Source: "sample", Brand: "acme", Version: 1, Anonymous: s.name == "" && s.handle == "",
	}}
	if s.stars > 0 {
		r.Rating, r.Kind = desk.Rating{Value: s.stars, Best: 5}, desk.KindReview
	}
	m.mentions[r.ID] = r
	return r
}

func (m *memory) addCase(r *desk.MentionRow, state desk.CaseState, owner desk.UserID) *desk.Case {
	c := &desk.Case{
		ID: desk.CaseID(sampleID(1000 + int(r.N))), Brand: r.Brand, Site: r.Site, Head: r.ID, State: state, Owner: owner, Version: 3, Urgency: r.Verdict.Urgency.Label,
		Sentiment: r.Verdict.Sentiment.Label, Mentions: 1, OpenedAt: r.SeenAt, ChangedAt: r.SeenAt, RemarkAt: r.SeenAt,
	}
	m.cases[c.ID], r.Case = c, c.ID
	m.event(desk.Event{Actor: desk.Automatic, What: desk.EventCaseOpened, Case: c.ID, Brand: c.Brand})
	if owner != "" {
		m.event(desk.Event{Actor: string(owner), What: desk.EventCaseOwner, Case: c.ID, Brand: c.Brand, To: string(owner)})
	}
	return c
}

func (m *memory) addReply(c *desk.Case, state desk.ReplyState, text string) *desk.Reply {
	r := &desk.Reply{
		ID: desk.ReplyID(sampleID(2000 + len(m.replies))), Case: c.ID, Parent: c.Head, Account: "acme-social", Text: text, State: state, Version: 2,
		Author: "NK", CreatedAt: noon.Add(-2 * time.Minute), ChangedAt: noon.Add(-time.Minute),
	}
	if state == desk.ReplyPublished {
		r.PublishedAt, r.Visibility, r.Receipt = noon.Add(-time.Minute), desk.VisiblePublic, desk.Receipt{Remote: "ours-1", URL: "https://site.example/ours-1"}
	}
	m.replies = append(m.replies, r)
	return r
}
