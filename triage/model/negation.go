package model

import "strings"

// wordSet is a set of words by their hashes, with a filter that lets few others through.
type wordSet struct {
	filter [64]uint64
	words  map[uint64]struct{}
}

func (s *wordSet) has(h uint64) bool {
	if s.filter[h&63]>>(h>>6&63)&1 == 0 {
		return false
	}
	_, ok := s.words[h]
	return ok
}

// negations turn the words after them. The set is built once and never written again.
var negations = func() *wordSet {
	s := &wordSet{words: map[uint64]struct{}{}}
	for _, w := range strings.Fields(negationWords) {
		h := hashOf([]byte(w), saltWord)
		s.words[h] = struct{}{}
		s.filter[h&63] |= 1 << (h >> 6 & 63)
	}
	return s
}()

const negationWords = `
not no never nothing none nobody don't didn't doesn't isn't wasn't can't cannot won't couldn't wouldn't shouldn't aren't weren't
ain't without hardly dont didnt doesnt cant wont
nem ne sem nincs nincsen sincs senki semmi soha sose nelkul
δεν δε μην μη χωρισ τιποτα ποτε ουτε κανεισ den min
nie nema nemam neni ziadny ziadne ziadna nikdy nic nikto bez ani nejsou nebyl nebyla nebylo zadny zadne zadna
nicht kein keine keinen niemals ohne nichts
nunca nada sin ni pas jamais rien sans aucun non mai niente senza nao nu niciodata fara nimic
geen niet nooit nigdy brak nije nisu
`
