package train_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/train"
)

// languageRows are short sentences of our own, enough of them that some are in the dev part.
func languageRows() []train.LanguageRow {
	words := map[string][3][]string{
		"en": {{"the parcel", "my order", "this phone", "your shop"}, {"is", "was", "has been", "will be"}, {"late", "broken", "lost", "great"}},
		"hu": {{"a csomag", "a rendelés", "ez a telefon", "az üzlet"}, {"nagyon", "megint", "mindig", "ma is"}, {"késik", "elromlott", "elveszett", "kiváló"}},
		"el": {{"το δέμα", "η παραγγελία", "αυτό το κινητό", "το μαγαζί"}, {"είναι", "ήταν", "θα είναι", "δεν είναι"}, {"αργά", "χαλασμένο", "χαμένο", "τέλειο"}},
		"sr": {{"pošiljka", "porudžbina", "ovaj telefon", "prodavnica"}, {"je", "opet", "uvek", "danas"}, {"kasni", "pokvaren", "izgubljen", "odličan"}},
		"ru": {{"посылка", "заказ", "этот телефон", "магазин"}, {"опять", "всегда", "сегодня", "очень"}, {"опоздал", "сломан", "потерян", "отличный"}},
	}
	var rows []train.LanguageRow
	for label, parts := range words {
		for _, a := range parts[0] {
			for _, b := range parts[1] {
				for _, c := range parts[2] {
					rows = append(rows, train.LanguageRow{File: "own." + label, Label: label, Text: fmt.Sprintf("%s %s %s", a, b, c)})
				}
			}
		}
	}
	return rows
}

func smallOptions() train.LanguageOptions {
	opt := train.LanguageDefaults()
	opt.Bits, opt.Words, opt.PerLanguage, opt.Epochs = 12, 40, 300, 4
	return opt
}

func TestTrainLanguage(t *testing.T) {
	t.Parallel()
	m, report, err := train.TrainLanguage(t.Context(), languageRows(), smallOptions())
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"the shop was great today":   "en",
		"mindig késik ez a csomag":   "hu",
		"i paraggelia itan xameni":   "el-latn",
		"danas kasni porudžbina":     "sr",
		"данас касни поруџбина":      "sr",
		"этот магазин очень хорош":   "ru",
		"nagyon elromlott a telefon": "hu",
		"το δέμα δεν είναι στο ΑΤΜ":  "el",
	} {
		var doc text.Doc
		doc.Read(in)
		if g := m.Judge(&doc, ""); g.Label != want {
			t.Errorf("%q: %+v, want %s", in, g, want)
		}
	}
	if s := report.Files["own.hu"]; s == nil || s.Rows == 0 || s.Accuracy < 0.9 || s.ECE > 0.2 {
		t.Errorf("report of Hungarian: %+v", s)
	}
	if report.Dev == 0 || report.Rows != 5*64 {
		t.Errorf("%d rows, %d of them dev", report.Rows, report.Dev)
	}
}

// TestTrainLanguageTwice wants the same model from the same seed, and another from another.
func TestTrainLanguageTwice(t *testing.T) {
	t.Parallel()
	opt := smallOptions()
	opt.PerLanguage, opt.Epochs = 100, 1
	rows := languageRows()
	first, _, err := train.TrainLanguage(t.Context(), rows, opt)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := train.TrainLanguage(t.Context(), languageRows(), opt) // its languages come in another order
	if err != nil {
		t.Fatal(err)
	}
	opt.WithoutDev = true
	twin, report, err := train.TrainLanguage(t.Context(), rows, opt)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first.Bytes(), twin.Bytes()) || twin != report.Twin {
		t.Error("the twin that has not seen the dev rows is the model that has")
	}
	opt.WithoutDev = false
	opt.Seed++
	other, _, err := train.TrainLanguage(t.Context(), rows, opt)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		t.Error("the same seed gives two models")
	}
	if bytes.Equal(first.Bytes(), other.Bytes()) {
		t.Error("another seed gives the same model")
	}
}

func TestTrainLanguageRefuses(t *testing.T) {
	t.Parallel()
	if _, _, err := train.TrainLanguage(t.Context(), nil, smallOptions()); err == nil {
		t.Error("no rows, no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := train.TrainLanguage(ctx, languageRows(), smallOptions()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
