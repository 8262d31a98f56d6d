// Package labelled reads files of labelled texts line by line, and says which texts training leaves alone. It is shared by what
// judges such files and what learns from them, which must agree on that.
package labelled

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
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

const longest = 16 << 20 // bytes of one line

// InDev tells whether a text belongs to the fifth of all texts that training leaves alone, so that a model can be judged by
// them: the second byte of the text's SHA-256 is divisible by five. The same text is always on the same side, in every file.
func InDev(text string) bool {
	sum := sha256.Sum256([]byte(text))
	return sum[1]%5 == 0
}

// Lines calls fn with each line of a file, perhaps gzipped, and its number, counted from 1, without what ends
// it or marks its byte order. An error names the file and the line; fn's own error ends the reading.
func Lines(ctx context.Context, file string, fn func(n int, line string) error) (err error) {
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
	sc.Buffer(nil, longest)
	n := 1
	for ; sc.Scan(); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return fmt.Errorf("reading %s: %w", file, ctx.Err())
		}
		line := strings.TrimSuffix(sc.Text(), "\r")
		if n == 1 {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if err := fn(n, line); err != nil {
			return err
		}
	}
	switch {
	case errors.Is(sc.Err(), bufio.ErrTooLong):
		return desk.Invalidf("%s:%d: the row is longer than %d MB", file, n, longest>>20)
	case sc.Err() != nil:
		return desk.Invalidf("%s:%d: reading stopped: %v", file, n, sc.Err())
	case n == 1:
		return desk.Invalidf("%s:1: the file is empty", file)
	}
	return nil
}

// Name is the name of a labelled file without folder and endings: "sentiment.airline.en".
func Name(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), ".gz")
	return strings.TrimSuffix(strings.TrimSuffix(name, ".tsv"), ".jsonl")
}
