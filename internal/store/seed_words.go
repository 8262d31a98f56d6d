package store

import (
	"fmt"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// seedTable is a table that is filled, by its place in seedTables. Mentions are the first: they tell the progress.
type seedTable int

const (
	seedMention seedTable = iota
	seedSighting
	seedVerdict
	seedTag
	seedCase
	seedFact
	seedReply
	seedEntry
	seedEvent
	seedRollup
	seedUser
	seedSource
	seedCounter
)

// target is a table with the columns that rows give.
type target struct {
	table   string
	columns []string
}

var seedTables = []target{
	seedMention: {"mention", strings.Fields(`n id site remote_id kind thread parent author_key author_id handle author_name author_url followers title text
		said_lang url rating rating_best posted_at edited_at seen_at visibility ours likes shares replies views source brand version digest extra case_id
		language sentiment urgency intent spam judged_at search`)},
	seedSighting: {"sighting", strings.Fields("source n first_at")},
	seedVerdict:  {"verdict", strings.Fields("n at model rules failed body")},
	seedTag:      {"mention_tag", strings.Fields("kind name n")},
	seedCase: {"cases", strings.Fields(`id brand site thread author head state owner snoozed_until version urgency sentiment mentions opened_at changed_at
		remark_at taken_at answered_at resolved_at reopened reason reply_state col sort`)},
	seedFact: {"case_fact", strings.Fields("case_id brand site author urgency opened_at taken_at answered_at resolved_at reopened")},
	seedReply: {"reply", strings.Fields(`id case_id parent account text state visibility outdated version seen_case seen_target author approved_by note
		created_at changed_at send_at started_at published_at receipt`)},
	seedEntry: {"outbox", strings.Fields(`id kind key order_key subject account brand body state attempts next_at created_at changed_at started_at error
		receipt lease_owner lease_until fence`)},
	seedEvent:   {"event", strings.Fields("n at actor what case_id mention_id reply_id subject brand from_state to_state")},
	seedRollup:  {"rollup", strings.Fields("hour brand source language sentiment n")},
	seedUser:    {"users", strings.Fields("id email name role brands locale theme density hash disabled created_at")},
	seedSource:  {"source", strings.Fields("name kind site account brand every hash health first_poll_at")},
	seedCounter: {"counter", strings.Fields("name n")},
}

const seedUsers = 8

type seedSite struct {
	number int
	name   string
	site   desk.Site
	brand  string
	kind   desk.MentionKind
}

var seedSources = func() (out []seedSite) {
	brands := []string{"acme", "acme", "birch", "acme", "cedar", "birch"}
	kinds := []desk.MentionKind{desk.KindPost, desk.KindComment, desk.KindReview, desk.KindArticle}
	for i := range 12 {
		out = append(out, seedSite{number: i, name: fmt.Sprintf("source%02d", i), site: desk.Site(fmt.Sprintf("demo:site%02d.example", i)),
			brand: brands[i%len(brands)], kind: kinds[i%len(kinds)]})
	}
	return out
}()

var (
	seedProducts = []string{"Acme Phone", "Acme Router", "Acme Watch", "Acme Card", "Acme Cloud", ""}
	seedTopics   = []string{"delivery", "billing", "support", "battery", "login", "price", ""}
	seedWords    = map[string][]string{
		"en": strings.Fields(`the my phone does not work since update battery empty again support never answers waiting for delivery late broken
			screen great service thank you price too high invoice wrong refund please help nobody calls back router slow tonight login fails app
			crashes love this camera good morning shop closed parcel lost third time really disappointed happy customer years cancel contract`),
		"hu": strings.Fields(`nem működik a telefon frissítés óta akkumulátor megint lemerült ügyfélszolgálat sosem válaszol várok szállítás késik törött
			kijelző remek szolgáltatás köszönöm ár túl magas számla hibás visszatérítés kérem segítsenek senki hív vissza lassú este szörnyű`),
		"el": strings.Fields(`δεν λειτουργεί το τηλέφωνο μετά ενημέρωση μπαταρία άδεια πάλι υποστήριξη ποτέ απαντά περιμένω παράδοση αργεί σπασμένη
			οθόνη εξαιρετική εξυπηρέτηση ευχαριστώ τιμή υψηλή λογαριασμός λάθος επιστροφή χρημάτων βοήθεια κανείς καλεί αργό βράδυ`),
		"sk": strings.Fields(`telefón nefunguje od aktualizácie batéria zase vybitá podpora nikdy neodpovedá čakám na doručenie mešká rozbitý
			displej skvelá služba ďakujem cena príliš vysoká faktúra zlá vrátenie peňazí prosím pomôžte nikto nevolá pomalý večer`),
	}
)
