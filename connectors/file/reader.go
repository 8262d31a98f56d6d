package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/earshotdesk/earshot/connectors/internal/record"
	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	headBytes  = 4096    // that tell whether a file is still the same
	chunkBytes = 8 << 20 // of one call of Next, however many rows were asked for
	keepRaw    = 64 << 10
)

// Chunk is a stretch of a file.
type Chunk struct {
	Mentions []desk.Mention
	Poison   []desk.Poison // rows that could not be read; Err begins with "line N: "
	More     bool          // the file goes on
	Read     int64         // bytes of the file on disk that were read so far
	Total    int64         // its size on disk when it was opened
}

// Reader reads the rows of one file in order. It is not safe for concurrent use.
type Reader struct {
	path  string
	in    *input
	rows  rows
	build *record.Builder
	opt   Options
	whole bool // an unfinished last line counts as a row
	at    position
}

// rows splits a stream into rows. At the end it returns io.EOF.
type rows interface {
	next(whole bool) (row, error)
}

// row is one record: what it says by the names of its columns, or why it cannot be read.
type row struct {
	names, values []string
	raw           string
	line          int    // of its first line, counted from 1
	bad           string // a sentence; empty when well
	end           place
}

// Open opens a file and reads its header. It guesses what the options leave open. Errors are sentences that name the file.
func Open(path string, o Options) (*Reader, error) {
	ready, err := o.prepare()
	if err != nil {
		return nil, err
	}
	in, err := openInput(path, o.Encoding)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path, in: in, whole: true, build: ready, opt: o}
	if r.rows, err = in.rows(path, o); err == nil {
		err = r.checkColumns()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", filepath.Base(path), err), in.Close())
	}
	r.stand(place{offset: in.lines.offset, line: in.lines.line})
	return r, nil
}

// checkColumns finds a mapping to a column that a file with a header does not have.
func (r *Reader) checkColumns() error {
	t, ok := r.rows.(*table)
	if !ok || t.header == nil {
		return nil
	}
	return r.build.Check(t.header)
}

// Next reads up to limit rows. At the end of the file it returns what is left and More is false; asking again returns nothing.
// An error, such as damaged compression, may come with rows that were read before it.
func (r *Reader) Next(limit int) (Chunk, error) {
	var c Chunk
	begin := r.at.Offset
	for c.More = true; len(c.Mentions)+len(c.Poison) < limit && r.at.Offset-begin < chunkBytes; {
		row, err := r.rows.next(r.whole)
		if errors.Is(err, io.EOF) {
			c.More = false
			r.at.Done = !r.in.lines.partial
			break
		}
		if err != nil {
			c.Read, c.Total = r.in.progress()
			return c, fmt.Errorf("%s is damaged after line %d: %w", filepath.Base(r.path), r.at.Line, err)
		}
		r.stand(row.end)
		r.take(row, &c)
	}
	c.Read, c.Total = r.in.progress()
	return c, nil
}

// take adds a row to the chunk as a mention or as poison. Empty rows leave no trace.
func (r *Reader) take(row row, c *Chunk) {
	m, empty, err := desk.Mention{}, false, error(nil)
	if row.bad != "" {
		err = errors.New(row.bad)
	} else {
		m, empty, err = r.build.Mention(record.Row{Names: row.names, Values: row.values, Raw: row.raw})
	}
	switch {
	case err != nil:
		why := strings.ReplaceAll(err.Error(), "\n", "; ")
		raw := []byte(row.raw[:min(len(row.raw), keepRaw)])
		c.Poison = append(c.Poison, desk.Poison{Err: fmt.Sprintf("line %d: %s", row.line, why), Raw: raw})
	case !empty:
		c.Mentions = append(c.Mentions, m)
	}
}

// stand notes where the reader is now.
func (r *Reader) stand(p place) {
	head := int(min(int64(len(r.in.head)), p.offset))
	if r.at.Head != head || r.at.Print == "" {
		r.at.Head, r.at.Print = head, fingerprint(r.in.head[:head])
	}
	r.at.Size, r.at.Changed = r.in.size, r.in.changed
	r.at.Offset, r.at.Line, r.at.Done = p.offset, p.line, false
}

func (r *Reader) position() position { return r.at }

// Cursor returns where the reader stands, fit for the Cursor of an intake. [Reader.Resume] takes it.
func (r *Reader) Cursor() string { return cursor{Files: map[string]position{"": r.at}}.String() }

// Resume goes to where a reader of the same file stood. It returns false, and the reader stays at the beginning, when the cursor
// is empty or the file was replaced since: when its beginning differs, or when it has become shorter.
func (r *Reader) Resume(ctx context.Context, at string) (bool, error) {
	return r.resume(ctx, parseCursor(at).Files[""])
}

func (r *Reader) resume(ctx context.Context, at position) (bool, error) {
	here := r.at.Offset
	if at.Offset < here || at.Print == "" || at.Head > len(r.in.head) || fingerprint(r.in.head[:at.Head]) != at.Print {
		return false, nil
	}
	there, err := r.in.skip(ctx, place{offset: at.Offset, line: at.Line})
	if err != nil {
		return false, fmt.Errorf("finding the place in %s: %w", filepath.Base(r.path), err)
	}
	if !there {
		return false, r.rewind()
	}
	r.stand(place{offset: at.Offset, line: at.Line})
	return true, nil
}

// rewind opens the file anew, at its beginning.
func (r *Reader) rewind() error {
	fresh, err := Open(r.path, r.opt)
	if err != nil {
		return err
	}
	err = r.in.Close()
	fresh.whole = r.whole
	*r = *fresh
	return err
}

// Close releases the file.
func (r *Reader) Close() error {
	if err := r.in.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("closing %s: %w", filepath.Base(r.path), err)
	}
	return nil
}
