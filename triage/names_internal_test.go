package triage

import (
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
)

// namedTexts are about 140 characters each.
var namedTexts = []string{
	"My Acme Phone died after two weeks and nobody at Vodafone answers the hotline, third time this month, I want my money back right now please",
	"A telefonommal három napja baj van, a szolgáltató pedig csak ígérget, holnap visszaviszem a boltba és kérem vissza a teljes vételárat, ennyi",
	"Kúpil som kameru a s kamerou nie som vôbec spokojný, zákaznícka linka nedvíha a predajňa vo Zvolene ma poslala domov bez riešenia problému",
	"Η μπαταρία του κινητού δεν κρατάει ούτε μισή μέρα και στο κατάστημα μου είπαν να περιμένω τρεις εβδομάδες για την επισκευή της οθόνης του",
}

func benchmarkBrands() []desk.Brand {
	b := desk.Brand{Name: "acme", Title: "Acme", Aliases: []string{"@AcmeHelp", "#acmefail"}}
	for _, p := range []string{
		"Acme Phone", "Acme Phone Pro", "telefon", "Kamera", "κινητό", "Zlatý balík", "Magenta Otthon", "HomeStation", "Számlázó Pro", "Thermostat", "Dishwasher 300",
		"Espresso Master", "Velvet Blender", "Slovenská sporiteľňa", "Εθνική Τράπεζα", "Smart Box", "Vacuum X200", "Headphones Air", "Notebook Slim", "Toaster Two",
	} {
		b.Products = append(b.Products, desk.Product{Name: p})
	}
	for _, c := range []string{"Vodafone", "Telekom", "Globex", "Samsung", "Electrolux", "Siemens", "Philips", "Whirlpool", "Microsoft", "Lufthansa"} {
		b.Competitors = append(b.Competitors, desk.Product{Name: c})
	}
	return []desk.Brand{b}
}

// otherTexts name nobody, as most do that a broad search brings.
var otherTexts = []string{
	"I have been waiting three weeks for my refund and nobody answers my letters, the shop around the corner is closed and I want my money back",
	"Három hete várok a visszatérítésre és senki nem válaszol a leveleimre, a sarki bolt zárva van, pedig nagyon szeretném már visszakapni a pénzt",
	"Už tri týždne čakám na vrátenie peňazí a nikto mi neodpovedá na listy, obchod na rohu je zatvorený a ja by som chcela svoje peniaze naspäť",
	"Περιμένω τρεις εβδομάδες την επιστροφή των χρημάτων και κανείς δεν απαντάει στα γράμματά μου, το μαγαζί στη γωνία είναι κλειστό εδώ και μέρες",
}

// BenchmarkNames looks for 30 names in texts of 140 characters that are folded and cut already; a microsecond a text is allowed.
func BenchmarkNames(b *testing.B) {
	n, err := newNames(benchmarkBrands())
	if err != nil {
		b.Fatal(err)
	}
	for what, said := range map[string][]string{"named": namedTexts, "nobody": otherTexts} {
		texts := make([]scratch, len(said))
		for i, s := range said {
			texts[i].doc.Read(s)
			texts[i].look()
		}
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			var out []name
			i := 0
			for b.Loop() {
				out = n.find(&texts[i&3], out[:0])
				i++
			}
		})
	}
}

// TestNamesCostNoMemory wants no allocation for a text, with names in it or without.
func TestNamesCostNoMemory(t *testing.T) {
	n, err := newNames(benchmarkBrands())
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range append([]string{"I have waited three weeks for a refund and nobody answers, never again, what a terrible experience with this vodafonne"}, namedTexts...) {
		var s scratch
		s.doc.Read(said)
		s.look()
		out := make([]name, 0, 16)
		if got := testing.AllocsPerRun(100, func() { out = n.find(&s, out[:0]) }); got != 0 || len(out) == 0 {
			t.Errorf("%v allocations, %d names: %s", got, len(out), said)
		}
	}
}

// FuzzNames wants places within the text, in order, whatever the text.
func FuzzNames(f *testing.F) {
	for _, s := range append([]string{"#AcmePhoneFails @acme_sk @ask_acme. acme.com/x www.acme.com", "Acme-nál vodafnoeval κινητού ΚΙΝΗΤΆ Zlatého  balíka", "@ # #_ @. acme\xff'", "H & M, e.on T-Mobile+"}, namedTexts...) {
		f.Add(s)
	}
	n, err := newNames(append(benchmarkBrands(), desk.Brand{Name: "orange", Title: "Orange", Aliases: []string{"H&M", "E.ON", "Disney+", "株*", "💸", "κ"}}))
	if err != nil {
		f.Fatal(err)
	}
	terms := &Terms{ours: n, given: n.around.given}
	f.Fuzz(func(t *testing.T, said string) {
		var s scratch
		s.doc.Read(said)
		s.look()
		before := 0
		for _, found := range n.find(&s, nil) {
			if found.start < before || found.end <= found.start || found.end > len(s.doc.Folded) || found.target == nil || int(found.first) >= len(s.doc.Tokens) {
				t.Fatalf("%q: %+v", said, found)
			}
			before = found.start
			if from, to := s.doc.Place(found.start, found.end); from < 0 || to > len(said) || from > to {
				t.Fatalf("%q: place %d to %d", said, from, to)
			}
		}
		if _, err := terms.In(nil, said, "sk"); err != nil {
			t.Fatal(err)
		}
	})
}
