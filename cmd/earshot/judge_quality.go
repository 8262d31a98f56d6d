package main

import (
	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
)

func benchQualityCommand(opt *app.Options) *cobra.Command {
	var what app.QualityOptions
	cmd := &cobra.Command{
		Use: "quality --data DIR", Short: "Judge triage by labelled files and write the tables of the docs", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needed("data", what.Data); err != nil {
				return err
			}
			return app.BenchQuality(cmd.Context(), *opt, what)
		},
	}
	f := cmd.Flags()
	f.StringVar(&what.Data, "data", "", "folder of labelled files with TRAIN.txt and EVAL-ONLY.txt")
	f.StringVar(&what.ReferenceFile, "reference", "", "TSV of file and macro-F1 in per cent to compare with")
	f.StringVar(&what.TwinDir, "twin", "", "folder that train --without-dev wrote, whose models judge the dev rows")
	f.StringVar(&what.Language, "languages", "", "file with a Markdown table to take over")
	f.StringVar(&what.Report, "report", "internal/docs/quality.md", "file to write")
	f.StringVar(&what.Readme, "readme", "", "file with the marks between which the short table goes")
	return cmd
}
