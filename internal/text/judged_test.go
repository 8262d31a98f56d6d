package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/earshotdesk/earshot/internal/text"
)

// TestJudged reads disguises as the words that they disguise.
func TestJudged(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"frее Αpple ρaypal":               "free apple paypal", // Cyrillic е, Greek Α and ρ
		"Tωρα τo κινητo, Aγόρασα":         "τωρα το κινητο, αγορασα",
		"Ваnk оf Аmerica, this is а sсаm": "bank of america, this is a scam",
		"Москва и iPhone":                 "москва и iphone",
		"ΚΙΝΗΤΟ iPhone Xperia δίκιο":      "κινητο iphone xperia δικιο",
		"SMSάκι 5G":                       "smsακι 5g",
		"ꓢꓚꓮm Ꮪcam օne":                   "scam scam one",
		"ＦＲＥＥ 𝐟𝐫𝐞𝐞 𝛋𝛂𝛌ό Ⓕⓡⓔⓔ ⒡⒭⒠⒠ 🅵🆁🅴🅴 ғᴀᴋᴇ ℝ𝕖𝕒𝕝":              "free free καλο free free free fake real",
		"sz\u200bör\u202eny\u00adű \u2066x\u2069 a\U000E0041b": "szornyu x ab",
		"s\u0337\u0321c\u20dda\u0489m\ufe0f\x01\u0085":         "scam\u0085",
		"s c a m! s.c.a.m s-c-a-m S_C_A_M s  c  a  m":          "scam! scam scam scam scam",
		"f r e e   m o n e y it":           "free   money it",
		"U.S.A. a b c 1 2 3 4 日 本 語 文":     "u.s.a. a b c 1 2 3 4 日 本 語 文",
		"3g h2o 5km sc4m m\u00b2 5\u00b5m": "3g h2o 5km sc4m m² 5um",
		"👍🏽 🤦🏿‍♀️ 👨‍👩‍👧 🇭🇺 3️⃣ ❤️":         "👍 🤦 👨👩👧 🇭🇺 3 ❤",
		"a\xffb\xc3":      "a\x1ab\x1a",
		"a\u2800b\u3164c": "a bc",
	} {
		if diff := cmp.Diff(want, text.Judged(in)); diff != "" {
			t.Errorf("%q (-want +got)\n%s", in, diff)
		}
	}
}

// TestPlaceOfDisguises finds for every word in disguise the place in the text as given.
func TestPlaceOfDisguises(t *testing.T) {
	t.Parallel()
	in := "τoύ 😡🏿 s.c.a.m 🅱ad frее\u200b! K\u0301ινητό"
	want := []string{"τoύ", "😡🏿", "s.c.a.m", "🅱ad", "frее\u200b", "K\u0301ινητό"}
	var doc text.Doc
	doc.Read(in)
	var got, words []string
	for i, tok := range doc.Tokens {
		got, words = append(got, in[tok.From:tok.To]), append(words, string(doc.Word(i)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("given (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"του", "😡", "scam", "bad", "free", "κινητο"}, words); diff != "" {
		t.Errorf("judged (-want +got)\n%s", diff)
	}
}

// TestPlain keeps the accents and capitals of words in disguise.
func TestPlain(t *testing.T) {
	t.Parallel()
	var doc text.Doc
	doc.Read("Ѕzörnуű Straße ＳＣАＭ Κ.α.λ.ό 𝐟őℝ ok")
	var got []string
	for i, tok := range doc.Tokens {
		if w := string(doc.AppendPlain(nil, i)); tok.Masked {
			got = append(got, w)
		} else if given := doc.Text[tok.From:tok.To]; given != w {
			t.Errorf("%q is not masked, but plainly %q", given, w)
		}
	}
	if diff := cmp.Diff([]string{"szörnyű", "scam", "Καλό", "főr"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestTokensUnmaskNothing as their users count characters and build links of the text as it stands.
func TestTokensUnmaskNothing(t *testing.T) {
	t.Parallel()
	if n := len(text.Tokens("s c a m frее")); n != 5 {
		t.Errorf("%d tokens, want 5", n)
	}
}

func TestReadCostsNoMemory(t *testing.T) {
	var doc text.Doc
	for _, s := range []string{english, greekPost, "s c a m, frее τo κινητo 👍🏽"} {
		doc.Read(s)
		if n := testing.AllocsPerRun(100, func() { doc.Read(s) }); n != 0 {
			t.Errorf("%q: %v allocations, want none", s, n)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"frее τo", "s c a m a", "s-c-a-m-а", "🤦🏿‍♀️\u200d♀", "\x00\xffＡ𝛂", "а α a օ Ꭰ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var doc text.Doc
		doc.Read(s)
		if !utf8.Valid(doc.Folded) || len(doc.Folded) > 2*len(s) {
			t.Fatalf("%q is read as %q", s, doc.Folded)
		}
		end := 0
		for i, tok := range doc.Tokens {
			if tok.From < end || tok.To <= tok.From || tok.To > len(s) || len(doc.Word(i)) == 0 || len(doc.AppendPlain(nil, i)) == 0 {
				t.Fatalf("token %+v after %d in %q", tok, end, s)
			}
			if tok.From < len(s) && !start(s, tok.From) || tok.To < len(s) && !start(s, tok.To) {
				t.Fatalf("token %+v cuts a character of %q", tok, s)
			}
			end = tok.To
		}
	})
}

// start tells whether a character, or an invalid byte, begins at i.
func start(s string, i int) bool {
	for back := 1; back <= 3 && back <= i; back++ {
		if r, size := utf8.DecodeRuneInString(s[i-back:]); size > back && r != utf8.RuneError {
			return false
		}
	}
	return true
}

const (
	english   = "@AcmeHelp your app has been down since this morning and nobody answers my mails, I want my money back! https://acme.example/x #acme"
	greekPost = "Το κινητό μου δεν λειτουργεί εδώ και τρεις μέρες και κανείς δεν απαντάει στα τηλέφωνα, θέλω τα χρήματά μου πίσω! Ντροπή σας, @acme"
)

func BenchmarkReadPost(b *testing.B) {
	for name, s := range map[string]string{
		"english": english, "greek": greekPost,
		"disguised": strings.NewReplacer("a", "а", "o", "ο").Replace(english),
	} {
		b.Run(name, func(b *testing.B) {
			var d text.Doc
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				d.Read(s)
			}
		})
	}
}

// TestTokensLieInTheJudgedForm reads a Greek post with Latin letters among its words, whose disguise shows only after some tokens.
func TestTokensLieInTheJudgedForm(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"- Σουζανα, πρεπει να βγεις girly Και sexy - To'χω #gntmgr",
		"this is a plain post with onе wоrd and σ lone sign To'χω at its end",
	} {
		var d text.Doc
		d.Read(in)
		end := 0
		for _, tok := range d.Tokens {
			if tok.Start < end || tok.End > len(d.Folded) || tok.From > tok.To || tok.To > len(in) {
				t.Errorf("%q: token %+v is not in %q", in, tok, d.Folded)
			}
			end = tok.End
		}
	}
}

// TestHonestWordsBeforeStay wants words in their own alphabet to be left alone by a mixed word after them.
func TestHonestWordsBeforeStay(t *testing.T) {
	t.Parallel()
	if got := text.Judged("- Σουζανα, πρεπει να βγεις girly Και sexy - To'χω #gntmgr"); !strings.HasPrefix(got, "- σουζανα, πρεπει να") {
		t.Errorf("judged as %q", got)
	}
}
