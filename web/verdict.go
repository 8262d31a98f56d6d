package web

import (
	"cmp"
	"math"
	"slices"

	"github.com/earshotdesk/earshot/internal/desk"
)

// verdictView is what triage concluded and why, for the context panel.
type verdictView struct {
	Urgency, Sentiment, Intent, Language string
	UrgencyScore, SentimentScore         float64
	IntentScore                          float64
	Spam                                 bool
	Products, Topics                     []string
	Failed                               string
	Why                                  []whyView
}

// whyView is one reason: a bar, the words, how far it moved the tag.
type whyView struct {
	Mark   string
	Text   string
	Weight string
	Width  int // 0 to 100
	By     string
	Lang   string
}

// maxReasons is how many reasons the panel lists; the text shows all of them.
const maxReasons = 8

func verdictOf(l *Lang, m *desk.MentionRow) *verdictView {
	v := &m.Verdict
	out := &verdictView{
		Urgency: urgencyOf(v.Urgency.Label), Sentiment: sentimentOf(v.Sentiment.Label), Intent: l.T("intent." + intentOf(v.Intent.Label)),
		Language: v.Language.Label, UrgencyScore: v.Urgency.Score, SentimentScore: v.Sentiment.Score, IntentScore: v.Intent.Score,
		Spam: v.Spam.Label == desk.Yes, Failed: v.Failed,
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
	out.Why = reasons(l, v, langTag(&m.Mention, v))
	return out
}

// reasons lists the strongest ones first. The bars compare them with the strongest.
func reasons(l *Lang, v *desk.Verdict, lang string) []whyView {
	list := slices.Clone(v.Reasons)
	slices.SortStableFunc(list, func(a, b desk.Reason) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	list = list[:min(len(list), maxReasons)]
	var out []whyView
	for i := range list {
		r := &list[i]
		mark, _ := markOf(r)
		w := whyView{Mark: map[string]string{"urg": "urg", "neg": "neg", "pos": "pos"}[mark], Text: oneLine(r.Text), By: r.By, Lang: lang}
		if w.Mark == "" {
			w.Mark = "acc"
		}
		if strongest := math.Abs(list[0].Weight); strongest > 0 {
			w.Width = int(math.Abs(r.Weight) / strongest * 100)
		}
		switch {
		case r.By == "rule":
			w.Text, w.Weight, w.Width, w.Lang = l.T("why.rule", "name", w.Text), l.T("why.sets"), 100, ""
		case r.Weight > 0:
			w.Weight = "+" + decimal(l, r.Weight)
		case r.Weight < 0:
			w.Weight = decimal(l, r.Weight)
		}
		out = append(out, w)
	}
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
