package triage

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/model"
)

// kindOf is how a mention of a known kind is likely to read, and how sure that is in nats.
func kindOf(k desk.MentionKind) (hint model.Kind, sure float64) {
	switch k {
	case desk.KindReview:
		return model.Reviews, 1
	case desk.KindPost, desk.KindComment:
		return model.Posts, 1
	case desk.KindArticle:
		return model.Plain, 2
	}
	return model.Kinds, 0
}

// spot is what one place of the text says, in nats: for and against a sentiment, or in positive alone for yes.
type spot struct {
	first, last        int32 // tokens
	by                 string
	negative, positive float64
}

func (p *spot) strength() float64 { return max(abs(p.negative), abs(p.positive)) }

// spots gathers what learned weights and lexicons say, one entry for each stretch of tokens.
type spots struct {
	list  []spot
	index []uint16 // by a hash of the stretch: its number in list plus one, or 0
	lost  spot     // what has no place, or found no room
}

// mostPlaces bounds the places of one text; of a giant what is left is told as a sum.
const mostPlaces = 1 << 10

// reset makes room for n parts.
func (p *spots) reset(n int) {
	size := 64
	for size < 2*min(n, mostPlaces) {
		size *= 2
	}
	if cap(p.index) < size {
		p.index = make([]uint16, size)
	}
	p.index = p.index[:size]
	clear(p.index)
	p.list, p.lost = p.list[:0], spot{}
}

// at is the entry of a stretch of tokens.
func (p *spots) at(first, last int32) *spot {
	if first < 0 {
		return &p.lost
	}
	mask := uint32(len(p.index) - 1)
	for h := (uint32(first)*31 + uint32(last)) * 0x9E3779B1 >> 7 & mask; ; h = (h + 1) & mask {
		i := p.index[h]
		if i == 0 {
			if len(p.list) == mostPlaces || 2*len(p.list) >= len(p.index) {
				return &p.lost
			}
			p.list = append(p.list, spot{first: first, last: last})
			p.index[h] = uint16(len(p.list))
			return &p.list[len(p.list)-1]
		}
		if e := &p.list[i-1]; e.first == first && e.last == last {
			return e
		}
	}
}

// shown is how many places a tag's reasons name; the weaker ones are told as one sum, "rest".
const shown = 8

// weak is what is not worth telling for itself, in nats.
const weak = 0.02

// strongest returns the strength that a place needs to be shown.
func (p *spots) strongest(n int) float64 {
	var top [shown]float64
	for i := range p.list {
		s := p.list[i].strength()
		if s <= top[n-1] {
			continue
		}
		at := n - 1
		for at > 0 && top[at-1] < s {
			top[at] = top[at-1]
			at--
		}
		top[at] = s
	}
	return max(top[n-1], weak)
}

// howSaid names the sort of a place.
func (in *Input) howSaid(p *spot) string {
	switch {
	case p.by != "":
		return p.by
	case p.first != p.last:
		return "phrase"
	case in.Doc.Tokens[p.first].Kind == text.Emoji:
		return "emoji"
	}
	return "word"
}

// moves keeps moves of a reason in the working memory of the text; [Pipeline.Judge] copies them out.
func (s *scratch) moved(list ...desk.Move) []desk.Move {
	start := len(s.moves)
	s.moves = append(s.moves, list...)
	return s.moves[start:len(s.moves):len(s.moves)]
}

// kept copies reasons and their moves out of the working memory, each into one piece.
func kept(reasons []desk.Reason) []desk.Reason {
	n := 0
	for i := range reasons {
		n += len(reasons[i].Moves)
	}
	out, moves := make([]desk.Reason, len(reasons)), make([]desk.Move, 0, n)
	copy(out, reasons)
	for i := range out {
		if len(out[i].Moves) > 0 {
			start := len(moves)
			moves = append(moves, out[i].Moves...)
			out[i].Moves = moves[start:len(moves):len(moves)]
		}
	}
	return out
}
