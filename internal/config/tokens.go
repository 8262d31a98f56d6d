package config

import "github.com/goccy/go-yaml/token"

// The library takes time and memory with the square of these, so they have bounds far beyond any configuration.
const (
	maxDepth  = 64      // levels of nesting
	maxBlank  = 200     // empty lines in a row
	maxSide   = 5_000   // settings side by side
	maxTokens = 200_000 // words and signs
)

// refusal names the features of YAML that let a file mean something else than it shows.
func refusal(tk *token.Token) string {
	switch tk.Type {
	case token.AnchorType:
		return `a value that begins with "&" is a YAML anchor, which is not supported; write the value out, or put text into quotes`
	case token.AliasType:
		return `a value that begins with "*" is a YAML alias, which is not supported; write the value out, or put text into quotes`
	case token.MergeKeyType:
		return `"<<" is a YAML merge key, which is not supported; write the settings out`
	case token.TagType:
		return `a value that begins with "!" is a YAML tag, which is not supported; put text into quotes`
	case token.DirectiveType:
		return `a line that begins with "%" is a YAML directive, which is not supported`
	case token.MappingKeyType:
		return `"?" begins a complex YAML key, which is not supported; write key: value`
	}
	return ""
}

// refuse reports tokens we do not accept and nesting that is too deep; it tells whether there is anything but comments.
func (d *decoder) refuse(tokens token.Tokens) (content bool) {
	depth := depthMeter{}
	ended := false
	for i, tk := range tokens {
		at := placeOf(tk)
		if tk.Type == token.SequenceEntryType && depth.flow > 0 {
			d.add(at, "", "a dash begins a list entry, which cannot stand inside brackets; put text into quotes")
			return content
		}
		if i > maxTokens || depth.side > maxSide {
			d.add(at, "", "more settings stand together up to here than any configuration has; is it the right file?")
			return content
		}
		if sentence := refusal(tk); sentence != "" {
			d.add(at, "", "%s", sentence)
		}
		switch tk.Type {
		case token.DirectiveType:
			return content
		case token.CommentType, token.SpaceType:
			continue
		case token.DocumentEndType:
			ended = true
			continue
		case token.DocumentHeaderType:
			if content || ended {
				d.add(at, "", "a second YAML document begins here; a configuration is one document")
				return content
			}
			continue
		}
		content = true
		if depth.see(tk) > maxDepth {
			d.add(at, "", "the settings are nested deeper than %d levels here", maxDepth)
			return content
		}
	}
	return content
}

// depthMeter bounds nesting from tokens alone, so that the recursive parser never meets input that would exhaust its stack.
type depthMeter struct {
	flow   int     // open brackets
	commas int     // since the first of them
	blocks []block // open block entries, outermost first
	line   int
	side   int // the most settings seen side by side
}

// block is a stretch of lines that begin in the same column.
type block struct{ col, settings int }

func (m *depthMeter) see(tk *token.Token) int {
	switch tk.Type {
	case token.SequenceStartType, token.MappingStartType:
		if m.flow++; m.flow == 1 {
			m.commas = 0
		}
	case token.SequenceEndType, token.MappingEndType:
		m.flow = max(m.flow-1, 0)
	case token.CollectEntryType:
		m.commas++
		m.side = max(m.side, m.commas)
	}
	dash := tk.Type == token.SequenceEntryType
	if m.flow == 0 && (tk.Position.Line != m.line || dash) {
		m.line = tk.Position.Line
		m.begin(tk.Position.Column, dash)
	}
	return m.flow + len(m.blocks)
}

// begin notes an entry that begins in a column and closes what stood further right.
func (m *depthMeter) begin(col int, dash bool) {
	for len(m.blocks) > 0 && m.blocks[len(m.blocks)-1].col > col {
		m.blocks = m.blocks[:len(m.blocks)-1]
	}
	if len(m.blocks) == 0 || m.blocks[len(m.blocks)-1].col < col {
		m.blocks = append(m.blocks, block{col: col})
	}
	if top := &m.blocks[len(m.blocks)-1]; !dash {
		top.settings++
		m.side = max(m.side, top.settings)
	}
}
