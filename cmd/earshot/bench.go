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
	cmd.AddCommand(seed)
	return cmd
}
