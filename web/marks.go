package web

import (
	"slices"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
)

// segment is a stretch of a text under one mark, or under none.
type segment struct {
	Text   string
	Mark   string // "", urg, off, neg, pos, topic, find
	Title  string // which tag the words moved and how far; empty where nothing is marked
	reason *desk.Reason
}

// markOf says how a reason is marked, and how strongly: where two overlap, the lower number wins.
func markOf(r *desk.Reason) (mark string, rank int) {
	switch r.Tag {
	case "urgency":
		if r.Weight < 0 {
			return "", 0
		}
		return "urg", 1
	case "offensive":
		if r.Weight < 0 {
			return "", 0
		}
		return "off", 2
	case "sentiment":
		if r.Weight > 0 {
			return "pos", 4
		}
		return "neg", 3
	case "product", "brand", "topic":
		return "topic", 5
	case "intent", "spam":
		return "find", 6
	}
	return "", 0
}

// segments cuts a text at the byte positions of the reasons. Positions that do not fit the text (it was edited since, or a tagger
// erred) are left out; they can never break a character or reach outside.
func segments(words string, reasons []desk.Reason) []segment {
	over := make([]*desk.Reason, len(words)) // for each byte the reason that marks it
	for i := range reasons {
		r := &reasons[i]
		_, n := markOf(r)
		if n == 0 || !fits(words, r.From, r.To) {
			continue
		}
		for b := r.From; b < r.To; b++ {
			if over[b] == nil || ranked(over[b]) > n {
				over[b] = r
			}
		}
	}
	var out []segment
	for from := 0; from < len(words); {
		to := from + 1
		for to < len(words) && over[to] == over[from] {
			to++
		}
		s := segment{Text: words[from:to], reason: over[from]}
		if s.reason != nil {
			s.Mark, _ = markOf(s.reason)
		}
		out = append(out, s)
		from = to
	}
	return out
}

func ranked(r *desk.Reason) int {
	_, n := markOf(r)
	return n
}

// title says of every mark which tag it moved and how far.
func title(l *Lang, segs []segment) {
	for i, s := range segs {
		if s.reason != nil {
			segs[i].Title = l.T("why.group."+groupOf(s.reason.Tag)) + " " + signed(l, s.reason.Weight)
		}
	}
}

func fits(words string, from, to int) bool {
	return from >= 0 && from < to && to <= len(words) && utf8.RuneStart(words[from]) && (to == len(words) || utf8.RuneStart(words[to]))
}

// legend lists the marks that occur, in the order of their weight.
func legend(segs []segment) []string {
	var out []string
	for _, m := range []string{"urg", "off", "neg", "pos", "topic", "find"} {
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
		first, second := s, s
		first.Text, second.Text = s.Text[:left], s.Text[left:]
		head = append(head, first)
		rest := append([]segment{second}, segs[i+1:]...)
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
			first := segs[0]
			first.Text = t
			return append([]segment{first}, segs[1:]...)
		}
		segs = segs[1:]
	}
	return nil
}
