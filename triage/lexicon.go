package triage

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

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
	kindTopic
)

// sections maps the headings of the lexicon files to what their entries mean; a heading may name a class after a point.
var sections = map[string]kind{
	"sentiment": kindSentiment, "emoji": kindSentiment, "negation": kindNegation, "booster": kindBooster, "but": kindBut,
	"urgency": kindUrgency, "intent": kindIntent, "spam": kindSpam,
}

// lexicon is everything that words mean, in all languages.
type lexicon struct {
	trie      *trie
	languages *languageModel
	topics    []string // names by class of kindTopic
	version   string
}

// loadLexicon reads the embedded files and the desk's topics into one trie.
func loadLexicon(topics []desk.Topic) (*lexicon, error) {
	b, sum := newBuilder(), sha256.New()
	model := newModelBuilder()
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
		code, what, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".txt"), ".")
		if what == "sample" {
			model.learn(langOf(code), string(raw))
			continue
		}
		if err := readLexicon(b, model, name, langOf(code), string(raw)); err != nil {
			return nil, err
		}
	}
	lex := &lexicon{version: hex.EncodeToString(sum.Sum(nil)[:6])}
	if lex.topics, err = addTopics(b, topics); err != nil {
		return nil, err
	}
	lex.trie, lex.languages = b.build(), model.build()
	return lex, nil
}

// readLexicon reads lines of "word weight" under [section] headings; "#" starts a comment line.
func readLexicon(b *builder, model *modelBuilder, name string, l lang, raw string) error {
	s, section := sense{lang: l}, ""
	for i, line := range strings.Split(raw, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		if head, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(head, "]")
			var err error
			if s.kind, s.class, err = sectionOf(section); err != nil {
				return fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		weight, err := strconv.ParseFloat(line[at+1:], 32)
		if at < 1 || section == "" || err != nil {
			return fmt.Errorf("%s:%d: %q is not a word and its weight under a section", name, i+1, line)
		}
		s.weight = float32(weight)
		b.add(text.Fold(line[:at]), s)
		if l != langAny && l != langGreeklish {
			model.learnWord(l, strings.TrimSuffix(line[:at], "*"))
		}
	}
	return nil
}

func sectionOf(head string) (kind, uint16, error) {
	name, class, _ := strings.Cut(head, ".")
	k, ok := sections[name]
	if !ok {
		return 0, 0, fmt.Errorf("unknown section %q", head)
	}
	switch k {
	case kindUrgency:
		return k, indexOf(urgencyClasses[:], class), nil
	case kindIntent:
		return k, indexOf(intentLabels[:], class), nil
	}
	return k, 0, nil
}

func indexOf(list []string, s string) uint16 {
	for i, l := range list {
		if l == s {
			return uint16(i)
		}
	}
	return 0
}

// addTopics enters the words of the desk's topics.
func addTopics(b *builder, topics []desk.Topic) ([]string, error) {
	var names []string
	for i, t := range topics {
		names = append(names, t.Name)
		codes := make([]string, 0, len(t.Words))
		for code := range t.Words {
			codes = append(codes, code)
		}
		sort.Strings(codes)
		for _, code := range codes {
			l := langOf(code)
			if l == langNone {
				if len(code) < 2 || len(code) > 3 {
					return nil, desk.Invalidf("topic %q: %q is no language code; write any for words of every language", t.Name, code)
				}
				l = langAny // a language without lexicons: its words count wherever they stand
			}
			for _, w := range t.Words[code] {
				if phrase := phraseOf(w); phrase != "" && phrase != "*" {
					b.add(phrase, sense{lang: l, kind: kindTopic, class: uint16(i), weight: 1})
				}
			}
		}
	}
	return names, nil
}

// phraseOf folds a word or phrase of the configuration and sets its words one space apart.
func phraseOf(s string) string {
	fields := strings.Fields(text.Fold(s))
	for i, f := range fields {
		fields[i] = strings.TrimLeft(f, "#@\"")
	}
	return strings.Join(fields, " ")
}
