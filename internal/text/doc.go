// Package text is how Earshot reads what people write: folding, tokens, graphemes, and length as each network counts it.
//
// One folding and one tokeniser serve the search index, its queries and triage alike, so that what one finds the others find.
// Everything here is pure, safe for concurrent use, linear in the length of its input, and at ease with hostile text: invalid
// UTF-8, bidirectional controls, zero-width characters, megabytes of one letter.
package text
