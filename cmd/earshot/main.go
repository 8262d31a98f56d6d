// Command earshot is the desk: one binary with a subcommand for everything it does. This package holds flags alone; what a
// command does stands in internal/app.
//
// Exit codes: 0 well, 1 a problem, 2 wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // slim images have no time zones of their own

	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
)

// version is set by the build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// usageError is a mistake in how the command was called.
type usageError struct{ error }

func run(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, app.ErrProblems):
		return 1
	case errors.As(err, &usage) || strings.HasPrefix(err.Error(), "unknown command"):
		_, _ = fmt.Fprintf(os.Stderr, "earshot: %v\nUsage: %s\nSee '%s --help'.\n", err, cmd.UseLine(), cmd.CommandPath())
		return 2
	}
	_, _ = fmt.Fprintf(os.Stderr, "earshot: %v\n", err)
	return 1
}

// newRoot returns the command with all its subcommands.
func newRoot() *cobra.Command {
	opt := &app.Options{Version: version, Out: os.Stdout, Err: os.Stderr}
	root := &cobra.Command{
		Use:   "earshot",
		Short: "A desk for everything said about a company in public",
		Long:  "Earshot polls what is said about a company in public, triages it, tells colleagues, and publishes answers exactly once.",
		Args:  exactly(0), SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().StringVar(&opt.Config, "config", "configs/earshot.yaml", "configuration file")
	root.AddCommand(
		serveCommand(opt), demoCommand(opt), checkCommand(opt), configCommand(opt), pollCommand(opt), importCommand(opt),
		triageCommand(opt), evaluateCommand(opt), trainCommand(opt), auditCommand(opt), correctCommand(opt), correctionsCommand(opt), rulesCommand(opt), replayCommand(opt), layerCommand(opt),
		trendsCommand(opt), connectorsCommand(opt), networkCommand(opt), userCommand(opt), tokenCommand(opt), accountCommand(opt),
		backupCommand(opt), restoreCommand(opt), benchCommand(opt), healthCommand(), versionCommand(),
	)
	return root
}

// exactly wants n arguments; another number is wrong usage.
func exactly(n int) cobra.PositionalArgs { return between(n, n) }

// between wants low to high arguments; high below 0 means any number.
func between(low, high int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < low:
			return usageError{fmt.Errorf("%s needs an argument", cmd.CommandPath())}
		case high == 0 && len(args) > 0 && cmd.HasSubCommands():
			return usageError{fmt.Errorf("%s has no command %q", cmd.CommandPath(), args[0])}
		case high >= 0 && len(args) > high:
			return usageError{fmt.Errorf("%s takes no argument %q", cmd.CommandPath(), args[high])}
		}
		return nil
	}
}

// oneOf checks a flag against the words that it may be.
func oneOf(flag, value string, words ...string) error {
	for _, w := range words {
		if value == w {
			return nil
		}
	}
	return usageError{fmt.Errorf("--%s is %q; it can be %s", flag, value, strings.Join(words, " or "))}
}

// needed reports a flag that was left out.
func needed(flag, value string) error {
	if value == "" {
		return usageError{fmt.Errorf("--%s is needed", flag)}
	}
	return nil
}
