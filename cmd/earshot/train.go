package main

import (
	"github.com/spf13/cobra"

	"github.com/earshotdesk/earshot/internal/app"
)

func trainCommand(opt *app.Options) *cobra.Command {
	var what app.TrainOptions
	cmd := &cobra.Command{
		Use: "train --data DIR", Short: "Learn the models that judge texts from labelled files", Args: exactly(0),
		Long: "Learns the models that judge texts from the labelled files (TSV or JSON lines, perhaps gzipped) that TRAIN.txt of a folder lists, as a recipe says.\n" +
			"Writes earshot.model, languages.bin and MODEL_CARD.md; the same files, recipe and seed give the same models. Takes minutes and some GB of memory.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := needed("data", what.Data); err != nil {
				return err
			}
			if err := oneOf("only", what.Only, "", "model", "languages"); err != nil {
				return err
			}
			return app.Train(cmd.Context(), *opt, what)
		},
	}
	f := cmd.Flags()
	f.StringVar(&what.Data, "data", "", "folder of labelled files with TRAIN.txt and perhaps EVAL-ONLY.txt, which list them")
	f.StringVar(&what.Recipe, "recipe", "", "file that says what teaches what; the built-in one when left out")
	f.StringVar(&what.Out, "out", "trained", "folder to write to")
	f.StringVar(&what.TwinDir, "twin", "", "folder for the twins that the card's figures are of")
	f.Uint64Var(&what.Seed, "seed", 1, "equal seeds give equal models")
	f.BoolVar(&what.Free, "free", false, "read only files under licences that the recipe calls free")
	f.BoolVar(&what.WithoutDev, "without-dev", false, "leave out the dev rows, a fifth, so that the models can be judged by them")
	f.StringVar(&what.Only, "only", "", "model or languages: train one, and write no card")
	f.BoolVar(&what.CostOfFree, "cost-of-free", false, "train a twin from free licences, too, and say in the card what they cost")
	f.StringVar(&what.Reference, "reference", "", "TSV of file and macro-F1 in per cent to compare with")
	return cmd
}
