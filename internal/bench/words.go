package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// tongue is a language with what its texts are made of. %s stands for a product.
type tongue struct {
	code    string
	opening []string
	bad     []string
	plain   []string
	good    []string
}

// tongues returns the languages of the desk. Texts come out at one to three hundred bytes, a third each of bad, plain and good.
func tongues() []tongue {
	return []tongue{
		{"en",
			[]string{"Bought the %s last week.", "Two years with %s now.", "A word about %s:", "My sister has %s, so I took one as well."},
			[]string{"It does not work since the update and support never answers.", "The parcel is lost again, I want my money back!", "Terrible service, the battery is dead after an hour.", "The app crashes every time I log in, really disappointed."},
			[]string{"Does anybody know whether it can be repaired in town?", "The new price list is out on the page of the shop.", "It came on Tuesday with the courier.", "The manual has forty pages and a map."},
			[]string{"Great screen, quick delivery, thank you!", "I love it, the best I ever had.", "Friendly people in the shop, well done.", "Works perfectly, I can recommend it to everybody."}},
		{"hu",
			[]string{"Múlt héten vettem a következőt: %s.", "Két éve használom, %s.", "Pár szó erről: %s.", "A húgomnak is ilyen van, %s."},
			[]string{"A frissítés óta nem működik, az ügyfélszolgálat sosem válaszol.", "Megint elveszett a csomag, kérem vissza a pénzem!", "Szörnyű kiszolgálás, az akkumulátor egy óra alatt lemerül.", "Az alkalmazás minden belépéskor összeomlik, csalódtam."},
			[]string{"Tudja valaki, hogy hol lehet megjavíttatni a városban?", "Kikerült az új árlista a bolt oldalára.", "Kedden hozta meg a futár.", "A leírás negyven oldal és egy térkép."},
			[]string{"Remek kijelző, gyors szállítás, köszönöm!", "Imádom, a legjobb, ami valaha volt.", "Kedvesek voltak a boltban, szép munka.", "Tökéletesen működik, mindenkinek ajánlom."}},
		{"el",
			[]string{"Αγόρασα την περασμένη εβδομάδα το %s.", "Δύο χρόνια τώρα με %s.", "Δυο λόγια για το %s:", "Και η αδελφή μου έχει %s."},
			[]string{"Δεν λειτουργεί μετά την ενημέρωση και η υποστήριξη δεν απαντά ποτέ.", "Το δέμα χάθηκε πάλι, θέλω πίσω τα χρήματά μου!", "Απαράδεκτη εξυπηρέτηση, η μπαταρία αδειάζει σε μία ώρα.", "Η εφαρμογή κλείνει κάθε φορά, μεγάλη απογοήτευση."},
			[]string{"Ξέρει κανείς αν επισκευάζεται στην πόλη;", "Βγήκε ο νέος τιμοκατάλογος στη σελίδα του καταστήματος.", "Ήρθε την Τρίτη με τον κούριερ.", "Το εγχειρίδιο έχει σαράντα σελίδες και έναν χάρτη."},
			[]string{"Εξαιρετική οθόνη, γρήγορη παράδοση, ευχαριστώ!", "Το λατρεύω, το καλύτερο που είχα ποτέ.", "Ευγενικοί στο κατάστημα, μπράβο.", "Δουλεύει τέλεια, το συνιστώ σε όλους."}},
		{"sk",
			[]string{"Minulý týždeň som kúpil %s.", "Už dva roky mám %s.", "Pár slov o %s:", "Aj sestra má %s, tak som si vzal tiež."},
			[]string{"Od aktualizácie nefunguje a podpora nikdy neodpovedá.", "Balík sa zase stratil, chcem späť peniaze!", "Hrozná obsluha, batéria je po hodine vybitá.", "Aplikácia padá pri každom prihlásení, som sklamaný."},
			[]string{"Nevie niekto, či sa dá v meste opraviť?", "Nový cenník je na stránke obchodu.", "Prišlo to v utorok s kuriérom.", "Návod má štyridsať strán a mapu."},
			[]string{"Skvelý displej, rýchle doručenie, ďakujem!", "Milujem to, najlepší, aký som mal.", "Milí ľudia v obchode, výborná práca.", "Funguje perfektne, odporúčam každému."}},
	}
}

// item is something said, as a feed or a file of reviews carries it.
type item struct {
	id, title, text, author, language string
	at                                time.Time
}

// composer makes items; equal seeds give equal items.
type composer struct {
	r       *rand.Rand
	tongues []tongue
	at      time.Time
}

func newComposer(seed uint64, from time.Time) *composer {
	return &composer{r: rand.New(rand.NewPCG(seed, 7)), tongues: tongues(), at: from}
}

// next makes the item of an identifier, a second after the one before.
func (c *composer) next(id string) item {
	t := c.tongues[c.r.IntN(len(c.tongues))]
	pick := func(list []string) string { return list[c.r.IntN(len(list))] }
	mood := [][]string{t.bad, t.plain, t.good}[c.r.IntN(3)]
	opening := fmt.Sprintf(pick(t.opening), pick([]string{"Acme Phone", "Acme Cloud", "Acme", "Globex"}))
	sentences := []string{opening, pick(mood)}
	for range c.r.IntN(3) {
		sentences = append(sentences, pick([][]string{mood, t.plain}[c.r.IntN(2)]))
	}
	c.at = c.at.Add(time.Second)
	return item{
		id: id, title: fmt.Sprintf("%s #%d", strings.TrimRight(opening, ".:"), c.r.IntN(1_000_000)), text: strings.Join(sentences, " "),
		author: fmt.Sprintf("person%d", c.r.IntN(5000)), language: t.code, at: c.at,
	}
}
