package triage

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/langid"
)

// revision takes part in [Pipeline.Model]. Raise it whenever code changes a verdict: bounds, slopes and rules of the taggers.
const revision = "8"

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// kind says which tagger an entry serves.
type kind uint8

const (
	kindSentiment kind = iota
	kindNegation       // turns what follows in its clause
	kindBooster        // multiplies the next word of sentiment
	kindBut            // what follows weighs more than what went before
	kindUrgency
	kindIntent
	kindSpam
	kindIdle // courtesies: the words within are no praise
	kindOffensive
	kindCue // what makes a deadline only together with another
)

// sections maps the headings of the lexicon files to what their entries mean; a heading may name a class after a point. What went
// wrong, what broke and what pleased says something of sentiment and of intent at once, each by a part of the weight.
var sections = map[string][]sense{
	"sentiment": {{kind: kindSentiment, weight: 1}},
	"emoji":     {{kind: kindSentiment, weight: 1}},
	"negation":  {{kind: kindNegation, weight: 1}},
	"booster":   {{kind: kindBooster, weight: 1}},
	"but":       {{kind: kindBut, weight: 1}},
	"urgency":   {{kind: kindUrgency, weight: 1}},
	"intent":    {{kind: kindIntent, weight: 1}},
	"spam":      {{kind: kindSpam, weight: 1}},
	"offensive": {{kind: kindOffensive, weight: 1}},
	"idle":      {{kind: kindIdle, weight: 1}},
	"cue":       {{kind: kindCue, weight: 1}},
	"mishap":    {{kind: kindSentiment, class: settled, weight: -1}, {kind: kindIntent, class: complaint, weight: 0.8}},
	"failing":   {{kind: kindSentiment, class: settled, weight: -1}, {kind: kindIntent, class: fault, weight: 1.3}},
	"delight":   {{kind: kindSentiment, class: settled, weight: 1}, {kind: kindIntent, class: praise, weight: 0.8}},
}

// lexicon is everything that words mean, in all languages.
type lexicon struct {
	trie      *trie
	languages *langid.Model
	version   string
}

// loadLexicon reads the embedded files and the desk's words of urgency into one trie. Without a model of languages it takes the
// shipped one.
func loadLexicon(signals []desk.Signal, languages *langid.Model) (*lexicon, error) {
	b, sum := newBuilder(), sha256.New()
	_, _ = sum.Write([]byte(revision))
	if languages == nil {
		var err error
		if languages, err = langid.Shipped(); err != nil {
			return nil, fmt.Errorf("loading the model of languages: %w", err)
		}
	}
	_, _ = sum.Write([]byte(languages.Version()))
	names, err := fs.Glob(lexiconFiles, "lexicon/*.txt")
	if err != nil {
		return nil, fmt.Errorf("listing the lexicons: %w", err)
	}
	for _, name := range names {
		raw, err := lexiconFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a lexicon: %w", err)
		}
		_, _ = sum.Write(raw)
		code, _, _ := strings.Cut(path.Base(name), ".")
		if err := readLexicon(b, name, langOf(code), string(raw)); err != nil {
			return nil, err
		}
	}
	lex := &lexicon{languages: languages, version: hex.EncodeToString(sum.Sum(nil)[:6])}
	if err := addSignals(b, signals); err != nil {
		return nil, err
	}
	lex.trie = b.build()
	return lex, nil
}

// readLexicon reads lines of "word weight" under [section] headings; "#" starts a comment line.
func readLexicon(b *builder, name string, l lang, raw string) error {
	var means []sense
	var writers []*strings.Replacer
	if l == langEl {
		writers = latinWriters()
	}
	for i, line := range strings.Split(raw, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if head, ok := strings.CutPrefix(line, "["); ok {
			var err error
			if means, err = sectionOf(strings.TrimSuffix(head, "]")); err != nil {
				return fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		weight, err := strconv.ParseFloat(line[at+1:], 32)
		if at < 1 || means == nil || err != nil {
			return fmt.Errorf("%s:%d: %q is not a word and its weight under a section", name, i+1, line)
		}
		for _, s := range means {
			s.lang, s.weight = l, s.weight*float32(weight)
			b.add(text.Fold(line[:at]), s)
		}
		if writers != nil && speaks(means) {
			addLatin(b, writers, text.Fold(line[:at]), means, float32(weight))
		}
	}
	return nil
}

// speaks tells whether a section says something of intent or urgency.
func speaks(means []sense) bool {
	return slices.ContainsFunc(means, func(s sense) bool {
		return s.kind == kindIntent || s.kind == kindUrgency || s.kind == kindCue || s.kind == kindIdle
	})
}

// addLatin enters a Greek phrase as it is written in Latin letters, with what it says of intent and urgency; the sentiment of such
// texts has words of its own.
func addLatin(b *builder, writers []*strings.Replacer, phrase string, means []sense, weight float32) {
	for _, latin := range inLatin(writers, phrase) {
		for _, s := range means {
			s.lang, s.weight = langGreeklish, s.weight*weight
			b.add(latin, s)
		}
	}
}

func sectionOf(head string) ([]sense, error) {
	name, class, named := strings.Cut(head, ".")
	means := slices.Clone(sections[name])
	if means == nil {
		return nil, fmt.Errorf("unknown section %q", head)
	}
	if !named {
		return means, nil
	}
	switch s := &means[0]; s.kind {
	case kindUrgency:
		switch s.class = indexOf(urgencyClasses[:], class); s.class {
		case legal, fraud:
			means = append(means, sense{kind: kindIntent, class: complaint, weight: 0.4}) // who talks of lawyers or theft complains
		case outage:
			means = append(means, sense{kind: kindIntent, class: fault, weight: 0.8}) // and who has no power reports a fault
		}
	case kindIntent:
		s.class = indexOf(intentLabels[:], class)
	case kindCue:
		s.class = indexOf(cues[:], class)
	}
	return means, nil
}

func indexOf(list []string, s string) uint16 {
	for i, l := range list {
		if l == s {
			return uint16(i)
		}
	}
	return 0
}

// phraseOf folds a word or phrase of the configuration and sets its words one space apart.
func phraseOf(s string) string {
	fields := strings.Fields(text.Fold(s))
	for i, f := range fields {
		fields[i] = strings.TrimLeft(f, "#@\"")
	}
	return strings.Join(fields, " ")
}
