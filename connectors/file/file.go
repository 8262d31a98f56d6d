// Package file reads mentions from CSV, TSV and JSON Lines files, plain or gzipped.
//
// It is two things: the connector of kind "file", which polls a file or a glob of files and takes what was appended since, and
// the [Reader] behind it, which an import uses directly. Memory stays the same however large a file is.
//
// The package promises that a row is never lost without a word: what cannot be read becomes poison with its line number and a
// sentence, and reading goes on at the next line. A reader that resumes from its cursor continues exactly where that cursor was
// taken; a file that was replaced is read from its beginning.
package file

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/connectors"
	"github.com/earshotdesk/earshot/internal/desk"
)

//go:embed sample.yaml
var sample string

const (
	batchRows = 500              // of one poll
	settled   = 10 * time.Second // after its last change a file's unfinished last line is taken as it is
)

// Spec describes the kind "file".
func Spec() connectors.Spec {
	return connectors.Spec{
		Kind:    "file",
		Title:   "File",
		Group:   connectors.GroupOther,
		Summary: "CSV, TSV and JSON Lines files, plain or gzipped: exports of review sites, help desks and surveys",
		Sample:  sample,
		Caps:    connectors.Capabilities{Polls: true, Certainty: connectors.CertainNone, SeesEdits: true},
		Options: &Options{},
		New:     newConnector,
	}
}

func newConnector(env connectors.Env, decode func(any) error) (connectors.Connector, error) {
	var o Options
	if err := decode(&o); err != nil {
		return nil, err
	}
	if o.Path == "" {
		return nil, desk.Invalidf("a file source needs path: a file such as reviews.csv, or a glob such as exports/*.csv.gz")
	}
	if _, err := filepath.Match(o.Path, ""); err != nil {
		return nil, desk.Invalidf("path: %q is not a glob that can be understood; is a [ left open?", o.Path)
	}
	if o.Site == "" {
		o.Site = string(env.Source.Site)
	}
	if o.Site == "" {
		o.Site = "file:" + env.Source.Name
	}
	if _, err := o.prepare(); err != nil {
		return nil, err
	}
	if env.Now == nil {
		env.Now = time.Now
	}
	return &poller{env: env, opt: o}, nil
}

// poller is the connector. Between polls of one walk it keeps its reader open, because finding the place again in a gzipped file
// means to unpack all that is before it; the cursor alone decides where reading goes on.
type poller struct {
	env  connectors.Env
	opt  Options
	open *Reader
	name string // of the open reader's file, as the cursor spells it
}

// Poll reads at most 500 rows beyond the cursor.
func (p *poller) Poll(ctx context.Context, since connectors.Cursor) (connectors.Batch, error) {
	names, err := p.match()
	if err != nil {
		return connectors.Batch{}, err
	}
	stands, next := parseCursor(string(since)), cursor{Files: map[string]position{}}
	var b connectors.Batch
	var failures []error
	for _, name := range names {
		at, known := stands.Files[name]
		if err := ctx.Err(); err != nil {
			return connectors.Batch{}, err
		}
		if room := batchRows - len(b.Mentions) - len(b.Poison); room > 0 && !b.More {
			if at, err = p.read(ctx, name, at, room, len(names) > 1, &b); err != nil {
				failures = append(failures, err)
			}
			known = true
		} else if !at.Done {
			b.More = true
		}
		if known {
			next.Files[name] = at
		}
	}
	b.Next = connectors.Cursor(next.String())
	if b.More {
		return b, nil // what failed fails again on the last batch of this walk, and is said there without holding up the others
	}
	return b, errors.Join(failures...)
}

// Check says whether there is something to read and whether it can be understood.
func (p *poller) Check(context.Context) error {
	names, err := p.match()
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return desk.Invalidf("no file matches %s", p.opt.Path)
	}
	for _, name := range names {
		r, err := Open(p.path(name), p.opt)
		if err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (p *poller) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.env.Dir, name)
}

// match lists the files in alphabetical order, spelled as the configuration spells them. A glob may match nothing yet.
func (p *poller) match() ([]string, error) {
	if !strings.ContainsAny(p.opt.Path, `*?[`) {
		return []string{p.opt.Path}, nil
	}
	paths, err := filepath.Glob(p.path(p.opt.Path))
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", p.opt.Path, err)
	}
	names := make([]string, 0, len(paths))
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue // gone since, or a folder that the glob happens to match
		}
		name := path
		if !filepath.IsAbs(p.opt.Path) {
			if rel, err := filepath.Rel(p.env.Dir, path); err == nil {
				name = rel
			}
		}
		names = append(names, name)
	}
	return names, nil
}

// read takes up to room rows of one file into the batch and returns where the file stands then.
func (p *poller) read(ctx context.Context, name string, at position, room int, many bool, b *connectors.Batch) (position, error) {
	info, err := os.Stat(p.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return at, desk.Invalidf("there is no file %s", name)
	}
	if err != nil {
		return at, fmt.Errorf("looking at %s: %w", name, err)
	}
	if at.Done && at.Size == info.Size() && at.Changed == info.ModTime().UnixNano() {
		return at, nil
	}
	r, err := p.reader(ctx, name, at)
	if err != nil {
		return at, err
	}
	r.whole = p.env.Now().Sub(info.ModTime()) >= settled
	chunk, err := r.Next(room)
	b.Mentions = append(b.Mentions, chunk.Mentions...)
	for _, poison := range chunk.Poison {
		if many {
			poison.Err = name + ": " + poison.Err
		}
		b.Poison = append(b.Poison, poison)
	}
	at = r.position()
	if chunk.More && err == nil {
		b.More, p.open, p.name = true, r, name
		return at, nil
	}
	p.open = nil
	return at, errors.Join(err, r.Close())
}

// reader opens a file at a position, or goes on with the one that stands there already.
func (p *poller) reader(ctx context.Context, name string, at position) (*Reader, error) {
	if r := p.open; r != nil {
		p.open = nil
		if p.name == name && r.position() == at {
			return r, nil
		}
		if err := r.Close(); err != nil {
			return nil, err
		}
	}
	r, err := Open(p.path(name), p.opt)
	if err != nil {
		return nil, err
	}
	if _, err := r.resume(ctx, at); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}
