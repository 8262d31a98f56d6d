package specialist

import (
	"context"
	"fmt"

	"github.com/earshotdesk/earshot/triage"
	"github.com/earshotdesk/earshot/triage/labelled"
)

// Figures are how well a specialist did on the dev rows of its file.
type Figures struct {
	Rows              int
	Accuracy, MacroF1 float64 // fractions of 1
}

// Of trains on the rows of a labelled file that are outside the dev split and tests on those inside. Labels are folded and left out
// as `earshot evaluate` does.
func Of(ctx context.Context, file string) (Figures, error) {
	fold, err := triage.LabelsOf(file)
	if err != nil {
		return Figures{}, err
	}
	var train, dev []Row
	err = triage.ReadLabelled(ctx, file, func(l triage.Labelled) error {
		switch label := fold(l.Label); {
		case label == "":
		case labelled.InDev(l.Text):
			dev = append(dev, Row{l.Text, label})
		default:
			train = append(train, Row{l.Text, label})
		}
		return nil
	})
	if err != nil {
		return Figures{}, err
	}
	if len(train) == 0 || len(dev) == 0 {
		return Figures{}, fmt.Errorf("%s has %d rows to train on and %d to test on", file, len(train), len(dev))
	}
	m := Train(train)
	confusion := map[string]map[string]int{}
	for _, r := range dev {
		if confusion[r.Label] == nil {
			confusion[r.Label] = map[string]int{}
		}
		confusion[r.Label][m.Label(r.Text)]++
	}
	f := Figures{Rows: len(dev)}
	f.Accuracy, f.MacroF1, _ = triage.FiguresOf(confusion)
	return f, nil
}
