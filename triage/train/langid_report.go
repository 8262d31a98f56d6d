package train

import (
	"math"

	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/langid"
)

// LanguageScore is how well one part of the dev rows is told.
type LanguageScore struct {
	Rows, Right int
	Accuracy    float64
	ECE         float64 // expected calibration error, ten equal bins
	sum         [10]float64
	hit, size   [10]int
}

// LanguageReport is what the dev rows say of the twin of a trained model.
type LanguageReport struct {
	Twin      *langid.Model // trained without the dev rows
	Rows, Dev int
	Files     map[string]*LanguageScore            // by file
	Languages map[string]map[string]*LanguageScore // by file and language
	Mistakes  map[string]int                       // "sk>cs" and how often
}

// reportLanguages judges every row without a hint.
func reportLanguages(m *langid.Model, dev []LanguageRow) LanguageReport {
	rep := LanguageReport{Files: map[string]*LanguageScore{}, Languages: map[string]map[string]*LanguageScore{}, Mistakes: map[string]int{}}
	var doc text.Doc
	for _, r := range dev {
		doc.Read(r.Text)
		g := m.Judge(&doc, "")
		label := g.Label
		switch label {
		case "el-latn":
			label = "el"
		case "":
			label = "und"
		}
		if rep.Files[r.File] == nil {
			rep.Files[r.File] = &LanguageScore{}
			rep.Languages[r.File] = map[string]*LanguageScore{}
		}
		if rep.Languages[r.File][r.Label] == nil {
			rep.Languages[r.File][r.Label] = &LanguageScore{}
		}
		for _, s := range []*LanguageScore{rep.Files[r.File], rep.Languages[r.File][r.Label]} {
			s.count(g.Share, label == r.Label)
		}
		if label != r.Label {
			rep.Mistakes[r.File+" "+r.Label+">"+label]++
		}
	}
	for f, s := range rep.Files {
		s.finish()
		for _, s := range rep.Languages[f] {
			s.finish()
		}
	}
	return rep
}

func (s *LanguageScore) count(share int, right bool) {
	bin := min(share/1000, 9)
	s.Rows++
	s.size[bin]++
	s.sum[bin] += float64(share) / 10_000
	if right {
		s.Right++
		s.hit[bin]++
	}
}

func (s *LanguageScore) finish() {
	s.Accuracy = float64(s.Right) / float64(s.Rows)
	for b := range s.sum {
		s.ECE += math.Abs(s.sum[b]-float64(s.hit[b])) / float64(s.Rows)
	}
}
