package main

import (
	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
)

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
