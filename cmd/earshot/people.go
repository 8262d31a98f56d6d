package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
	"github.com/earshotdesk/earshot/internal/desk"
)

func userCommand(opt *app.Options) *cobra.Command {
	var u desk.User
	var role string
	add := &cobra.Command{
		Use: "add --email ADDRESS --role ROLE", Short: "Add a person and print a one-time link that sets the password", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needed("email", u.Email); err != nil {
				return err
			}
			if err := oneOf("role", role, "marketing", "agent", "manager", "admin"); err != nil {
				return err
			}
			u.Role = desk.Role(role)
			return app.AddUser(cmd.Context(), *opt, u)
		},
	}
	add.Flags().StringVar(&u.Email, "email", "", "address to log in with")
	add.Flags().StringVar(&role, "role", "", "marketing, agent, manager or admin")
	add.Flags().StringVar(&u.Name, "name", "", "as colleagues call the person")
	add.Flags().StringSliceVar(&u.Brands, "brand", nil, "brands that the person may see; all when left out")
	cmd := &cobra.Command{Use: "user", Short: "About people", Args: exactly(0), RunE: needsCommand}
	cmd.AddCommand(add)
	return cmd
}

func tokenCommand(opt *app.Options) *cobra.Command {
	var email, name, life string
	add := &cobra.Command{
		Use: "add --email ADDRESS", Short: "Hand out a token of the API, with the rights of a person", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needed("email", email); err != nil {
				return err
			}
			var d desk.Duration
			if life != "" {
				var err error
				if d, err = desk.ParseDuration(life); err != nil || d <= 0 {
					return usageError{fmt.Errorf("--expires is %q; write for example 90d", life)}
				}
			}
			return app.AddToken(cmd.Context(), *opt, email, name, d.Std())
		},
	}
	add.Flags().StringVar(&email, "email", "", "whose rights it has")
	add.Flags().StringVar(&name, "name", "", "what it is for")
	add.Flags().StringVar(&life, "expires", "", "after this long, for example 90d; never when left out")
	cmd := &cobra.Command{Use: "token", Short: "About tokens of the API", Args: exactly(0), RunE: needsCommand}
	cmd.AddCommand(add)
	return cmd
}
