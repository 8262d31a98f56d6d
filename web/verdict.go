package web

import "github.com/earshotdesk/earshot/internal/desk"

// verdictView is what triage concluded and why, for the context panel.
type verdictView struct {
	Urgency, Sentiment, Intent, Language string
	UrgencyScore, SentimentScore         float64
	IntentScore                          float64
	Spam, Offensive                      bool
	OffensiveScore                       float64
	Veiled                               bool // the reasons quote words that stand behind a veil
	Products, Topics                     []string
	Failed                               string
	Why                                  whyView
}

// verdictOf tells a verdict; posts is how many mentions the author wrote in 30 days, 0 when that is not known.
func verdictOf(l *Lang, m *desk.MentionRow, posts int) *verdictView {
	v := &m.Verdict
	out := &verdictView{
		Urgency: urgencyOf(v.Urgency.Label), Sentiment: sentimentOf(v.Sentiment.Label), Intent: l.T("intent." + intentOf(v.Intent.Label)),
		Language: v.Language.Label, UrgencyScore: v.Urgency.Score, SentimentScore: v.Sentiment.Score, IntentScore: v.Intent.Score,
		Spam: v.Spam.Label == desk.Yes, Failed: v.Failed,
		Offensive: v.Offensive.Label == desk.Yes, OffensiveScore: v.Offensive.Score, Veiled: veiled(m),
	}
	if out.Language != "" && l.texts["language."+out.Language].one != "" {
		out.Language = l.T("language." + out.Language)
	}
	for _, n := range v.Products {
		out.Products = append(out.Products, n.Name)
	}
	for _, n := range v.Topics {
		out.Topics = append(out.Topics, n.Name)
	}
	tell := teller{lang: l, m: m, words: langTag(&m.Mention, v), posts: posts}
	out.Why = tell.why()
	return out
}

func sentimentOf(label string) string {
	if label == desk.Negative || label == desk.Positive {
		return label
	}
	return desk.Neutral
}

func intentOf(label string) string {
	switch label {
	case desk.IntentComplaint, desk.IntentQuestion, desk.IntentPraise, desk.IntentRequest, desk.IntentFault:
		return label
	}
	return desk.IntentOther
}
