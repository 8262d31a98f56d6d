package file

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
)

// rows decides the format and reads the header, if the format has one.
func (in *input) rows(path string, o Options) (rows, error) {
	first, err := in.lines.next()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	format := o.Format
	if format == "" {
		format = guessFormat(path, first.text)
	}
	if format == "jsonl" || errors.Is(err, io.EOF) {
		if err == nil {
			in.lines.back(first)
		}
		return &objects{lines: in.lines}, nil
	}
	t := &table{lines: in.lines, quotes: o.Quotes == "double" || o.Quotes == "" && format == "csv"}
	switch sep, ok := strings.CutPrefix(strings.ToLower(first.text), "sep="); {
	case ok && len(sep) == 1:
		t.delimiter = sep[0]
		if first, err = in.lines.next(); errors.Is(err, io.EOF) {
			return &objects{lines: in.lines}, nil
		} else if err != nil {
			return nil, err
		}
	case format == "tsv":
		t.delimiter = '\t'
	default:
		t.delimiter = guessDelimiter(first.text)
	}
	if o.Delimiter != "" {
		t.delimiter = o.Delimiter[0]
	}
	in.lines.back(first)
	if len(o.Columns) > 0 {
		t.header = o.Columns
		return t, nil
	}
	return t, t.readHeader()
}

// guessFormat goes by the name, then by the first line.
func guessFormat(path, first string) string {
	switch filepath.Ext(strings.TrimSuffix(strings.ToLower(path), ".gz")) {
	case ".csv":
		return "csv"
	case ".tsv", ".tab":
		return "tsv"
	case ".jsonl", ".ndjson", ".json":
		return "jsonl"
	}
	switch {
	case strings.HasPrefix(strings.TrimSpace(first), "{"):
		return "jsonl"
	case strings.Contains(first, "\t"):
		return "tsv"
	}
	return "csv"
}

// guessDelimiter counts the candidates outside of quotes; the comma wins when there is none.
func guessDelimiter(header string) byte {
	var count [256]int
	quoted := false
	for i := range len(header) {
		if header[i] == '"' {
			quoted = !quoted
		} else if !quoted {
			count[header[i]]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t|") {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}
