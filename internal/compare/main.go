// Command compare sets triage beside other ways of doing the same. It is a module of its own, so that the desk depends on none of
// what it is compared with. It owns the figures in specialists.tsv. It promises nothing to anybody but the Makefile.
//
//	compare specialists FILE…          train a plain linear model on each labelled file alone, print its figures on the dev split
//	compare speed [-data DIR]          texts per second on one core: triage, govader, prose
//	compare language [-data DIR] [-all]  accuracy of triage and of lingua-go, restricted to triage's languages
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/earshotdesk/earshot/internal/compare/specialist"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New("say what to compare: specialists, speed or language")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	data := flags.String("data", "../../../shared/data", "folder of labelled files")
	all := flags.Bool("all", false, "judge all rows instead of the dev split")
	twin := flags.String("twin", "", "folder with the languages.bin of a twin that has not seen the dev split; the shipped one when left out")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	switch args[0] {
	case "specialists":
		return specialists(ctx, flags.Args())
	case "speed":
		return speed(ctx, *data)
	case "language":
		return language(ctx, *data, *twin, *all)
	}
	return fmt.Errorf("%q cannot be compared; specialists, speed and language can", args[0])
}

// specialists prints a line for each file: what [specialist.Of] reaches on its dev rows, in per cent.
func specialists(ctx context.Context, files []string) error {
	fmt.Println("file\trows\taccuracy\tmacro_f1")
	for _, file := range files {
		f, err := specialist.Of(ctx, file)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".gz"), ".tsv")
		fmt.Printf("%s\t%d\t%.2f\t%.2f\n", name, f.Rows, 100*f.Accuracy, 100*f.MacroF1)
	}
	return nil
}
