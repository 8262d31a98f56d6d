package triage

import (
	"fmt"
	"strings"
	"sync"

	"github.com/jdkato/prose/v2"
)

// Phrases finds the noun phrases of English texts, as candidates for topics. Its model takes some 95 MB once loaded, which
// happens at the first call; it belongs to reports, not to the path of every mention. Safe for concurrent use.
type Phrases struct {
	load  sync.Once
	model *prose.Model
	err   error
}

// maxPhrased is how much of a text is read for phrases, in bytes.
const maxPhrased = 8 << 10

// tags returns the words of an English text with their parts of speech.
func (p *Phrases) tags(text string) ([]prose.Token, error) {
	p.load.Do(func() {
		doc, err := prose.NewDocument("x", prose.WithSegmentation(false))
		if err != nil {
			p.err = fmt.Errorf("loading the English tagger: %w", err)
			return
		}
		p.model = doc.Model
	})
	if p.err != nil {
		return nil, p.err
	}
	if len(text) > maxPhrased {
		text = text[:maxPhrased]
	}
	text = strings.ToValidUTF8(text, " ")
	doc, err := prose.NewDocument(text, prose.UsingModel(p.model), prose.WithSegmentation(false), prose.WithExtraction(false))
	if err != nil {
		return nil, fmt.Errorf("tagging a text: %w", err)
	}
	return doc.Tokens(), nil
}

// In returns the noun phrases of an English text in lower case, each once, in order: one to three words such as "battery life".
func (p *Phrases) In(text string) ([]string, error) {
	tokens, err := p.tags(text)
	if err != nil {
		return nil, err
	}
	var out []string
	seen := map[string]bool{}
	for _, run := range runs(tokens) {
		for len(run) > 0 && !noun(run[len(run)-1]) {
			run = run[:len(run)-1]
		}
		for len(run) > 0 && verb(run[0]) {
			run = run[1:]
		}
		run = run[max(0, len(run)-3):]
		words := make([]string, len(run))
		for i, t := range run {
			words[i] = strings.ToLower(t.Text)
		}
		if s := strings.Join(words, " "); len(s) > 2 && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out, nil
}

// runs cuts a text into stretches of nouns and adjectives, and single verbs.
func runs(tokens []prose.Token) (out [][]prose.Token) {
	start := 0
	flush := func(i int) {
		if i > start {
			out = append(out, tokens[start:i])
		}
		start = i + 1
	}
	for i, t := range tokens {
		switch {
		case !plain(t.Text):
			flush(i)
		case verb(t):
			flush(i)
			out = append(out, tokens[i:i+1])
		case !noun(t) && t.Tag != "JJ":
			flush(i)
		}
	}
	flush(len(tokens))
	return out
}

func noun(t prose.Token) bool { return strings.HasPrefix(t.Tag, "NN") }
func verb(t prose.Token) bool { return strings.HasPrefix(t.Tag, "VB") }

// plain tells whether a token is a word, not a handle, tag, link or picture.
func plain(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '\'' {
			return false
		}
	}
	return len(s) > 1 && !strings.HasPrefix(s, "http")
}
