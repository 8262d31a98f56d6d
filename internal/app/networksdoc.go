package app

import (
	"fmt"
	"io"
	"strings"

	"github.com/earshotdesk/earshot/connectors"
)

// groupTitles are the headings of the docs.
func groupTitle(g connectors.Group) string {
	switch g {
	case connectors.GroupSocial:
		return "Social networks"
	case connectors.GroupReviews:
		return "Reviews"
	case connectors.GroupForums:
		return "Forums and code"
	}
	return "Everything else"
}

// writeMarkdown prints the page of the docs: a table for each group, and below it what each kind can do in sentences.
func writeMarkdown(out io.Writer, all []listed) error {
	var b strings.Builder
	b.WriteString(`# Networks

What each kind of connector can do. This page is printed by ` + "`earshot connectors --format markdown`" + ` from the same table that the desk works by, and
a test fails when it is out of date; ` + "`make networks`" + ` writes it anew. How to set a network up stands in the README of its connector.

It is the most that a kind can do. A source without an account reads only, and some settings change what a source can do: the composer
says what holds for each answer. "Not confirmed" in the READMEs marks what the networks' own documents do not say.

Árukereső, Skroutz, Capterra and the recommendations on Facebook pages have no interface by which programs may read or answer. Exports and sheets of them
are read by kind ` + "`file`" + `, for which [configs/exports.yaml](../../configs/exports.yaml) has a source each; they are answered by hand.
`)
	for _, g := range connectors.Groups() {
		var rows []listed
		for _, l := range all {
			if l.Group == g {
				rows = append(rows, l)
			}
		}
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| kind | comes in | answers | longest | after a lost call | notices | kept there | cost |\n|---|---|---|---|---|---|---|---|\n", groupTitle(g))
		for _, l := range rows {
			fmt.Fprintf(&b, "| [%s](../../connectors/%s/README.md) | %s | %s | %s | %s | %s | %s | %s |\n", l.Kind, l.Kind, inWord(l.Capabilities),
				answerWords(l.Capabilities), limitWords(l.Capabilities), onceWord(l.Certainty), noticeWords(l.Capabilities), shortSpan(l.spec.Caps.Window), costWord(l.Capabilities))
		}
		for _, l := range rows {
			fmt.Fprintf(&b, "\n### %s\n\n%s.\n\n", l.Title, strings.TrimSuffix(l.Summary, "."))
			for _, f := range tell(l.spec) {
				fmt.Fprintf(&b, "- **%s.** %s\n", f.About, f.Says)
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// onceWord says in a few words how it is certain that an answer appears once.
func onceWord(c connectors.Certainty) string {
	switch c {
	case connectors.CertainReal, connectors.CertainWindow:
		return "said again, the network drops it"
	case connectors.CertainUpsert:
		return "there is only one"
	case connectors.CertainReadBack:
		return "looked for, never repeated"
	case connectors.CertainBlind:
		return "a person looks"
	}
	return "-"
}
