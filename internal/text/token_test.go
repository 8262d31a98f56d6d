package text_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/text"
)

var kinds = map[text.Kind]string{
	text.Word: "w", text.Number: "n", text.Handle: "@", text.Hashtag: "#", text.URL: "u", text.Email: "m", text.Emoji: "e",
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Don’t! It's 3.5 or 1,200.":                          "w:Don’t w:It's n:3.5 w:or n:1,200",
		"Acme-nál a user-friendly – app":                     "w:Acme-nál w:a w:user-friendly w:app",
		"@AcmeHelp @a.bsky.social, @b@m.example! @":          "@:@AcmeHelp @:@a.bsky.social @:@b@m.example",
		"#Acme_Phone #ősz #":                                 "#:#Acme_Phone #:#ősz",
		"lásd https://acme.com/a(b)?x=1). vagy www.acme.hu!": "w:lásd u:https://acme.com/a(b)?x=1 w:vagy u:www.acme.hu",
		"acme.com/shop, volt.de nem, t.co/abc":               "u:acme.com/shop w:volt w:de w:nem u:t.co/abc",
		"Írj: jan.kovac@acme.sk.":                            "w:Írj m:jan.kovac@acme.sk",
		"👍🏽👎 👨‍👩‍👧‍👦🇭🇺🇸🇰 ❤️x":                                "e:👍🏽 e:👎 e:👨‍👩‍👧‍👦 e:🇭🇺 e:🇸🇰 e:❤️ w:x",
		"sz\u200bar \u202eabc\u202c":                         "w:sz\u200bar w:abc\u202c",
		"a\xffb ko\u0308szi":                                 "w:a w:b w:ko\u0308szi",
		"iphone12 5G x@y no@":                                "w:iphone12 w:5G w:x w:y w:no",
		"Το κινητό δεν λειτουργεί;":                          "w:Το w:κινητό w:δεν w:λειτουργεί",
		"日本語 ok":                                             "w:日本語 w:ok",
	} {
		var got []string
		for _, tok := range text.Tokens(in) {
			got = append(got, kinds[tok.Kind]+":"+in[tok.From:tok.To])
		}
		if diff := cmp.Diff(want, strings.Join(got, " ")); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", in, diff)
		}
	}
}

func TestSearchTokens(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"See https://acme.com/shop?id=3.5": "see https acme com shop id 3 5",
		"@Acme #ŐSZ user-friendly don't":   "acme osz user friendly don t",
		"":                                 "",
		"!!! 😀":                            "",
		"\xff\xfeA\u202eb":                 "ab",
		"क्षि x":                           "क ष x",
		strings.Repeat("ő", 100) + " x":    strings.Repeat("o", 64) + " x",
		strings.Repeat("ж", 100):           strings.Repeat("ж", 32),
	} {
		if got := text.SearchTokens(in); got != want {
			t.Errorf("SearchTokens(%q) = %q, want %q", in, got, want)
		}
	}
	if diff := cmp.Diff([]string{"acme", "com", "3"}, text.QueryTokens("ACME.com 3 acme")); diff != "" {
		t.Errorf("QueryTokens (-want +got)\n%s", diff)
	}
}

// TestHostile reads at length what breaks careless readers. A step that took the square of it would take minutes, and the race
// detector makes every step ten times as long, so more would prove no more.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"a", "ő", "a.", "a@", "@", "#a", "http://", "\u202e", "\u200d", "👍\u200d", "\xff", "a-", "1.", "(((", "ko\u0308", "🇭"} {
		s := strings.Repeat(unit, 256<<10/len(unit))
		start := time.Now()
		end := 0
		for _, tok := range text.Tokens(s) {
			if tok.From < end || tok.To <= tok.From || tok.To > len(s) {
				t.Fatalf("%q: token %+v after %d", unit, tok, end)
			}
			end = tok.To
		}
		_ = text.SearchTokens(s)
		if d := time.Since(start); d > 20*time.Second {
			t.Errorf("%q took %v", unit, d)
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"a.b@c.de ", "http://x/(a)", "👨‍👩‍👧‍👦🇭", "ß\u202e@ő", "1.,-'a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, tok := range text.Tokens(s) {
			if tok.From < end || tok.To <= tok.From || tok.To > len(s) {
				t.Fatalf("token %+v after %d in %q", tok, end, s)
			}
			end = tok.To
		}
		search := text.SearchTokens(s)
		if again := text.SearchTokens(search); again != search {
			t.Errorf("SearchTokens(%q) = %q, of that %q", s, search, again)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	s := "@AcmeHelp Szörnyű élmény volt: a telefonom nem működik, https://acme.hu/x?y=1 és 3 napja senki sem válaszol!! 😡 #acme"
	var d text.Doc
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		d.Read(s)
	}
}
