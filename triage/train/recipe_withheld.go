package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/internal/text"
	"github.com/earshotdesk/earshot/triage/labelled"
)

// The lists of a folder of labelled files.
const (
	trainList = "TRAIN.txt"
	evalList  = "EVAL-ONLY.txt"
)

// listed reads a list of files, in order of their names, each once.
func listed(dir, list string) ([]string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, list))
	if err != nil {
		return nil, fmt.Errorf("reading which files there are: %w", err)
	}
	var out []string
	n := 0
	for line := range strings.Lines(string(raw)) {
		n++
		name := strings.TrimSpace(line)
		if name == "" || name[0] == '#' {
			continue
		}
		if name != filepath.Base(name) {
			return nil, desk.Invalidf("%s:%d: %q is no file of this folder", filepath.Join(dir, list), n, name)
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// withheld is what must not be learned from: files that are for evaluation only, and their texts wherever else they stand.
type withheld struct {
	files map[string]bool     // by bare name
	texts map[string][]string // by key, the files where it stands
	doc   text.Doc
}

// withhold reads the files for evaluation only. A folder may have none.
func withhold(ctx context.Context, dir string) (*withheld, error) {
	w := &withheld{files: map[string]bool{}, texts: map[string][]string{}}
	names, err := listed(dir, evalList)
	if errors.Is(err, fs.ErrNotExist) {
		return w, nil
	}
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		w.files[labelled.Name(name)] = true
		err := readRows(ctx, filepath.Join(dir, name), func(r row) error {
			key := w.key(r.text)
			if in := w.texts[key]; !slices.Contains(in, labelled.Name(name)) {
				w.texts[key] = append(in, labelled.Name(name))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// leastAlike is how many letters a text has to have before another case, other handles and other signs make it no other text.
const leastAlike = 25

// key is the same for texts that are one and the same.
func (w *withheld) key(s string) string {
	s = strings.TrimSpace(s)
	w.doc.Read(s)
	var b strings.Builder
	letters := 0
	for i, t := range w.doc.Tokens {
		switch t.Kind {
		case text.Word, text.Number, text.Hashtag:
			word := strings.TrimPrefix(string(w.doc.Word(i)), "#")
			letters += utf8.RuneCountInString(word)
			b.WriteString(word)
			b.WriteByte(' ')
		}
	}
	if letters < leastAlike {
		return "=" + s
	}
	return b.String()
}

// has tells whether a text stands in a file for evaluation other than those beside which it may be learned from.
func (w *withheld) has(s string, beside []string) bool {
	if len(w.texts) == 0 {
		return false
	}
	return slices.ContainsFunc(w.texts[w.key(s)], func(file string) bool { return !slices.Contains(beside, file) })
}
