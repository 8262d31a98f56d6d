package reviewpage

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/connectors/internal/written"
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

var run = regexp.MustCompile(`[A-Za-z0-9]+`)

// telling tells whether an identifier is one: it holds a number of some length, or letters and digits as machines make them. What
// only counts the place on the page ("review-3") would be another review's tomorrow, and what stands in the page's own address is
// every review's.
func telling(id, page, item string) bool {
	for _, token := range run.FindAllString(id, 50) {
		digits := strings.Count(token, "") - 1 - len(strings.Trim(token, "0123456789"))
		letters := strings.Trim(token, "0123456789") != ""
		year := len(token) == 4 && (strings.HasPrefix(token, "19") || strings.HasPrefix(token, "20"))
		switch {
		case !letters && (len(token) < 4 || year), letters && (len(token) < 8 || digits == 0):
		case strings.Contains(page, token), item != "" && strings.Contains(item, token):
		default:
			return true
		}
	}
	return false
}

// identify gives every review its identifier: the site's own where it has one that belongs to this review alone, else a digest of who
// said what when, to the minute where the page says it. It makes reviews that stand on the page in two syntaxes one.
func (r *reader) identify(all []found, addresses string) []found {
	all = merge(all)
	often := map[string]int{}
	for i := range all {
		for j, id := range all[i].ids {
			id = strings.TrimSpace(id)
			if len(id) > 300 || strings.HasPrefix(id, "_:") || !telling(id, addresses, all[i].item) || !utf8.ValidString(id) || strings.ContainsRune(id, 0) {
				id = ""
			}
			all[i].ids[j] = id
			if id != "" && !contains(all[i].ids[:j], id) {
				often[id]++
			}
		}
	}
	taken := map[desk.RemoteID]bool{} // whether it was said in JSON-LD
	wholly := map[string]bool{}
	out := all[:0]
	for _, f := range all {
		f.m.Remote = digest(&f.m)
		for _, id := range f.ids {
			if id != "" && often[id] == 1 {
				f.m.Remote = desk.RemoteID(id)
				break
			}
		}
		whole := string(f.m.Remote) + f.m.Digest() + f.m.PostedAt.String()
		if data, again := taken[f.m.Remote]; again && (data != f.data || f.list == nil && wholly[whole]) {
			continue // told to people with other stars than to machines, or shown twice
		}
		wholly[whole] = true
		taken[f.m.Remote] = f.data
		out = append(out, f)
	}
	number(out)
	return out
}

// number tells reviews apart that say the same under the same name on one day, from the oldest on, so that a new one takes no older
// one's identifier.
func number(all []found) {
	times := map[desk.RemoteID]int{}
	for i := range slices.Backward(all) {
		m := &all[i].m
		times[m.Remote]++
		if n := times[m.Remote]; n > 1 {
			m.Remote += desk.RemoteID(":" + strconv.Itoa(n))
		}
		m.Thread = m.Remote
	}
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// digest identifies a review that has no identifier of its own by who said what when. The text counts with its beginning alone, for
// pages cut it at various lengths; without a text the stars count.
func digest(m *desk.Mention) desk.RemoteID {
	day := ""
	if !m.PostedAt.IsZero() {
		day = m.PostedAt.Format("2006-01-02")
	}
	h := sha256.Sum256([]byte(text.Fold(m.Author.Name) + "\x00" + day + "\x00" + opening(m)))
	return desk.RemoteID("hash:" + hex.EncodeToString(h[:12]))
}

// opening is the beginning of what was said, folded.
func opening(m *desk.Mention) string {
	words := text.SearchTokens(text.Cut(m.Text, 600))
	if words == "" {
		words = text.SearchTokens(text.Cut(m.Title, 600))
	}
	if words == "" {
		words = written.Stars(m.Rating)
	}
	return text.Cut(words, 60)
}

// merge makes one of reviews that are the same, keeping of each field what says more.
func merge(all []found) []found {
	var out []found
	byWords := map[string][]int{} // places in out
	for _, f := range all {
		f.open = opening(&f.m)
		key := text.Cut(f.open, 24)
		at := -1
		for _, i := range byWords[key][max(0, len(byWords[key])-100):] {
			if same(&out[i], &f) && !apart(out[i].ids, f.ids) && (f.list == nil || f.list != out[i].list) {
				at = i
				break
			}
		}
		if at < 0 {
			byWords[key] = append(byWords[key], len(out))
			out = append(out, f)
			continue
		}
		out[at] = richer(out[at], f)
	}
	return out
}

// apart tells whether two findings have identifiers of one kind that differ: then they are two reviews with the same words.
func apart(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] && telling(a[i], b[i], "") && telling(b[i], a[i], "") {
			return true
		}
	}
	return false
}

// same tells whether two findings are one review: nothing in which both say something differs.
func same(one, other *found) bool {
	a, b := &one.m, &other.m
	differs := func(x, y string) bool { return x != "" && y != "" && x != y }
	stars := a.Rating.Known() && b.Rating.Known() && a.Rating.Stars() != b.Rating.Stars()
	words := strings.HasPrefix(one.open, other.open) || strings.HasPrefix(other.open, one.open)
	// What is said to machines often names the author otherwise than what is said to people.
	names := differs(text.Fold(a.Author.Name), text.Fold(b.Author.Name)) && (one.data == other.data || len(one.open) < 50 || one.open != other.open)
	return words && !otherTimes(one, other) && !stars && !names &&
		(a.Author.Name != "" || b.Author.Name != "" || len(one.open) > 20)
}

// otherTimes tells whether two findings cannot be of one moment, however their zones were mistaken.
func otherTimes(one, other *found) bool {
	a, b := one.m.PostedAt.Truncate(time.Minute), other.m.PostedAt.Truncate(time.Minute)
	gap := a.Sub(b).Abs()
	switch {
	case a.IsZero() || b.IsZero():
		return false
	case one.day && other.day:
		return gap != 0
	case one.day || other.day:
		return gap > 36*time.Hour
	}
	return gap > 14*time.Hour || gap%time.Hour != 0
}

// richer joins two findings of one review.
func richer(a, b found) found {
	if len(b.m.Text) > len(a.m.Text) {
		a.m.Text = b.m.Text
	}
	pick(&a.m.Title, b.m.Title)
	pick(&a.m.Language, b.m.Language)
	pick(&a.item, b.item)
	pick(&a.m.Author.Name, b.m.Author.Name)
	if a.m.Author.ID == "" {
		a.m.Author.ID, a.m.Author.URL, a.m.Anonymous = b.m.Author.ID, b.m.Author.URL, b.m.Anonymous
	}
	if !a.m.Rating.Known() {
		a.m.Rating = b.m.Rating
	}
	if a.m.PostedAt.IsZero() || a.day && !b.m.PostedAt.IsZero() {
		a.m.PostedAt, a.day = b.m.PostedAt, b.day
	}
	if a.m.EditedAt.IsZero() {
		a.m.EditedAt = b.m.EditedAt
	}
	if len(b.says) > len(a.says) {
		a.says = b.says
	}
	if a.m.Counts.Zero() {
		a.m.Counts = b.m.Counts
	}
	if a.m.Extra == nil {
		a.m.Extra = map[string]string{}
	}
	for name, said := range b.m.Extra {
		if a.m.Extra[name] == "" {
			a.m.Extra[name] = said
		}
	}
	a.ids = append(a.ids, b.ids...)
	return a
}

func pick(to *string, other string) {
	if *to == "" {
		*to = other
	}
}
