package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
)

func serveCommand(opt *app.Options) *cobra.Command {
	var once bool
	var roles string
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the desk", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := app.ParseRoles(roles)
			if err != nil {
				return usageError{err}
			}
			return app.Serve(cmd.Context(), *opt, r, once)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "poll every source once, carry out what is due, then end")
	cmd.Flags().StringVar(&roles, "roles", "", "what this process does: poll, work, web; all of them when empty")
	cmd.Flags().StringVar(&opt.Listen, "listen", "", "address and port, instead of the configured one")
	return cmd
}

func checkCommand(opt *app.Options) *cobra.Command {
	var live bool
	cmd := &cobra.Command{
		Use: "check [FILE]", Short: "Read the configuration and name every mistake with its place", Args: between(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				opt.Config = args[0]
			}
			return app.Check(cmd.Context(), *opt, live)
		},
	}
	cmd.Flags().BoolVar(&live, "live", false, "ask every source and target, too")
	return cmd
}

func configCommand(opt *app.Options) *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "About the configuration", Args: exactly(0), RunE: needsCommand}
	cmd.AddCommand(
		&cobra.Command{
			Use: "schema", Short: "Print the JSON Schema of the configuration, for editors", Args: exactly(0),
			RunE: func(*cobra.Command, []string) error { return app.Schema(*opt) },
		},
		&cobra.Command{
			Use: "show", Short: "Print the configuration in force, secrets hidden", Args: exactly(0),
			RunE: func(*cobra.Command, []string) error { return app.Show(*opt) },
		},
	)
	return cmd
}

func needsCommand(cmd *cobra.Command, _ []string) error {
	return usageError{fmt.Errorf("%s needs a command", cmd.CommandPath())}
}

func pollCommand(opt *app.Options) *cobra.Command {
	var source, format string
	var dry bool
	cmd := &cobra.Command{
		Use: "poll --source NAME", Short: "Poll one source once", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needed("source", source); err != nil {
				return err
			}
			if err := oneOf("format", format, "jsonl"); err != nil {
				return err
			}
			return app.Poll(cmd.Context(), *opt, source, dry)
		},
	}
	cmd.Flags().StringVar(&source, "source", "", "name of the source")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "store nothing, print the mentions with their verdicts")
	cmd.Flags().StringVar(&format, "format", "jsonl", "of the mentions printed by --dry-run: jsonl")
	return cmd
}

func importCommand(opt *app.Options) *cobra.Command {
	var in app.ImportOptions
	cmd := &cobra.Command{
		Use: "import --source NAME FILE", Short: "Read mentions from a CSV, TSV or JSON Lines file, .gz too", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := needed("source", in.Source); err != nil {
				return err
			}
			in.File = args[0]
			return app.Import(cmd.Context(), *opt, in)
		},
	}
	cmd.Flags().StringVar(&in.Source, "source", "", "name that the mentions carry; a configured source lends its settings")
	cmd.Flags().StringVar(&in.Map, "map", "", "which column is what: ours=theirs,… for example text=body,id=ticket")
	cmd.Flags().StringVar(&in.Brand, "brand", "", "brand that the mentions are about")
	cmd.Flags().BoolVar(&in.OpenCases, "open-cases", false, "open cases as if the mentions were new")
	return cmd
}

func connectorsCommand(opt *app.Options) *cobra.Command {
	var format, sample string
	cmd := &cobra.Command{
		Use: "connectors [KIND]", Short: "What each kind of connector can do, or all about one", Args: between(0, 1),
		RunE: func(_ *cobra.Command, args []string) error {
			if sample != "" {
				return app.Sample(*opt, sample)
			}
			if err := oneOf("format", format, "table", "json", "markdown"); err != nil {
				return err
			}
			kind := ""
			if len(args) == 1 {
				kind = args[0]
			}
			return app.Connectors(*opt, kind, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, json, or markdown as in the docs")
	cmd.Flags().StringVar(&sample, "sample", "", "print the commented settings of this kind")
	return cmd
}

func backupCommand(opt *app.Options) *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write everything the desk knows into a file, while it runs", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.Backup(cmd.Context(), *opt, args[0]) },
	}
}

func restoreCommand(opt *app.Options) *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Fill the configured, empty database from a backup", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.Restore(cmd.Context(), *opt, args[0]) },
	}
}

func healthCommand() *cobra.Command {
	var url string
	cmd := &cobra.Command{
		Use: "health", Short: "Ask a running desk whether it is well", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return app.Health(cmd.Context(), url) },
	}
	cmd.Flags().StringVar(&url, "url", "http://127.0.0.1:8080", "address of the desk")
	return cmd
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "earshot %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
