package triage

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/langid"
	"github.com/earshotdesk/earshot/triage/model"
)

// Tagger draws one kind of conclusion. It is pure: it reads the input and what earlier taggers left in the verdict, and writes
// its own tags and reasons.
type Tagger interface {
	Tag(in Input, v *desk.Verdict)
}

// Options say what a desk looks for.
type Options struct {
	Brands []desk.Brand
	Topics []desk.Topic
	Rules  []desk.Rule
	Urgent desk.Urgency  // what makes a text urgent; the zero value means [desk.DefaultUrgency]
	Extra  []NamedTagger // run after the built-in taggers and before the rules

	Model     *model.Model  // what judges, instead of the shipped model; nil for that one
	Languages *langid.Model // what tells languages, likewise
}

// NamedTagger is a tagger with the name that a failed verdict shows.
type NamedTagger struct {
	Name string
	Tagger
}

// Pipeline judges texts. It is safe for concurrent use.
type Pipeline struct {
	lexicon *lexicon
	names   *names
	taggers []NamedTagger
	model   string
	rules   string
	learned *model.Model
	scratch sync.Pool // of *scratch
	layer   atomic.Pointer[layered]
}

// New builds a pipeline. It fails on rules or topics that cannot be meant, naming them.
func New(opt Options) (*Pipeline, error) {
	opt.Urgent = opt.Urgent.Or(desk.DefaultUrgency())
	if err := checkUrgency(opt.Urgent); err != nil {
		return nil, err
	}
	rules, err := compileRules(opt.Rules, opt.Urgent.Bounds)
	if err != nil {
		return nil, err
	}
	lex, err := loadLexicon(opt.Urgent.Signals, opt.Languages)
	if err != nil {
		return nil, err
	}
	found, err := newNames(opt.Brands)
	if err != nil {
		return nil, err
	}
	topics, err := newTopics(opt.Topics)
	if err != nil {
		return nil, err
	}
	if opt.Model == nil {
		if opt.Model, err = model.Shipped(); err != nil {
			return nil, fmt.Errorf("loading the model: %w", err)
		}
	}
	name := "lexicon-" + lex.version + "+model-" + opt.Model.Name() + "+languages-" + lex.languages.Version()
	p := &Pipeline{lexicon: lex, names: found, learned: opt.Model, model: name, rules: versionOf(opt)}
	p.scratch.New = func() any { return &scratch{} }
	p.taggers = []NamedTagger{
		{"language", languageTagger{lex.languages}},
		{"products", namesTagger{found}},
		{"sentiment", sentimentTagger{}},
		{"spam", spamTagger{}},
		{"offensive", offensiveTagger{}},
		{"intent", intentTagger{}},
		{"urgency", newUrgencyTagger(opt.Urgent)},
		{"topics", topics},
	}
	p.taggers = withLearned(p.taggers, opt.Urgent.Bounds)
	p.taggers = append(p.taggers, opt.Extra...)
	p.taggers = append(p.taggers, NamedTagger{"rules", rules})
	return p, nil
}

// versionOf identifies what the desk configured: the same brands, topics and rules give the same version.
func versionOf(opt Options) string {
	raw, err := json.Marshal(struct {
		Brands []desk.Brand
		Topics []desk.Topic
		Rules  []desk.Rule
		Urgent desk.Urgency
	}{opt.Brands, opt.Topics, opt.Rules, opt.Urgent})
	if err != nil {
		raw = []byte(err.Error()) // a NaN in max_stars; still a version of its own
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:6])
}

// Model names the lexicons and models that judge, and the desk's own layer.
func (p *Pipeline) Model() string { return p.judges(p.layer.Load()) }

// Rules names the brands, topics and rules in force, by a digest.
func (p *Pipeline) Rules() string { return p.rules }

// Judge draws all conclusions about one text. It always returns a whole verdict: every label set, no list nil.
func (p *Pipeline) Judge(in desk.TriageInput) desk.Verdict {
	return p.judge(in, p.layer.Load(), p.taggers)
}

