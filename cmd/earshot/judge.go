package main

import (
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
)

func triageCommand(opt *app.Options) *cobra.Command {
	var format string
	var explain bool
	cmd := &cobra.Command{
		Use: "triage [TEXT|-]", Short: "Judge a text, or those on standard input: one a line, plain or JSON with text, language and rating", Args: between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format == "" {
				format = "jsonl"
				if explain {
					format = "table"
				}
			}
			if err := oneOf("format", format, "jsonl", "table"); err != nil {
				return err
			}
			in := cmd.InOrStdin()
			if len(args) == 1 && args[0] != "-" {
				in = strings.NewReader(oneText(args[0]) + "\n")
			}
			return app.Triage(cmd.Context(), *opt, cmd.Flags().Changed("config"), format == "table", in)
		},
	}
	cmd.Flags().StringVar(&format, "format", "", "jsonl: one object a line; table: for a person (with --explain table, else jsonl)")
	cmd.Flags().BoolVar(&explain, "explain", false, "tell what moved each tag, how far, and whether that adds up to it")
	return cmd
}

// oneText is the line of input that stands for a text with line breaks.
func oneText(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	raw, err := json.Marshal(map[string]string{"text": s})
	if err != nil {
		return s // a map of strings always can be written
	}
	return string(raw)
}

func evaluateCommand(opt *app.Options) *cobra.Command {
	var what app.EvaluateOptions
	var format string
	cmd := &cobra.Command{
		Use: "evaluate FILE…", Short: "Score triage against labelled TSV files, .gz too", Args: between(1, -1),
		Long: "Score triage against labelled TSV files, .gz too. The header names the columns, of which text and label are needed; the\n" +
			"task is the beginning of the file's name: sentiment, stars, langid, intent, complaint, spam, offensive or urgency.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "markdown", "json"); err != nil {
				return err
			}
			if err := oneOf("only", what.Part, "all", "dev", "train"); err != nil {
				return err
			}
			what.JSON, what.Markdown = format == "json", format == "markdown"
			return app.Evaluate(cmd.Context(), *opt, args, what)
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "table", "table, markdown or json")
	f.StringVar(&what.Part, "only", "all", "all rows, those of the dev split (the second byte of the text's SHA-256 is divisible by five), or the train rest")
	f.BoolVar(&what.LanguageHint, "language-hint", false, "hand the lang column to triage, as if the site had said it")
	f.BoolVar(&what.Confusion, "confusion", false, "print the confusion matrices, too; JSON always has them")
	f.IntVar(&what.Mistakes, "explain-errors", 0, "how many of the surest mistakes to print for each file, and what moved them")
	f.IntVar(&what.MinRows, "min-rows", 0, "leave files with fewer rows out of the mean")
	f.StringVar(&what.ReferenceFile, "reference", "", "TSV of file and macro-F1 in per cent to compare with")
	return cmd
}
