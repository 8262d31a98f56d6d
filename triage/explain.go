package triage

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
)

// Explain judges r line by line, as [JSONL] does, and tells each verdict to a person: for every tag its label and probability, what
// moved it and how far, and whether the reasons alone give the same.
func Explain(ctx context.Context, r io.Reader, w io.Writer, p *Pipeline) error {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriter(w)
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("explaining lines: %w", err)
		}
		raw, tooLong, err := readLine(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading lines: %w", err)
		}
		if err == nil || len(raw) > 0 || tooLong {
			if n > 0 {
				fmt.Fprintln(out)
			}
			l := line{text: string(raw)}
			if tooLong {
				l.err = "the line is longer than 16 MB"
			}
			if err := p.explainLine(out, l); err != nil {
				return fmt.Errorf("writing explanations: %w", err)
			}
		}
		if err != nil || in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return fmt.Errorf("writing explanations: %w", err)
			}
		}
		if err != nil {
			return nil
		}
	}
}

func (p *Pipeline) explainLine(w io.Writer, l line) error {
	in, err := parseLine(l)
	if err != nil {
		_, err = fmt.Fprintln(w, err)
		return err
	}
	return p.explain(w, in)
}

// explain tells one verdict. Words are quoted, so that no control character of a text reaches a terminal.
func (p *Pipeline) explain(w io.Writer, in desk.TriageInput) error {
	v := p.Judge(in)
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, quoted(in.Text, 160))
	checks := Recompute(v, p.bounds())
	for _, tag := range recomputable {
		t := stated(&v, tag)
		fmt.Fprintf(tab, "%s\t%s\t%.4f\t%s\n", tag, t.Label, t.Score, check(checks, tag, v))
		tellReasons(tab, v.Reasons, tag)
	}
	for _, n := range []struct {
		tag  string
		list []desk.Named
	}{{"brand", v.Brands}, {"product", v.Products}, {"topic", v.Topics}} {
		if len(n.list) > 0 {
			fmt.Fprintf(tab, "%s\t%s\n", n.tag, listed(n.list))
		}
		tellReasons(tab, v.Reasons, n.tag)
	}
	if v.Failed != "" {
		fmt.Fprintf(tab, "failed\t%s\n", quoted(v.Failed, 200))
	}
	fmt.Fprintf(tab, "judged by\t%s, rules %s\n", v.Model, v.Rules)
	return tab.Flush()
}

// bounds are those of urgency that are in force.
func (p *Pipeline) bounds() desk.UrgencyBounds {
	for _, t := range p.taggers {
		if u, ok := t.Tagger.(urgencyTagger); ok {
			return u.bounds
		}
	}
	return desk.DefaultUrgency().Bounds
}

// check says what the reasons alone give for a tag.
func check(checks []Recomputed, tag string, v desk.Verdict) string {
	at := slices.IndexFunc(checks, func(r Recomputed) bool { return r.Tag == tag })
	if at < 0 {
		if s := v.Sentiment.Scores; tag == "sentiment" {
			return fmt.Sprintf("negative %.4f, neutral %.4f, positive %.4f", s.Negative, s.Neutral, s.Positive)
		}
		return ""
	}
	r := checks[at]
	if r.Set != "" {
		return "set by " + quoted(r.Set, 60)
	}
	said := fmt.Sprintf("its reasons give %s %.4f", r.Label, r.Score)
	for i, c := range r.Chances {
		if i == 4 {
			break // of fifteen languages the first few
		}
		if i > 0 {
			said += fmt.Sprintf(", %s %.4f", c.Label, c.P)
		}
	}
	if !r.Agrees(v) {
		said += ": NOT what the verdict states"
	}
	return said
}

// tellReasons tells the reasons of a tag, the strongest first.
func tellReasons(w io.Writer, reasons []desk.Reason, tag string) {
	var mine []desk.Reason
	for _, r := range reasons {
		if r.Tag == tag {
			mine = append(mine, r)
		}
	}
	slices.SortStableFunc(mine, func(a, b desk.Reason) int { return cmp.Compare(strength(b), strength(a)) })
	for _, r := range mine {
		words, place := quoted(r.Text, 60), ""
		if r.Text == "" {
			words = "-"
		}
		if r.To > r.From {
			place = fmt.Sprintf("bytes %d to %d", r.From, r.To)
		}
		fmt.Fprintf(w, "\t%s\t%s\t%s\t%s\t%s\n", words, r.By, place, signed(r.Weight), movesOf(r.Moves))
	}
}

// strength is how far a reason moves whatever it moves furthest.
func strength(r desk.Reason) float64 {
	s := abs(r.Weight)
	for _, m := range r.Moves {
		s = max(s, abs(m.By))
	}
	if r.By == "rule" || r.By == "person" {
		return math.Inf(1)
	}
	return s
}

func movesOf(moves []desk.Move) string {
	list := make([]string, 0, len(moves))
	for _, m := range moves {
		if m.By != 0 {
			list = append(list, m.Label+" "+signed(m.By))
		}
	}
	return strings.Join(list, ", ")
}

func signed(f float64) string { return fmt.Sprintf("%+.4f", f) }

func listed(list []desk.Named) string {
	names := make([]string, 0, len(list))
	for _, n := range list {
		names = append(names, n.Name)
	}
	return strings.Join(names, ", ")
}

func quoted(s string, n int) string { return strconv.Quote(text.Excerpt(text.Cut(s, 16*n), n)) }