// judge judges by some of the taggers and a layer; nil for none.
func (p *Pipeline) judge(in desk.TriageInput, learned *layered, taggers []NamedTagger) desk.Verdict {
	v := blank()
	v.Model, v.Rules = p.judges(learned), p.rules
	s, ok := p.scratch.Get().(*scratch)
	if !ok {
		s = &scratch{}
	}
	prepared, failed := p.prepare(in, s)
	if failed != "" {
		v.Failed = failed
		return v
	}
	prepared.layer, prepared.learned = learned, learned.find(s)
	v.Reasons = s.reasons[:0]
	for _, t := range taggers {
		if learned.skips(t.Tagger) {
			continue
		}
		if msg := guarded(t, &prepared, &v); msg != "" {
			v.Failed = strings.TrimPrefix(v.Failed+"; "+msg, "; ")
		}
	}
	v.Reasons, s.reasons = kept(merge(v.Reasons)), v.Reasons
	if cap(s.doc.Folded) < maxKept {
		p.scratch.Put(s) // the memory of a giant is not kept
	}
	return v
}

// maxKept bounds the text whose working memory is reused, in bytes.
const maxKept = 64 << 10

func (p *Pipeline) prepare(in desk.TriageInput, s *scratch) (prepared Input, failed string) {
	defer func() {
		if r := recover(); r != nil {
			failed = fmt.Sprintf("reading the text: %v", r)
		}
	}()
	return s.prepare(in, p), ""
}

// guarded runs one tagger; when it panics, the verdict is as if it had not run.
func guarded(t NamedTagger, in *Input, v *desk.Verdict) (failed string) {
	before := *v
	defer func() {
		if r := recover(); r != nil {
			*v = before
			failed = fmt.Sprintf("%s: %v", t.Name, r)
		}
	}()
	t.Tag(*in, v)
	return ""
}

// blank is the verdict about nothing.
func blank() desk.Verdict {
	return desk.Verdict{
		Language:  desk.Tag{Label: desk.Undetermined},
		Sentiment: desk.Sentiment{Label: desk.Neutral, Score: 1, Scores: desk.SentimentScores{Neutral: 1}},
		Urgency:   desk.Tag{Label: desk.UrgencyLow, Score: 1},
		Intent:    desk.Tag{Label: desk.IntentOther, Score: 1},
		Spam:      desk.Tag{Label: desk.No, Score: 1},
		Offensive: desk.Tag{Label: desk.No, Score: 1},
		Products:  []desk.Named{},
		Topics:    []desk.Named{},
		Reasons:   []desk.Reason{},
	}
}

// merge leaves one reason for each place and tag: the weightiest, or where they have moves the sum of both, so that a tag can still be
// worked out from its reasons.
func merge(reasons []desk.Reason) []desk.Reason {
	out := reasons[:0]
	for _, r := range reasons {
		if at := samePlace(out, r); at >= 0 {
			if len(r.Moves)+len(out[at].Moves) > 0 {
				out[at].Weight = round(out[at].Weight + r.Weight)
				out[at].Moves = addMoves(out[at].Moves, r.Moves)
				continue
			}
			if abs(r.Weight) > abs(out[at].Weight) {
				out[at] = r
			}
			continue
		}
		out = append(out, r)
	}
	return out
}

// addMoves adds b to a, label by label.
func addMoves(a, b []desk.Move) []desk.Move {
	out := slices.Clone(a) // the tagger's own list stays as it was
	for _, m := range b {
		at := slices.IndexFunc(out, func(o desk.Move) bool { return o.Label == m.Label })
		if at < 0 {
			out = append(out, m)
			continue
		}
		out[at].By = round(out[at].By + m.By)
	}
	return out
}

func samePlace(list []desk.Reason, r desk.Reason) int {
	if r.To == 0 {
		return -1
	}
	for i := range list {
		o := &list[i]
		if o.From == r.From && o.To == r.To && o.Tag == r.Tag && (o.By == byLayer) == (r.By == byLayer) {
			return i
		}
	}
	return -1
}

func abs(f float64) float64 { return max(f, -f) }
