package langid_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/langid"
)

func shipped(t testing.TB) *langid.Model {
	t.Helper()
	m, err := langid.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func judge(m *langid.Model, s, hint string) langid.Guess {
	var doc text.Doc
	doc.Read(s)
	return m.Judge(&doc, hint)
}

func TestShipped(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	for in, want := range map[string]string{
		"Where is my parcel? I have been waiting for two weeks now":           "en",
		"Hol van a csomagom? Két hete várok rá":                               "hu",
		"Hol van a csomagom? Ket hete varok ra, es senki nem valaszol":        "hu",
		"Πού είναι το δέμα μου; Περιμένω δύο εβδομάδες":                       "el",
		"Pou einai to dema mou? Perimeno dyo evdomades kai den apantaei":      "el-latn",
		"Το iPhone 14 Pro από το eshop της Acme":                              "el",
		"Kde je môj balík? Čakám naň už dva týždne":                           "sk",
		"Kde je můj balík? Čekám na něj už dva týdny":                         "cs",
		"Wo bleibt mein Paket? Ich warte seit zwei Wochen darauf":             "de",
		"¿Dónde está mi paquete? Llevo dos semanas esperando":                 "es",
		"Où est mon colis ? J'attends depuis deux semaines":                   "fr",
		"Dov'è il mio pacco? Sto aspettando da due settimane":                 "it",
		"Gdzie jest moja paczka? Czekam na nią już dwa tygodnie":              "pl",
		"Onde está a minha encomenda? Estou à espera há duas semanas":         "pt",
		"Unde este coletul meu? Aștept de două săptămâni":                     "ro",
		"Unde este coletul meu? Aştept de două săptămâni, nimeni nu răspunde": "ro",
		"Waar is mijn pakket? Ik wacht er al twee weken op":                   "nl",
		"Gdje je moj paket? Čekam ga već dva tjedna":                          "hr",
		"Hvor er min pakke? Jeg har ventet i to uger":                         "da",
		"Var är mitt paket? Jag har väntat i två veckor":                      "sv",
		"Kje je moj paket? Nanj čakam že dva tedna":                           "sl",
		"Paketim nerede? İki haftadır bekliyorum":                             "tr",
		"Где моя посылка? Я жду уже две недели":                               "ru",
		"Де моя посилка? Я чекаю вже два тижні":                               "uk",
		"Къде е моят колет? Чакам вече две седмици":                           "bg",
		"Каде е мојата пратка? Чекам веќе две недели":                         "mk",
		"Szo\u0308rnyu\u030b e\u0301lme\u0301ny volt, sajna\u0301lom":         "hu", // accents as characters of their own
		"Ѕzоlgáltаtás": "hu", // with Cyrillic letters among the Latin ones
		"ｗｈｅｒｅ　ｉｓ　ｍｙ　ｐａｒｃｅｌ":             "en",
		"W\u200bhere is my par\u00adcel": "en",
	} {
		if g := judge(m, in, ""); g.Label != want {
			t.Errorf("%q: %+v, want %s", in, g, want)
		}
	}
}

// TestNothing wants no language where there is none, and another script to be told.
func TestNothing(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	for _, in := range []string{"", "123 456", "😡😡😡", "@acme https://acme.example/x", "\xff\xfe"} {
		if diff := cmp.Diff(langid.Guess{}, judge(m, in, "sk")); diff != "" {
			t.Errorf("%q (-want +got)\n%s", in, diff)
		}
	}
	for _, in := range []string{"注文はいつ届きますか", "متى يصل طلبي", "배송이 늦어요"} {
		if g := judge(m, in, ""); !g.Other || g.Label != "" {
			t.Errorf("%q: %+v", in, g)
		}
	}
}

// TestForeign wants no language for texts in those that were never learned, where they are unlike all others. Basque is taken for
// Romanian and Norwegian for Danish.
func TestForeign(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	for _, in := range []string{
		"Missä pakettini on? Olen odottanut jo kaksi viikkoa eikä kukaan vastaa",
		"Kus mu pakk on? Olen juba kaks nädalat oodanud ja keegi ei vasta",
		"Bưu kiện của tôi ở đâu? Tôi đã đợi hai tuần rồi mà không ai trả lời",
		"Kur mano siuntinys? Laukiu jau dvi savaites ir niekas neatsako",
	} {
		if g := judge(m, in, ""); g.Label != "" {
			t.Errorf("%q: %+v", in, g)
		}
	}
}

// TestHint wants the site's word to decide where the text does not, and to yield where it does.
func TestHint(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	for _, hint := range []string{"sk", "cs", "hr", "en"} {
		if g := judge(m, "ok super", hint); g.Label != hint {
			t.Errorf("a short text, hint %s: %+v", hint, g)
		}
		if g := judge(m, "Szeretném tudni, hogy mikor érkezik meg a rendelésem, mert két hete várok rá", hint); g.Label != "hu" {
			t.Errorf("a plain text, hint %s: %+v", hint, g)
		}
	}
	if g := judge(m, "ola kala", "el"); g.Label != "el-latn" {
		t.Errorf("Greek in Latin letters, hint el: %+v", g)
	}
}

// TestHashtags are read only where there is nothing else.
func TestHashtags(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	if g := judge(m, "#zufrieden #lieferung", ""); g.Label != "de" {
		t.Errorf("%+v", g)
	}
	if a, b := judge(m, "nem működik", ""), judge(m, "nem működik #lieferung #zufrieden", ""); a != b {
		t.Errorf("hashtags change %+v to %+v", a, b)
	}
}

// TestLong wants a long text to be read at several places and not through.
func TestLong(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	hu, en := strings.Repeat("nagyon rossz volt a kiszolgálás és drága is ", 30), strings.Repeat("the service was very bad and expensive too ", 30)
	if g := judge(m, en+hu+hu+hu, ""); g.Label != "hu" || g.Words > 100 {
		t.Errorf("three quarters Hungarian: %+v", g)
	}
	if g := judge(m, en+en+en+hu, ""); g.Label != "en" {
		t.Errorf("three quarters English: %+v", g)
	}
	for _, unit := range []string{"a", "é", "ж", "a'", "l'", "\u200d", "\u0301", "a-", "Ѕ"} {
		if g := judge(m, strings.Repeat(unit, 1<<20/len(unit)), ""); g.Words > 200 {
			t.Errorf("%q: %+v", unit, g)
		}
	}
}

// TestExplain works answers out again from their parts.
func TestExplain(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	for _, c := range [][2]string{
		{"ok super", "sk"},
		{"Kde je môj balík?", ""},
		{"nejde to vôbec", "cs"},
		{"Where is my parcel? I have been waiting for two weeks now and nobody at all answers me here", "hu"},
		{"Ѕzоlgáltаtás nеm jó", ""},
		{"де посилка", "uk"},
	} {
		var doc text.Doc
		doc.Read(c[0])
		g, e := m.Judge(&doc, c[1]), m.Explain(&doc, c[1])
		best, sum := 0.0, 0.0
		for l, label := range e.Labels {
			total := 0.0
			for _, p := range e.Parts {
				total += p.Moves[l]
				if p.From > p.To || p.To > len(c[0]) {
					t.Errorf("%q: a part from %d to %d", c[0], p.From, p.To)
				}
			}
			sum += math.Exp(total)
			if label == g.Label {
				best = math.Exp(total)
			}
		}
		if p := best / sum; math.Abs(p-float64(g.Share)/1e4) > 0.002 {
			t.Errorf("%q: its parts give %.4f, the answer is %+v", c[0], p, g)
		}
	}
	var doc text.Doc
	doc.Read("Πού είναι το δέμα μου;")
	if e := m.Explain(&doc, ""); len(e.Parts) != 0 {
		t.Errorf("the script decides: %+v", e)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	blob := shipped(t).Bytes()
	other := bytes.Clone(blob)
	other[4]++
	bent := bytes.Clone(blob)
	bent[len(bent)/2] ^= 1
	for name, b := range map[string][]byte{
		"is no model": nil, "no model of languages": []byte(strings.Repeat("x", 5000)), "digest": bent, "this program reads": other, "damaged": blob[:len(blob)-1],
	} {
		if _, err := langid.Load(b); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEncode wants a model of two words to say what was put in.
func TestEncode(t *testing.T) {
	t.Parallel()
	var p langid.Parts
	p.Labels = [2][]string{{"aa", "bb"}, {"cc"}}
	p.Longest, p.Bits, p.GramUnit, p.RowUnit = 3, 4, 1, 2
	p.Grams = make([][langid.Lanes]int8, 1<<p.Bits)
	for i := range p.Heat {
		p.Heat[i] = 0.01
	}
	for i, s := range []string{"one", "two"} {
		var w langid.Word
		c := langid.Cut(s, 0)
		c.Next(&w)
		p.Words = append(p.Words, w.Hash())
		var row [langid.Lanes]int8
		row[i], row[1-i] = 127, -127
		p.Rows = append(p.Rows, row)
	}
	m, err := langid.Load(p.Encode())
	if err != nil {
		t.Fatal(err)
	}
	var doc text.Doc
	doc.Read("one One two-one three")
	group, words, scores := m.Scores(&doc)
	if diff := cmp.Diff([]int32{508, -508}, scores); diff != "" || group != 0 || words != 5 {
		t.Errorf("group %d, %d words (-want +got)\n%s", group, words, diff)
	}
	if g := m.Judge(&doc, ""); g.Label != "aa" || g.Share != 10000 { // a lead of 10.16: 0.99996
		t.Errorf("%+v", g)
	}
	doc.Read("three")
	if g := m.Judge(&doc, "bb"); g.Label != "aa" || g.Share != 5000 {
		t.Errorf("nothing known and hints worth nothing: %+v", g)
	}
}

func TestJudgeCostsNoMemory(t *testing.T) {
	m := shipped(t)
	var doc text.Doc
	doc.Read("Szeretném tudni, hogy mikor érkezik meg a rendelésem, δεν μου απαντάτε, где посылка")
	if n := testing.AllocsPerRun(100, func() { m.Judge(&doc, "hu") }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func BenchmarkJudge(b *testing.B) {
	m := shipped(b)
	for name, s := range map[string]string{
		"en": "I have been waiting for my parcel for two weeks now and nobody at your customer service answers my mails, this is really unacceptable!!",
		"hu": "Két hete várok a csomagomra, és senki nem válaszol az ügyfélszolgálaton a leveleimre, ez már tényleg felháborító, szégyelljétek magatokat!",
	} {
		b.Run(name, func(b *testing.B) {
			var doc text.Doc
			doc.Read(s)
			for b.Loop() {
				m.Judge(&doc, "")
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	blob := shipped(b).Bytes()
	for b.Loop() {
		if _, err := langid.Load(blob); err != nil {
			b.Fatal(err)
		}
	}
}
