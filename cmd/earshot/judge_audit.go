package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
	"github.com/earshotdesk/earshot/internal/desk"
)

func auditCommand(opt *app.Options) *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "Let a person judge what triage judged", Args: exactly(0), RunE: needsCommand}
	cmd.AddCommand(auditSampleCommand(opt), auditScoreCommand(opt))
	return cmd
}

func auditSampleCommand(opt *app.Options) *cobra.Command {
	var what app.AuditOptions
	var by []string
	var since string
	cmd := &cobra.Command{
		Use: "sample", Short: "Draw mentions at random for a person to judge, as TSV", Args: exactly(0),
		Long: "Draw mentions at random for a person to judge, as TSV. Fill in the columns that begin with true_: a label, ok for what triage\n" +
			"said, - for no product or topic, names parted by a bar, or nothing for what you leave open. Then: earshot audit score FILE.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			span, err := spanOf("since", since)
			if err != nil {
				return err
			}
			for _, b := range by {
				if ways := []string{"source", "language", "product", "site"}; !slices.Contains(ways, b) {
					return usageError{fmt.Errorf("--stratify has %q; it can have %s", b, strings.Join(ways, ", "))}
				}
			}
			what.Since, what.By = span, by
			return app.AuditSample(cmd.Context(), *opt, what)
		},
	}
	f := cmd.Flags()
	f.IntVar(&what.Rows, "rows", 200, "how many mentions, 1 to 10000")
	f.Uint64Var(&what.Seed, "seed", 1, "equal seeds draw equal mentions from the same desk")
	f.StringSliceVar(&by, "stratify", []string{"source", "language"}, "by what small groups get their share: source, language, product, site; empty for none")
	f.StringVar(&since, "since", "30d", "how far back mentions arrived, for example 12h or 30d; 0 for all")
	f.StringVar(&what.Out, "out", "-", "file to write, which must not be there yet; - for standard output")
	return cmd
}

// spanOf reads a span of time from a flag.
func spanOf(flag, value string) (time.Duration, error) {
	if value == "0" {
		return 0, nil
	}
	d, err := desk.ParseDuration(value)
	if err != nil || d <= 0 {
		return 0, usageError{fmt.Errorf("--%s is %q; write for example 12h or 30d", flag, value)}
	}
	return time.Duration(d), nil
}

func auditScoreCommand(opt *app.Options) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "score FILE", Short: "Print precision and recall of every tag from a filled-in audit", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			return app.AuditScore(cmd.Context(), *opt, args[0], format == "json")
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	return cmd
}
