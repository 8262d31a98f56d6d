package record

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/earshotdesk/earshot/internal/desk"
)

// field is one of ours that a column can be mapped to.
type field int

const (
	fID field = iota
	fText
	fTitle
	fAuthor
	fAuthorID
	fHandle
	fURL
	fPostedAt
	fRating
	fRatingBest
	fLanguage
	fParent
	fThread
	fLikes
	fShares
	fReplies
	fViews
	fFollowers
	fVisibility
	fieldCount
	fExtra field = -1
)

// fieldNames are the names of ours in mappings.
func fieldNames() [fieldCount]string {
	return [fieldCount]string{"id", "text", "title", "author", "author_id", "handle", "url", "posted_at", "rating", "rating_best",
		"language", "parent", "thread", "likes", "shares", "replies", "views", "followers", "visibility"}
}

// commonNames are the column names that mean a field without being told so, best first. They are compared by letters and digits
// alone, whatever their case: "Review ID", review_id and reviewId are one name.
func commonNames() [fieldCount]string {
	return [fieldCount]string{
		fID:         "id, tweet_id, review_id, comment_id, post_id, mention_id, message_id, status_id, id_str, uuid, guid, ticket_id",
		fText:       "text, full_text, body, content, comment, review, review_text, review_body, comment_text, message, tweet, tweet_text, description, szöveg, vélemény, κείμενο, σχόλιο, komentár, recenzia, recenze, treść, texto, texte",
		fTitle:      "title, subject, headline, review_title, summary, cím, tárgy, τίτλος, názov, nadpis, predmet",
		fAuthor:     "author, author_name, author.name, user.name, display_name, reviewer, reviewer_name, customer, user, name, szerző, név, συγγραφέας, autor, meno",
		fAuthorID:   "author_id, user_id, author.id, user.id, customer_id, reviewer_id",
		fHandle:     "handle, username, user_name, screen_name, user.screen_name, user.username, author.handle, author.username, login, nick, nickname, acct",
		fURL:        "url, link, permalink, permalink_url, uri, href, web_url",
		fPostedAt:   "posted_at, created_at, date, timestamp, created, posted, published, published_at, datetime, created_utc, time, submitted_at, review_date, tweet_created, dátum, datum, ημερομηνία, data, fecha",
		fRating:     "rating, stars, star_rating, score, rate, grade, értékelés, csillag, βαθμολογία, αστέρια, hodnotenie, hodnocení, ocena, bewertung",
		fRatingBest: "rating_best, best_rating, max_rating, rating_max, scale",
		fLanguage:   "language, lang, locale, language_code, nyelv, γλώσσα, jazyk",
		fParent:     "parent, parent_id, in_reply_to, in_reply_to_id, in_reply_to_status_id, in_reply_to_status_id_str, in_response_to_tweet_id, reply_to, replied_to",
		fThread:     "thread, thread_id, conversation_id, root_id",
		fLikes:      "likes, like_count, likes_count, favorite_count, favourites_count, favorites, ups, thumbs_up, helpful, helpful_votes",
		fShares:     "shares, share_count, retweets, retweet_count, reposts, repost_count, reblogs_count",
		fReplies:    "replies, reply_count, replies_count, comments, comment_count, num_comments",
		fViews:      "views, view_count, impressions, reach",
		fFollowers:  "followers, followers_count, follower_count, user.followers_count, author.followers_count",
		fVisibility: "visibility, privacy",
	}
}

// mapping knows which column is what.
type mapping struct {
	given  bool               // by the options: only what is named counts, and a value that makes no sense is an error
	exact  map[string]meaning // by the name as written
	folded map[string]meaning // by letters and digits
	known  map[string]meaning // of columns that were looked up before
	wanted map[string]string  // theirs to ours, of the given ones
}

// meaning is what a column means and how sure that is; rank 0 is the best.
type meaning struct {
	field field
	rank  int
}

func newMapping(o Options) (*mapping, error) {
	m := &mapping{given: len(o.Map) > 0, exact: map[string]meaning{}, folded: map[string]meaning{}, known: map[string]meaning{}, wanted: map[string]string{}}
	ours := fieldNames()
	for _, name := range slices.Sorted(maps.Keys(o.Map)) {
		f := slices.Index(ours[:], name)
		if f < 0 {
			return nil, desk.Invalidf("map: %q is none of ours; these are %s", name, strings.Join(ours[:], ", "))
		}
		theirs := o.Map[name]
		if theirs == "" {
			return nil, desk.Invalidf("map: %s names no column", name)
		}
		if earlier, twice := m.wanted[theirs]; twice {
			return nil, desk.Invalidf("map: %s and %s name the same column %q", earlier, name, theirs)
		}
		m.wanted[theirs] = name
		m.exact[theirs] = meaning{field(f), 0}
		m.folded[folded(theirs)] = meaning{field(f), 1}
	}
	if !m.given {
		for f, names := range commonNames() {
			for rank, name := range strings.Split(names, ", ") {
				m.folded[folded(name)] = meaning{field(f), rank}
			}
		}
	}
	return m, nil
}

// folded keeps the letters and digits of a name, in lower case, and the dots between the names of nested objects.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// of returns what a column means.
func (m *mapping) of(name string) meaning {
	if found, ok := m.known[name]; ok {
		return found
	}
	found, ok := m.exact[name]
	if !ok {
		found, ok = m.folded[folded(name)]
	}
	if !ok {
		found = meaning{field: fExtra}
	}
	if len(m.known) < 10_000 { // a file whose objects have names without end must not fill the memory
		m.known[strings.Clone(name)] = found
	}
	return found
}

// check finds a mapping to a column that the header does not have, and a header without any text.
func (m *mapping) check(header []string) error {
	if len(header) == 0 {
		return nil
	}
	columns := strings.Join(header, ", ")
	has := map[field]bool{}
	for _, name := range header {
		has[m.of(name).field] = true
	}
	ours := fieldNames()
	for _, theirs := range slices.Sorted(maps.Keys(m.wanted)) {
		name := m.wanted[theirs]
		if !has[field(slices.Index(ours[:], name))] {
			return desk.Invalidf("map: there is no column %q; the columns are %s", theirs, columns)
		}
	}
	if !has[fText] && !has[fTitle] {
		return desk.Invalidf("no column looks like the text; say which with map, for example text=%s; the columns are %s", header[len(header)-1], columns)
	}
	return nil
}

// assign spreads a row's values over our fields; what has no place there is extra. Where two columns mean the same, the better
// name has it.
func (m *mapping) assign(r Row, extra map[string]string) (values [fieldCount]string, from [fieldCount]string) {
	var ranks [fieldCount]int
	for i, name := range r.Names {
		value := r.Values[i]
		if value == "" {
			continue
		}
		mean := m.of(name)
		f := mean.field
		if f == fExtra || from[f] != "" && ranks[f] <= mean.rank {
			extra[name] = value
			continue
		}
		if from[f] != "" {
			extra[from[f]] = values[f]
		}
		values[f], from[f], ranks[f] = value, name, mean.rank
	}
	return values, from
}
