package triage

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
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
	PartDev   = "dev"   // the rows that training leaves alone: see [InDev]
	PartTrain = "train" // the others
)

// InDev tells whether a text belongs to the fifth of all texts that training leaves alone, so that a model can be judged by
// them: the second byte of the text's SHA-256 is divisible by five. The same text is always on the same side, in every file.
func InDev(text string) bool {
	sum := sha256.Sum256([]byte(text))
	return sum[1]%5 == 0
}

// inPart tells whether a text belongs to the part asked for.
func inPart(part, text string) bool {
	switch part {
	case PartDev:
		return InDev(text)
	case PartTrain:
		return !InDev(text)
	}
	return true
}

// ReadLabelled calls fn with each row of a TSV file, perhaps gzipped, in order; rows are not kept. The header names the columns,
// of which text and label are needed and lang is read. An error names the file and the line; fn's own error ends the reading.
func ReadLabelled(ctx context.Context, file string, fn func(Labelled) error) error {
	var cols columns
	return readLines(ctx, file, func(n int, line string) (err error) {
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

// readLines calls fn with each line of a file, perhaps gzipped, and its number, counted from 1.
func readLines(ctx context.Context, file string, fn func(n int, line string) error) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("opening labelled texts: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var in io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return desk.Invalidf("%s:1: the file cannot be unpacked: %v", file, err)
		}
	}
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, maxLine)
	n := 1
	for ; sc.Scan(); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return fmt.Errorf("reading %s: %w", file, ctx.Err())
		}
		if err := fn(n, strings.TrimSuffix(sc.Text(), "\r")); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(sc.Err(), bufio.ErrTooLong):
		return desk.Invalidf("%s:%d: the row is longer than %d MB", file, n, maxLine>>20)
	case sc.Err() != nil:
		return desk.Invalidf("%s:%d: reading stopped: %v", file, n, sc.Err())
	case n == 1:
		return desk.Invalidf("%s:1: the file is empty", file)
	}
	return nil
}

// columns are the places of what a row needs.
type columns struct{ lang, text, label int }

func headerOf(file string, fields []string) (columns, error) {
	fields[0] = strings.TrimPrefix(fields[0], "\ufeff")
	c := columns{lang: slices.Index(fields, "lang"), text: slices.Index(fields, "text"), label: slices.Index(fields, "label")}
	if c.text < 0 || c.label < 0 {
		return c, desk.Invalidf("%s:1: the header must name the columns text and label, parted by tabs", file)
	}
	return c, nil
}

// bareName is the name of a labelled file without folder and endings: "sentiment.airline.en".
func bareName(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), ".gz"), ".tsv")
}
