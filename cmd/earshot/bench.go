package main

import (
	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
)

func benchCommand(opt *app.Options) *cobra.Command {
	var mentions, cases int
	var rand uint64
	seed := &cobra.Command{
		Use: "seed", Short: "Fill an empty database with invented mentions and cases, always the same", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.BenchSeed(cmd.Context(), *opt, mentions, cases, rand)
		},
	}
	seed.Flags().IntVar(&mentions, "mentions", 1_000_000, "how many mentions")
	seed.Flags().IntVar(&cases, "cases", 100_000, "how many cases")
	seed.Flags().Uint64Var(&rand, "seed", 1, "equal seeds give equal rows")
	cmd := &cobra.Command{Use: "bench", Short: "Measure", Args: exactly(0), RunE: needsCommand}
	cmd.AddCommand(seed, benchAllCommand(opt), benchQualityCommand(opt))
	return cmd
}

func benchAllCommand(opt *app.Options) *cobra.Command {
	var what app.BenchOptions
	var format string
	cmd := &cobra.Command{
		Use: "all", Short: "Measure pages at two sizes, start, memory, import, refresh and triage; takes minutes", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			what.JSON = format == "json"
			return app.BenchAll(cmd.Context(), *opt, what)
		},
	}
	f := cmd.Flags()
	f.IntVar(&what.Mentions, "mentions", 1_000_000, "how many mentions the large desk has; the small one has a hundredth")
	f.IntVar(&what.Cases, "cases", 100_000, "how many cases the large desk has")
	f.StringVar(&what.Dir, "dir", "", "folder for databases, 3 GB for a million mentions; the system's temporary one when left out")
	f.StringSliceVar(&what.Engines, "engines", []string{"sqlite", "postgres"}, "engines that import and refresh are measured on")
	f.StringSliceVar(&what.Pages, "pages", []string{"sqlite"}, "engines that pages are measured on")
	f.BoolVar(&what.Quick, "quick", false, "tiny sizes, to see that it works")
	f.StringVar(&format, "format", "table", "table or json")
	return cmd
}
