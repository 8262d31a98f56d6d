package triage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

func terms(t testing.TB) *triage.Terms {
	t.Helper()
	out, err := triage.NewTerms(acme().Brands)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestTerms wants words and phrases that say something, without endings as keys.
func TestTerms(t *testing.T) {
	t.Parallel()
	all := terms(t)
	for _, c := range []struct {
		language, text string
		want           []string
	}{
		{"en", "The login screen freezes after the update, Acme!", []string{"login", "login screen", "screen", "update"}},
		{"en", "@bob see https://x.example/refund, mail bob@x.example or call +36 30 123 4567, order 1234567", nil},
		{"hu", "Az alkalmazásotok lefagy a frissítés óta", []string{"alkalmazas", "lefagy", "frissites"}},
		{"sk", "Nefunguje mi platobná brána od včera", []string{"nefunguj", "platobn", "platobn bran", "bran"}},
		{"el", "Η εφαρμογή κολλάει μετά την ενημέρωση", []string{"εφαρμογ", "κολλαε", "ενημερωσ"}},
	} {
		found, err := all.In(nil, c.text, c.language)
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, f := range found {
			keys = append(keys, f.Key)
		}
		for _, w := range c.want {
			if !slices.Contains(keys, w) {
				t.Errorf("%s: %q has terms %q, want %q among them", c.language, c.text, keys, w)
			}
		}
		for _, k := range keys {
			if strings.ContainsAny(k, "@/0123456789") || strings.Contains(k, "acme") || strings.Contains(k, "bob") {
				t.Errorf("%s: %q has the term %q", c.language, c.text, k)
			}
		}
	}
}

// said makes a mention by somebody.
func said(n int, language, author, words string) desk.TermText {
	return desk.TermText{N: int64(n), Brand: "acme", Language: language, Author: "site " + author, Names: author + " @" + strings.ToLower(author), Text: words}
}

// rise counts days, the last of them the span, and returns what rises.
func rise(t *testing.T, f desk.TrendFilter, days [][]desk.TermText) desk.Trends {
	t.Helper()
	all, last := terms(t), int64(20000)
	r := triage.NewRise(f, last)
	before, people := triage.Before{}, triage.People{}
	for i, texts := range days {
		d := triage.NewTermDay(all)
		for _, m := range texts {
			people.Meet(m.Names)
			if err := d.Add(m); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range d.Counts(before) {
			before.Add(c)
			r.Add(last-int64(len(days)-1-i), c)
		}
	}
	return r.Trends(people)
}

// month is four weeks of the same talk in a language and one day more, which begins with it, too.
func month(language string, usual ...string) (days [][]desk.TermText) {
	for day := range triage.DaysBefore + 1 {
		var list []desk.TermText
		for i := range 12 {
			list = append(list, said(day*100+i, language, fmt.Sprintf("Person%d", i), usual[(day+i)%len(usual)]))
		}
		days = append(days, list)
	}
	return days
}

func listed(trends desk.Trends) (out []string) {
	for _, x := range trends.List {
		out = append(out, x.Word)
	}
	return out
}

// TestRise: a word that several people begin to write rises; what is usual, what one person repeats and what two write do not.
func TestRise(t *testing.T) {
	t.Parallel()
	days := month("hu", "Lassú a szállítás és drága a posta", "Jó a szolgáltatás, kedves az eladó", "A számla megint hibás volt", "Hol a csomag, nem jött futár")
	last := &days[triage.DaysBefore]
	for i := range 5 {
		*last = append(*last, said(9000+i, "hu", fmt.Sprintf("Uj%d", i), []string{"Az alkalmazás lefagy a frissítés óta", "A frissítéssel lefagy az alkalmazásotok"}[i%2]))
		*last = append(*last, said(9100+i, "hu", "Egyetlen", "A mosógép ketyegő hangja zavar"))
		*last = append(*last, said(9200+i, "hu", fmt.Sprintf("Par%d", i%2), "Kigyulladt zárlatos adapter"))
	}
	got := rise(t, desk.TrendFilter{Span: desk.SpanDay}, days)
	words := strings.Join(listed(got), ", ")
	for _, want := range []string{"frissítés", "lefagy", "alkalmazás"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q does not rise among %q", want, words)
		}
	}
	for _, not := range []string{"szállítás", "számla", "mosógép", "adapter", "zárlatos"} {
		if strings.Contains(words, not) {
			t.Errorf("%q rises among %q", not, words)
		}
	}
	if !got.Enough || got.Mentions != 27 || got.Before != 12*triage.DaysBefore {
		t.Errorf("%d mentions after %d, enough %v", got.Mentions, got.Before, got.Enough)
	}
	for _, x := range got.List {
		if x.N != sumOf(x.Days[triage.DaysBefore:]) || x.Rise < 1 || x.Score < 1.9 {
			t.Errorf("%+v", x)
		}
	}
	if few := rise(t, desk.TrendFilter{Span: desk.SpanDay}, days[triage.DaysBefore-1:]); few.Enough || len(few.List) > 0 {
		t.Errorf("a day to compare with is enough for %+v", few.List)
	}
}

func sumOf(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// TestRisingPhrasesInEnglish: nouns and noun phrases by part of speech; a word hardly written outside a phrase leaves it the place.
func TestRisingPhrasesInEnglish(t *testing.T) {
	t.Parallel()
	days := month("en", "The delivery was slow and the driver was rude", "Nice shop, friendly staff", "My invoice was wrong again", "Where is my parcel, nobody came")
	last := &days[triage.DaysBefore]
	for i := range 6 {
		*last = append(*last, said(9000+i, "en", fmt.Sprintf("Reader%d", i), "Stuck in the login loop since the update"))
	}
	got := listed(rise(t, desk.TrendFilter{Span: desk.SpanDay}, days))
	if !slices.Contains(got, "login loop") || slices.Contains(got, "loop") || slices.Contains(got, "the") || slices.Contains(got, "since") {
		t.Errorf("what rises: %q", got)
	}
}

// TestTermsTellNobody: handles, links, addresses, numbers and the names of those who write are never terms, however many write them.
func TestTermsTellNobody(t *testing.T) {
	t.Parallel()
	days := month("sk", "Doručenie trvalo dlho a kuriér meškal", "Predajňa je čistá a personál milý", "Faktúra opäť nesedela", "Kde je balík, nikto neprišiel")
	days2 := month("en", "The delivery was slow and the driver was rude", "Nice shop, friendly staff", "My invoice was wrong again", "Where is my parcel")
	for i := range days {
		days[i] = append(days[i], days2[i]...)
	}
	last := &days[triage.DaysBefore]
	for i, who := range []string{"Kvetoslava Hrušovská", "Kvído Zajíček", "Walburga Finch", "Ondrej Mráz", "Emil Sova", "Xaver Quill"} {
		for _, language := range []string{"sk", "en"} {
			*last = append(*last, said(9000+i, language, who, "Kvetoslava Hrušovská a Walburga Finch píšu @kvetka_h jana@post.example +421 905 123 456 https://post.example/kvetka "+
				"0905123456 objednávka 77812345, Hrušovskej odpísal Kvído, ask Walburga Finch at xaver.quill@post.example about the Quill case"))
		}
	}
	for _, f := range []desk.TrendFilter{{Span: desk.SpanDay}, {Span: desk.SpanWeek}} {
		trends := rise(t, f, days)
		if len(trends.List) == 0 {
			t.Error("nothing rises, so that nothing is shown by this test")
		}
		for _, x := range trends.List {
			for _, secret := range []string{"kvet", "hrušovsk", "hrusovsk", "walburga", "finch", "kvído", "kvido", "xaver", "quill", "post.example", "@", "905", "77812", "http", "jana"} {
				if strings.Contains(x.Word, secret) {
					t.Errorf("%q shows", x.Word)
				}
			}
		}
	}
}

// TestTermDayIsBoundAndSteady: a day of many words keeps few, and always the same.
func TestTermDayIsBoundAndSteady(t *testing.T) {
	t.Parallel()
	all := terms(t)
	var first []desk.TermCount
	for range 2 {
		d := triage.NewTermDay(all)
		for i := range 1500 {
			m := said(i, "sk", fmt.Sprintf("P%d", i), fmt.Sprintf("slovo%s%s veta%s", letters(i/2), letters(i/2), letters(i/3)))
			m.Products = []string{"Acme Phone"}
			if err := d.Add(m); err != nil {
				t.Fatal(err)
			}
		}
		counts := d.Counts(triage.Before{})
		if len(counts) > 2*(300+2) {
			t.Errorf("%d counts are kept", len(counts))
		}
		if first == nil {
			first = counts
		}
		if diff := cmp.Diff(first, counts); diff != "" {
			t.Errorf("counted twice, a day differs (-first +second)\n%s", diff)
		}
	}
}

// letters writes a number in letters.
func letters(n int) string {
	out := ""
	for ; n >= 0; n = n/26 - 1 {
		out = string(rune('a'+n%26)) + out
	}
	return out
}

func BenchmarkTerms(b *testing.B) {
	all := terms(b)
	for _, c := range [][2]string{{"en", "My Acme Phone died after two weeks and nobody at the shop answers the hotline, third time this month, I want my money back right now please"},
		{"hu", "A készülékkel három napja baj van, a szolgáltató pedig csak ígérget, holnap visszaviszem a boltba és kérem vissza a teljes vételárat, ennyi"}} {
		b.Run(c[0], func(b *testing.B) {
			var out []triage.Term
			for b.Loop() {
				var err error
				if out, err = all.In(out[:0], c[1], c[0]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
