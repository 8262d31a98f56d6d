package model

import "strings"

// words is a set of folded words by their hashes.
type wordSet map[uint64]struct{}

func (s wordSet) has(w []byte) bool {
	if len(w) < 2 || len(w) > 14 {
		return false
	}
	_, ok := s[hashOf(w, saltWord)]
	return ok
}

// negations turn the words after them. The set is built once and never written again.
var negations = func() wordSet {
	s := wordSet{}
	for _, w := range strings.Fields(negationWords) {
		s[hashOf([]byte(w), saltWord)] = struct{}{}
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
