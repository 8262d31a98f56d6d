package triage

import (
	"context"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage/labelled"
)

// Labelled is one row of a labelled file.
type Labelled struct {
	Line  int    // counted from 1, the header being the first
	Lang  string // as the file says; empty where it has no such column
	Text  string
	Label string // as the file has it
}

// Parts of a labelled file.
const (
	PartAll   = "all"
	PartDev   = "dev"   // the rows that training leaves alone: see [labelled.InDev]
	PartTrain = "train" // the others
)

// inPart tells whether a text belongs to the part asked for.
func inPart(part, text string) bool {
	switch part {
	case PartDev:
		return labelled.InDev(text)
	case PartTrain:
		return !labelled.InDev(text)
	}
	return true
}

// ReadLabelled calls fn with each row of a TSV file, perhaps gzipped, in order; rows are not kept. The header names the columns,
// of which text and label are needed and lang is read. An error names the file and the line; fn's own error ends the reading.
func ReadLabelled(ctx context.Context, file string, fn func(Labelled) error) error {
	var cols columns
	return labelled.Lines(ctx, file, func(n int, line string) (err error) {
		fields := strings.Split(line, "\t")
		if n == 1 {
			cols, err = headerOf(file, fields)
			return err
		}
		if len(fields) <= max(cols.text, cols.label) {
			return desk.Invalidf("%s:%d: the row has %d columns; the header promises more, parted by tabs", file, n, len(fields))
		}
		row := Labelled{Line: n, Text: fields[cols.text], Label: fields[cols.label]}
		if cols.lang >= 0 && cols.lang < len(fields) {
			row.Lang = fields[cols.lang]
		}
		return fn(row)
	})
}

// columns are the places of what a row needs.
type columns struct{ lang, text, label int }

func headerOf(file string, fields []string) (columns, error) {
	c := columns{lang: slices.Index(fields, "lang"), text: slices.Index(fields, "text"), label: slices.Index(fields, "label")}
	if c.text < 0 || c.label < 0 {
		return c, desk.Invalidf("%s:1: the header must name the columns text and label, parted by tabs", file)
	}
	return c, nil
}
