package desk

import (
	"cmp"
	"slices"
	"time"
)

// Change is a tag that goes from one label to another, and for how many mentions. In products and topics From is empty where a name
// comes and To where one goes.
type Change struct {
	Tag  string `json:"tag"`
	From string `json:"from"`
	To   string `json:"to"`
	N    int    `json:"n,omitempty"`
}

// Changes lists what differs between two verdicts.
func Changes(before, after *Verdict) []Change {
	var out []Change
	for _, tag := range Tags() {
		if !Lists(tag) {
			if from, to := before.Label(tag), after.Label(tag); from != to {
				out = append(out, Change{Tag: tag, From: from, To: to})
			}
			continue
		}
		was, is := before.Names(tag), after.Names(tag)
		for _, name := range was {
			if !slices.Contains(is, name) {
				out = append(out, Change{Tag: tag, From: name})
			}
		}
		for _, name := range is {
			if !slices.Contains(was, name) {
				out = append(out, Change{Tag: tag, To: name})
			}
		}
	}
	return out
}

// Difference counts changes over many mentions.
type Difference struct {
	Mentions int      `json:"mentions"` // looked at
	Changed  int      `json:"changed"`  // of these, with a change
	Changes  []Change `json:"changes"`  // by tag, the most frequent first
}

// Note counts the changes of one mention.
func (d *Difference) Note(changes []Change) {
	d.Mentions++
	if len(changes) > 0 {
		d.Changed++
	}
	for _, c := range changes {
		i := slices.IndexFunc(d.Changes, func(o Change) bool { return o.Tag == c.Tag && o.From == c.From && o.To == c.To })
		if i < 0 {
			i = len(d.Changes)
			d.Changes = append(d.Changes, Change{Tag: c.Tag, From: c.From, To: c.To})
		}
		d.Changes[i].N++
	}
}

// Sort puts the changes into the order of the tags, the most frequent of each first.
func (d *Difference) Sort() {
	if d.Changes == nil {
		d.Changes = []Change{} // none, not unknown
	}
	slices.SortStableFunc(d.Changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(slices.Index(Tags(), a.Tag), slices.Index(Tags(), b.Tag)), cmp.Compare(b.N, a.N), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
}

// ReplayState is how far a replay came.
type ReplayState struct {
	Name string // the model and rules that judge
	Step int64  // grows with every stretch that is stored; 0 before the first
	Replayed
}

// Replayed is what a replay did.
type Replayed struct {
	Difference
	Corrected int `json:"corrected"` // mentions on which people's corrections stayed
	Rose      int `json:"rose"`      // mentions whose urgency rose to high or critical
	Turned    int `json:"turned"`    // mentions whose sentiment went from one side to the other
}

// Notable tells of a mention whose changes somebody may want to look at.
type Notable struct {
	Mention MentionID `json:"mention"`
	Case    CaseID    `json:"case,omitempty"`
	Brand   string    `json:"brand"`
	Source  string    `json:"source"`
	Seen    time.Time `json:"seen"`
	Rose    bool      `json:"rose,omitempty"`
	Turned  bool      `json:"turned,omitempty"`
	Changes []Change  `json:"changes"`
	Text    string    `json:"text"` // how it begins
}

// Note counts a mention that was judged again, and tells whether that is worth a look.
func (r *Replayed) Note(j *Judged, after *Verdict) (n Notable, worth bool) {
	changes := Changes(&j.Verdict, after)
	r.Difference.Note(changes)
	if len(j.Corrections) > 0 {
		r.Corrected++
	}
	n = Notable{Mention: j.ID, Case: j.Case, Brand: j.Brand, Source: j.Source, Seen: j.SeenAt, Changes: changes, Text: Excerpt(j.Words())}
	for _, c := range changes {
		n.Rose = n.Rose || c.Tag == TagUrgency && UrgencyRank(c.To) >= 2 && UrgencyRank(c.To) > UrgencyRank(c.From)
		n.Turned = n.Turned || c.Tag == TagSentiment && c.From != Neutral && c.To != Neutral
	}
	r.Rose += one(n.Rose)
	r.Turned += one(n.Turned)
	return n, n.Rose || n.Turned
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// excerptMost is how many characters an excerpt has at most.
const excerptMost = 160

// Excerpt returns how a text begins, on one line.
func Excerpt(s string) string {
	var out []rune
	for _, r := range s {
		if r == '\n' || r == '\t' || r == '\r' {
			r = ' '
		}
		if r == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		if len(out) == excerptMost {
			return string(out) + "…"
		}
		out = append(out, r)
	}
	return string(out)
}
