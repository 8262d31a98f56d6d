package triage

import (
	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/langid"
)

// languageTagger tells the language by the script where that is enough, and else by the learned model of words and letters, helped
// by what the site says.
type languageTagger struct{ model *langid.Model }

// Tag implements [Tagger].
func (t languageTagger) Tag(in Input, v *desk.Verdict) {
	g := t.model.Judge(in.Doc, in.Language)
	switch {
	case g.Other:
		code, share := scriptOf(&in)
		if code == "" {
			code = desk.Undetermined // letters of a script that has no name here
		}
		v.Language = desk.Tag{Label: code, Score: round(0.5 + float64(share/2))}
	case g.Label == codes[langGreeklish]:
		v.Language = desk.Tag{Label: codes[langEl], Score: float64(g.Share) / 1e4}
	case g.Label != "":
		v.Language = desk.Tag{Label: g.Label, Score: float64(g.Share) / 1e4}
	case g.Words == 0 && in.Shape.Words > 0 && langOf(in.Language) < langCount:
		v.Language = desk.Tag{Label: in.Language, Score: 0.5} // no letters that say anything: the site's word alone
	default:
		v.Language = desk.Tag{Label: desk.Undetermined, Score: float64(g.Share) / 1e4}
	}
}
