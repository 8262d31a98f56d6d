package bench

import (
	"context"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/triage"
)

// Tables are what was measured, as a model card shows it.
type Tables struct {
	Short         string      // means by task, in Markdown
	Known, Honest string      // all files that training may use, and those that it never sees
	Sentiment     triage.Mean // over the files of sentiment and stars with enough rows
}

// Judged judges every labelled file that triage has an answer for and returns the tables. Files that cannot be judged, because they
// hold no dev rows, say, are told and passed over.
func Judged(ctx context.Context, o QualityOptions) (t Tables, err error) {
	o.lenient = true
	q, err := o.judge(ctx)
	if err != nil {
		return t, err
	}
	t.Short = q.short()
	t.Sentiment = triage.MeanOf(pick(append(slices.Clone(q.known), q.honest...), feelings), leastRows)
	if t.Known, err = markdown(q.known); err != nil {
		return t, err
	}
	t.Honest, err = markdown(q.honest)
	return t, err
}

func markdown(scores []triage.Score) (string, error) {
	if len(scores) == 0 {
		return "", nil
	}
	var b strings.Builder
	err := (triage.Report{Markdown: true, MinRows: leastRows}).Write(&b, scores)
	return b.String(), err
}
