package main

import (
	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
	"github.com/earshotdesk/earshot/internal/desk"
)

func trendsCommand(opt *app.Options) *cobra.Command {
	var f desk.TrendFilter
	var format string
	cmd := &cobra.Command{
		Use: "trends", Short: "Words that are written more than in the four weeks before", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "jsonl"); err != nil {
				return err
			}
			if err := oneOf("span", f.Span, desk.SpanDay, desk.SpanWeek); err != nil {
				return err
			}
			return app.Trends(cmd.Context(), *opt, f, format == "jsonl")
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or jsonl, one object a line")
	cmd.Flags().StringVar(&f.Span, "span", desk.SpanWeek, "day or week, up to now")
	cmd.Flags().StringVar(&f.Brand, "brand", "", "only what is about this brand")
	cmd.Flags().StringVar(&f.Product, "product", "", "only what names this product")
	cmd.Flags().StringVar(&f.Language, "language", "", "only what is in this language, for example hu")
	cmd.Flags().IntVar(&f.Limit, "limit", 30, "words at most")
	return cmd
}
