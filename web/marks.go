package web

import (
	"slices"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

// segment is a stretch of a text under one mark, or under none.
type segment struct {
	Text string
	Mark string // "", urg, neg, pos, topic
	Tag  string // message key of what the mark means
}

// markOf says how a reason is marked, and how strongly: where two overlap, the lower number wins.
func markOf(r *desk.Reason) (mark string, rank int) {
	switch r.Tag {
	case "urgency":
		if r.Weight < 0 {
			return "", 0
		}
		return "urg", 1
	case "sentiment":
		if r.Weight > 0 {
			return "pos", 3
		}
		return "neg", 2
	case "product", "brand", "topic":
		return "topic", 4
	case "intent", "spam":
		return "find", 5
	}
	return "", 0
}

// segments cuts a text at the byte positions of the reasons. Positions that do not fit the text (it was edited since, or a tagger
// erred) are left out; they can never break a character or reach outside.
func segments(words string, reasons []desk.Reason) []segment {
	rank := make([]uint8, len(words))
	name := [...]string{"", "urg", "neg", "pos", "topic", "find"}
	for i := range reasons {
		r := &reasons[i]
		_, n := markOf(r)
		if n == 0 || !fits(words, r.From, r.To) {
			continue
		}
		for b := r.From; b < r.To; b++ {
			if rank[b] == 0 || rank[b] > uint8(n) {
				rank[b] = uint8(n)
			}
		}
	}
	var out []segment
	for from := 0; from < len(words); {
		to := from + 1
		for to < len(words) && rank[to] == rank[from] {
			to++
		}
		out = append(out, segment{Text: words[from:to], Mark: name[rank[from]]})
		from = to
	}
	return out
}

func fits(words string, from, to int) bool {
	return from >= 0 && from < to && to <= len(words) && utf8.RuneStart(words[from]) && (to == len(words) || utf8.RuneStart(words[to]))
}

// legend lists the marks that occur, in the order of their weight.
func legend(segs []segment) []string {
	var out []string
	for _, m := range []string{"urg", "neg", "pos", "topic", "find"} {
		if slices.ContainsFunc(segs, func(s segment) bool { return s.Mark == m }) {
			out = append(out, m)
		}
	}
	return out
}

// splitTitle parts the segments of Mention.Words into those of the title and those of the text.
func splitTitle(segs []segment, title string) (head, body []segment) {
	left := len(title)
	for i, s := range segs {
		if left == 0 {
			return head, trimFirst(segs[i:])
		}
		if len(s.Text) <= left {
			head = append(head, s)
			left -= len(s.Text)
			continue
		}
		head = append(head, segment{Text: s.Text[:left], Mark: s.Mark})
		rest := append([]segment{{Text: s.Text[left:], Mark: s.Mark}}, segs[i+1:]...)
		return head, trimFirst(rest)
	}
	return head, nil
}

// trimFirst drops the empty line between title and text.
func trimFirst(segs []segment) []segment {
	for len(segs) > 0 {
		t := segs[0].Text
		for t != "" && t[0] == '\n' {
			t = t[1:]
		}
		if t != "" {
			return append([]segment{{Text: t, Mark: segs[0].Mark}}, segs[1:]...)
		}
		segs = segs[1:]
	}
	return nil
}
