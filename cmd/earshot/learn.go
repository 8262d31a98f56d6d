package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
	"github.com/earshotdesk/earshot/internal/desk"
)

// sinceFlag adds --since and returns what reads it.
func sinceFlag(cmd *cobra.Command, what string) func() (time.Duration, error) {
	text := cmd.Flags().String("since", "30d", what)
	return func() (time.Duration, error) {
		d, err := desk.ParseDuration(*text)
		if err != nil || d <= 0 {
			return 0, usageError{fmt.Errorf("--since is %q; write for example 30d", *text)}
		}
		return d.Std(), nil
	}
}

func correctCommand(opt *app.Options) *cobra.Command {
	var in app.CorrectOptions
	cmd := &cobra.Command{
		Use: "correct MENTION --tag TAG --to LABEL", Short: "Say that a tag of a mention is wrong, and what it should be", Args: exactly(1),
		Long: "Says that a tag of a mention is wrong, and what it should be. The right tag is in force at once, on the board, in filters and in counts. " +
			"It stays when history is judged again; an edit of the words asks again. The same twice changes nothing.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needed("tag", in.Tag); err != nil {
				return err
			}
			if err := oneOf("tag", in.Tag, desk.Tags()...); err != nil {
				return err
			}
			in.Mention = desk.MentionID(args[0])
			return app.Correct(cmd.Context(), *opt, in)
		},
	}
	cmd.Flags().StringVar(&in.Tag, "tag", "", "language, sentiment, urgency, intent, spam, offensive, product or topic")
	cmd.Flags().StringVar(&in.To, "to", "", "what it should be; of products and topics the name to put on")
	cmd.Flags().StringVar(&in.From, "from", "", "what stands there; of products and topics the name to take off")
	cmd.Flags().StringVar(&in.Note, "note", "", "why")
	cmd.Flags().StringVar(&in.As, "as", "", "address of the person who says so")
	cmd.Flags().BoolVar(&in.Withdraw, "withdraw", false, "take back the correction that stands for the tag")
	return cmd
}

func correctionsCommand(opt *app.Options) *cobra.Command {
	var format string
	cmd := &cobra.Command{Use: "corrections", Short: "List what people said about verdicts, newest first", Args: exactly(0)}
	since := sinceFlag(cmd, "how far back, for example 30d")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := oneOf("format", format, "table", "jsonl"); err != nil {
			return err
		}
		span, err := since()
		if err != nil {
			return err
		}
		return app.Corrections(cmd.Context(), *opt, span, format == "jsonl")
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or jsonl")
	return cmd
}

func rulesCommand(opt *app.Options) *cobra.Command {
	cmd := &cobra.Command{Use: "rules", Short: "About rules of triage: propose some, try some", Args: exactly(0), RunE: needsCommand}
	cmd.AddCommand(rulesProposeCommand(opt), rulesTryCommand(opt))
	return cmd
}

func rulesProposeCommand(opt *app.Options) *cobra.Command {
	var from, format string
	cmd := &cobra.Command{
		Use: "propose", Short: "Propose rules that would do what corrections did, each with what it would have changed", Args: exactly(0),
		Long: "Proposes rules that would do what corrections did, as YAML to be pasted under triage.rules of the configuration, each with what it would have " +
			"changed. Nothing is stored, nothing is applied. Texts of sites whose terms forbid learning from them are left out.",
	}
	since := sinceFlag(cmd, "corrections and mentions of how far back, for example 30d")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := oneOf("format", format, "yaml", "json"); err != nil {
			return err
		}
		span, err := since()
		if err != nil {
			return err
		}
		return app.ProposeRules(cmd.Context(), *opt, from, span, format == "json")
	}
	cmd.Flags().StringVar(&from, "from", "", "one correction by its identifier; all of the span when left out")
	cmd.Flags().StringVar(&format, "format", "yaml", "yaml or json")
	return cmd
}

func rulesTryCommand(opt *app.Options) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "try FILE", Short: "Tell what the rules in a file would have changed; nothing is stored", Args: exactly(1),
		Long: "Tells what the rules in a YAML file, written as under triage.rules, would have changed, each as if it were the last one. Nothing is stored. " +
			"It looks at the newest 200,000 mentions of the span at most, and says so when there are more.",
	}
	since := sinceFlag(cmd, "mentions of how far back, for example 30d")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := oneOf("format", format, "text", "jsonl"); err != nil {
			return err
		}
		span, err := since()
		if err != nil {
			return err
		}
		return app.TryRules(cmd.Context(), *opt, args[0], span, format == "jsonl")
	}
	cmd.Flags().StringVar(&format, "format", "text", "text or jsonl")
	return cmd
}

func replayCommand(opt *app.Options) *cobra.Command {
	var in app.ReplayOptions
	var format string
	cmd := &cobra.Command{
		Use: "replay", Short: "Judge history again after a change of model or rules, and print the difference", Args: exactly(0),
		Long: "Judges the mentions of a span again by the present model and rules, and prints the difference. It is quiet: it opens no case, changes none and " +
			"tells nobody; a case keeps the urgency it was worked with. What people corrected stays. Earlier verdicts are kept. It may be " +
			"interrupted and called again: mentions that the present model and rules have judged are passed over. The desk may run meanwhile.",
	}
	since := sinceFlag(cmd, "mentions that arrived within this span, for example 30d")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if err := oneOf("format", format, "table", "jsonl"); err != nil {
			return err
		}
		if in.Span, err = since(); err != nil {
			return err
		}
		in.Lines = format == "jsonl"
		return app.Replay(cmd.Context(), *opt, in)
	}
	cmd.Flags().BoolVar(&in.Dry, "dry-run", false, "store nothing, print what would change")
	cmd.Flags().StringVar(&format, "format", "table", "table, or jsonl: mentions that became urgent or whose sentiment turned, then the sum")
	return cmd
}

func layerCommand(opt *app.Options) *cobra.Command {
	cmd := &cobra.Command{
		Use: "layer", Short: "About what the desk learned from corrections by itself: list, use, off, relearn", Args: exactly(0), RunE: needsCommand,
		Long: "The desk learns a small layer over the shipped model from its people's corrections, a new version some seconds after each batch. A version " +
			"goes into force if no tag is judged worse on the golden set by more than triage.learning.margin. Verdicts name the version that judged; " +
			"earshot replay judges history again by the one in force.",
	}
	var format string
	list := &cobra.Command{
		Use: "list", Short: "List the versions, newest first, with what each is worth", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "jsonl"); err != nil {
				return err
			}
			return app.ListLayers(cmd.Context(), *opt, format == "jsonl")
		},
	}
	list.Flags().StringVar(&format, "format", "table", "table or jsonl")
	use := &cobra.Command{
		Use: "use VERSION", Short: "Put a version in force and keep it until you say otherwise", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || n <= 0 {
				return usageError{fmt.Errorf("%q is no version; earshot layer list shows those there are", args[0])}
			}
			return app.UseLayer(cmd.Context(), *opt, desk.LayerUse{Mode: desk.LayerHeld, Version: n})
		},
	}
	off := &cobra.Command{
		Use: "off", Short: "Take what the desk learned out of force", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.UseLayer(cmd.Context(), *opt, desk.LayerUse{Mode: desk.LayerOff})
		},
	}
	relearn := &cobra.Command{
		Use: "relearn", Short: "Learn from all corrections now, and let the desk learn by itself from here on", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return app.Relearn(cmd.Context(), *opt) },
	}
	cmd.AddCommand(list, use, off, relearn)
	return cmd
}
