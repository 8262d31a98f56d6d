package app

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/earshotdesk/earshot/connectors"
)

// writeKinds prints the table, 120 columns wide, and under it what does not fit into one.
func writeKinds(out io.Writer, all []listed) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "KIND\tIN\tANSWERS\tLONGEST\tONCE\tNOTICES\tKEPT\tCOST\tTRAINING")
	for _, l := range all {
		_, _ = fmt.Fprintln(w, strings.Join([]string{l.Kind, inWord(l.Capabilities), answerWords(l.Capabilities), limitWords(l.Capabilities),
			string(l.Certainty), noticeWords(l.Capabilities), shortSpan(l.spec.Caps.Window), costWord(l.Capabilities), trainingWord(l.Capabilities)}, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("\n" + wrap("This is the most that a kind can do; a source without an account reads only. ONCE tells what happens after a lost call. "+
		"real, window: the network drops a repeated answer, for ever or for a while. upsert: a mention has one answer, and nothing can double it. "+
		"read-back: the desk looks and never repeats. blind: a person looks. KEPT: for how long the network gives what was said, where that ends.", 118, "") + "\n\n")
	for _, l := range all {
		if l.Cost != "" {
			b.WriteString(wrap(l.Kind+": "+l.Cost, 118, "  ") + "\n")
		}
		if l.Moderates {
			b.WriteString(wrap(l.Kind+": the site looks at answers before it shows them.", 118, "  ") + "\n")
		}
	}
	b.WriteString("\nAll about one of them: earshot connectors KIND\n")
	_, err := io.WriteString(out, b.String())
	return err
}

// writeKind prints all about one kind: what it can do, its settings, its sample.
func writeKind(out io.Writer, l listed) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, kind: %s\n%s\n\n", l.Title, l.Kind, wrap(l.Summary+".", 118, ""))
	for _, f := range tell(l.spec) {
		b.WriteString(wrap(fmt.Sprintf("%-16s%s", f.About, f.Says), 118, strings.Repeat(" ", 16)) + "\n")
	}
	b.WriteString("\nSettings, beside those that every source has:\n")
	for _, s := range l.Settings {
		b.WriteString("\n  " + s.Name + "  (" + s.facts() + ")\n")
		if s.Doc != "" {
			b.WriteString("      " + wrap(s.Doc, 112, "      ") + "\n")
		}
	}
	b.WriteString("\nA source to copy:\n\n" + l.Sample)
	_, err := io.WriteString(out, b.String())
	return err
}

// facts says in brief what may stand in a setting.
func (s setting) facts() string {
	facts := []string{s.Form}
	if s.Needed {
		facts = append(facts, "needed")
	}
	if len(s.Choices) > 0 {
		facts = append(facts, strings.Join(s.Choices, " or "))
	}
	if s.Default != "" {
		facts = append(facts, "default "+s.Default)
	}
	return strings.Join(facts, ", ")
}

func inWord(c connectors.Capabilities) string {
	switch {
	case c.Polls && c.Pushes:
		return "both"
	case c.Pushes:
		return "push"
	}
	return "poll"
}

func answerWords(c connectors.Capabilities) string {
	if !c.Replies {
		return "no"
	}
	s := "one"
	if c.Many {
		s = "many"
	}
	if c.Edit {
		s += ", edit"
	}
	if c.Delete {
		s += ", delete"
	}
	return s
}

func limitWords(c connectors.Capabilities) string {
	switch {
	case !c.Replies:
		return "-"
	case c.Limit == 0:
		return "not told"
	}
	return fmt.Sprintf("%d %s", c.Limit, c.Counts)
}

func noticeWords(c connectors.Capabilities) string {
	switch {
	case c.SeesEdits && c.SeesGone:
		return "edits, removals"
	case c.SeesEdits:
		return "edits"
	case c.SeesGone:
		return "removals"
	}
	return "-"
}

func shortSpan(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return d.String()
}

func costWord(c connectors.Capabilities) string {
	if c.Cost == "" {
		return "free"
	}
	return "see below"
}

func trainingWord(c connectors.Capabilities) string {
	if c.NoTraining {
		return "forbidden"
	}
	return "-"
}

// wrap breaks a text between words at a width; further lines begin with the indent. Spaces at its beginning and doubled ones stay.
func wrap(s string, width int, indent string) string {
	var b strings.Builder
	at := 0
	for i, word := range strings.SplitAfter(s, " ") {
		if n := len([]rune(strings.TrimRight(word, " "))); i > 0 && at+n > width {
			b.WriteString("\n" + indent)
			at = len(indent)
		}
		b.WriteString(word)
		at += len([]rune(word))
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
