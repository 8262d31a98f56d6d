package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
)

func accountCommand(opt *app.Options) *cobra.Command {
	token := &cobra.Command{
		Use: "token NAME", Short: "Read an account's token from standard input and keep it, encrypted", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.SetToken(cmd.Context(), *opt, args[0], cmd.InOrStdin())
		},
	}
	disconnect := &cobra.Command{
		Use: "disconnect NAME", Short: "Forget what the desk keeps for an account: its grant and its token", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.Disconnect(cmd.Context(), *opt, args[0]) },
	}
	cmd := &cobra.Command{Use: "account", Short: "About the accounts that answer in public", Args: exactly(0), RunE: needsCommand}
	cmd.AddCommand(connectCommand(opt), accountListCommand(opt), token, disconnect)
	return cmd
}

func connectCommand(opt *app.Options) *cobra.Command {
	var port int
	cmd := &cobra.Command{
		Use: "connect NAME", Short: "Connect an account to its network, in the browser where a person must consent", Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if port < 0 || port > 65535 {
				return usageError{fmt.Errorf("--port is %d; it can be 1 to 65535", port)}
			}
			return app.Connect(cmd.Context(), *opt, args[0], port)
		},
	}
	cmd.Flags().IntVar(&port, "port", 0, "of 127.0.0.1, to which the browser comes back; any free one when left out")
	return cmd
}

func accountListCommand(opt *app.Options) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use: "list", Short: "How the accounts stand: whose they are, what they may do, when they end", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("format", format, "table", "json"); err != nil {
				return err
			}
			return app.Accounts(cmd.Context(), *opt, format == "json")
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table or json")
	return cmd
}
