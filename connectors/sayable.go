package connectors

import (
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Sayable refuses a reply that needs no call to be refused: nobody to say it, nothing to say, too long, nothing to answer, or an
// answer in public to what was said in private. Every [Replier] asks it first, and every [Editor].
func Sayable(account *Account, caps Capabilities, out desk.Outgoing) error {
	switch {
	case account == nil:
		return desk.Deniedf("this source names no account, so nobody can answer on it")
	case strings.TrimSpace(out.Text) == "":
		return desk.Invalidf("a reply needs a text")
	case out.Parent.Visibility == desk.Private:
		return desk.Deniedf("this was said in private and gets no public answer")
	case out.Parent.Remote == "":
		return desk.Invalidf("a reply needs something to answer")
	}
	if n := text.Length(out.Text, text.Unit(caps.Counts)); caps.Limit > 0 && n > caps.Limit {
		unit := "characters"
		if caps.Counts == string(text.Bytes) {
			unit = "bytes"
		}
		return desk.Invalidf("the reply is %d %s long; the network takes at most %d", n, unit, caps.Limit)
	}
	return nil
}

// clockSlack is how far the clocks of desk and network may differ before reading back overlooks a reply.
const clockSlack = 10 * time.Minute

// IsReply tells whether something that one of ours said under the parent is the reply that is looked for: the same words, however the
// network treats blanks and accents; none of those known; and not older than the first call. Zero moments are not compared.
func IsReply(out desk.Outgoing, remote desk.RemoteID, words string, at time.Time) bool {
	known := slices.ContainsFunc(out.Known, func(r desk.Receipt) bool { return r.Remote == remote })
	early := !at.IsZero() && !out.StartedAt.IsZero() && at.Before(out.StartedAt.Add(-clockSlack))
	return !known && !early && SameWords(out.Text, words)
}

// SameWords tells whether two texts say the same, letter by letter, whatever became of their blanks and of composed accents.
func SameWords(a, b string) bool { return plainWords(a) == plainWords(b) }

func plainWords(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }
