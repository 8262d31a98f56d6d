package triage

// eachSignal yields what the lexicons of one kind know of the text, once for each place and class.
func (in *Input) eachSignal(k kind, l lang, yield func(h hit, s sense, weight float64)) {
	var until [16]int32
	idle := int32(0)
	for _, h := range in.hits {
		if k == kindIntent {
			idle = max(idle, h.idleUntil(l))
		}
		for i, s := range h.senses {
			if s.kind != k || s.class >= uint16(len(until)) || h.first < until[s.class] {
				continue
			}
			if k == kindIntent && s.class == praise && h.last < idle {
				continue
			}
			f := weightIn(s.lang, l)
			for _, o := range h.senses[i+1:] { // the same word in a sister language
				if o.kind == k && o.class == s.class && weightIn(o.lang, l) > f {
					s, f = o, weightIn(o.lang, l)
				}
			}
			if f == 0 {
				continue
			}
			until[s.class] = h.last + 1
			yield(h, s, float64(s.weight*f))
		}
	}
}
