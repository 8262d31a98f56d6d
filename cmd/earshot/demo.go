package main

import (
	"cmp"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
	"github.com/earshotdesk/earshot/internal/desk"
)

func demoCommand(opt *app.Options) *cobra.Command {
	d := app.DemoOptions{Seed: 1}
	cmd := &cobra.Command{
		Use: "demo", Short: "Run the desk with a demonstration: invented company, small public network", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("config") {
				opt.Config = "configs/demo/earshot.yaml"
			}
			return app.Demo(cmd.Context(), *opt, d)
		},
	}
	cmd.Flags().StringVar(&opt.Listen, "listen", "", "address and port of the desk, instead of the configured one")
	networkFlags(cmd, &d)
	return cmd
}

func networkFlags(cmd *cobra.Command, d *app.DemoOptions) {
	name := "listen"
	if cmd.Name() == "demo" {
		name = "network-listen"
	}
	cmd.Flags().StringVar(&d.Listen, name, "127.0.0.1:8090", "address and port of the public network")
	cmd.Flags().StringVar(&d.Data, "data", "demo-network.jsonl", "file that keeps what was said on it")
	cmd.Flags().DurationVar(&d.Pace, "pace", 4*time.Second, "between two happenings on it at first")
	cmd.Flags().Uint64Var(&d.Seed, "seed", 1, "equal seeds give equal lives")
}

func networkCommand(opt *app.Options) *cobra.Command {
	d := app.DemoOptions{Token: desk.Secret(cmp.Or(os.Getenv("DEMO_TOKEN"), "demo"))}
	var live bool
	cmd := &cobra.Command{
		Use: "demo-network", Short: "Run the demonstration's public network alone", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !live {
				d.Pace = 0
			}
			return app.Network(cmd.Context(), *opt, d)
		},
	}
	networkFlags(cmd, &d)
	cmd.Flags().BoolVar(&d.Control, "control", false, "serve /control, by which tests make it misbehave; has no password")
	cmd.Flags().BoolVar(&live, "live", true, "let invented people post")
	cmd.Flags().StringVar(&d.Account, "account", "acme", "handle of the company; its token is DEMO_TOKEN, or demo")
	cmd.Flags().StringVar(&d.Feed, "feed", "configs/demo/feed.xml", "file that is served as the company's blog")
	return cmd
}
