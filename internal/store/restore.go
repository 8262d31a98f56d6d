package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Restore fills a new or empty database of either engine from a backup. The file is read through before anything is touched, and the
// rows are stored in one transaction: a damaged file, a newer one, or a database that holds something is refused with a
// sentence that wraps ErrInvalid or ErrConflict, and nothing is half done.
func Restore(ctx context.Context, o Options, file string) (err error) {
	head, err := checkBackup(file)
	if err != nil {
		return err
	}
	s, err := connect(o)
	if err != nil {
		return fmt.Errorf("opening database %s: %w", RedactDSN(o.DSN), redact(err, o.DSN))
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.makeReady(ctx, head); err != nil {
		return redact(err, o.DSN)
	}
	err = s.bulkLoad(ctx, true, func(load loader) error {
		_, err := readBackup(file, func(t target, rows [][]any) error { return load(ctx, t, rows) })
		return err
	})
	if err != nil {
		return fmt.Errorf("restoring %s: %w", file, err)
	}
	return s.migrate(ctx)
}

// makeReady brings an empty database to the schema of the backup.
func (s *Store) makeReady(ctx context.Context, head backupHead) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	sources := p.ListSources()
	if newest := sources[len(sources)-1].Version; head.Schema > newest {
		return desk.Invalidf("the backup has schema %d, this build knows %d; start a newer build, nothing was changed", head.Schema, newest)
	}
	has, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema's version: %w", err)
	}
	if has > head.Schema {
		return desk.Conflictf("the database has schema %d and the backup %d; name a new database, nothing was changed", has, head.Schema)
	}
	if _, err := p.UpTo(ctx, head.Schema); err != nil {
		return fmt.Errorf("migrating the schema: %w", err)
	}
	for _, table := range []string{"mention", "cases", "users", "source", "account", "event"} {
		var n int
		if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+table+" LIMIT 1) t").Scan(&n); err != nil {
			return fmt.Errorf("looking whether the database is empty: %w", err)
		}
		if n > 0 {
			return desk.Conflictf("the database holds data (table %s); a backup is restored into an empty one, nothing was changed", table)
		}
	}
	return nil
}

// checkBackup reads a backup through and returns its head, or a sentence about what is wrong.
func checkBackup(file string) (backupHead, error) {
	head, err := readBackup(file, nil)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return head, desk.Invalidf("there is no file %s", file)
	case errors.Is(err, os.ErrPermission):
		return head, fmt.Errorf("reading the backup: %w", err)
	case err != nil:
		return head, desk.Invalidf("%s is no whole backup: %v; nothing was changed", file, err)
	}
	return head, nil
}

// readBackup hands the rows of a backup over in portions; with a nil function it checks the form only.
func readBackup(file string, take func(target, [][]any) error) (head backupHead, err error) {
	f, err := os.Open(file)
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	packed, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		return head, err
	}
	r := &backupReader{in: bufio.NewReaderSize(packed, 1<<16), take: take}
	line, err := r.in.ReadBytes('\n')
	if err != nil {
		return head, cut(err)
	}
	if err := json.Unmarshal(line, &head); err != nil || head.Backup == 0 {
		return head, errors.New("it does not begin like one")
	}
	if head.Backup > backupFormat {
		return head, fmt.Errorf("its format %d is newer than this build's", head.Backup)
	}
	return head, r.read()
}

type backupReader struct {
	in    *bufio.Reader
	take  func(target, [][]any) error
	table target
	blobs []int
	rows  [][]any
	done  int
}

func (r *backupReader) read() error {
	for {
		line, err := r.in.ReadBytes('\n')
		if err != nil {
			return cut(err)
		}
		if line[0] == '[' {
			err = r.row(line)
		} else if bytes.HasPrefix(line, []byte(`{"end"`)) {
			return r.end(line)
		} else {
			err = r.next(line)
		}
		if err != nil {
			return err
		}
	}
}

// name is what tables and columns are called; names go into statements as they stand.
var name = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (r *backupReader) next(line []byte) error {
	var t backupTable
	if err := json.Unmarshal(line, &t); err != nil {
		return fmt.Errorf("after %d rows: %w", r.done, err)
	}
	for _, n := range append(t.Columns, t.Table) {
		if !name.MatchString(n) {
			return fmt.Errorf("after %d rows: %q is no name", r.done, n)
		}
	}
	err := r.flush()
	r.table, r.blobs = target{t.Table, t.Columns}, t.Blobs
	return err
}

func (r *backupReader) row(line []byte) error {
	r.done++
	if r.take == nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	row := make([]any, 0, len(r.table.columns))
	if err := d.Decode(&row); err != nil || len(row) != len(r.table.columns) {
		return fmt.Errorf("row %d (%s) is malformed: %w", r.done, r.table.table, cmpErr(err))
	}
	for i, v := range row {
		if n, ok := v.(json.Number); ok {
			row[i] = number(n)
		}
	}
	for _, i := range r.blobs {
		if text, ok := row[i].(string); ok {
			b, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				return fmt.Errorf("row %d (%s): %w", r.done, r.table.table, err)
			}
			row[i] = b
		}
	}
	if r.rows = append(r.rows, row); len(r.rows) >= 1000 {
		return r.flush()
	}
	return nil
}

func (r *backupReader) flush() error {
	rows := r.rows
	r.rows = nil
	if len(rows) == 0 {
		return nil
	}
	return r.take(r.table, rows)
}

// end checks that every row came and nothing follows: the reader of gzip compares its sum at the very end.
func (r *backupReader) end(line []byte) error {
	var e backupEnd
	if err := json.Unmarshal(line, &e); err != nil || e.End != r.done {
		return fmt.Errorf("it holds %d rows and should hold %d", r.done, e.End)
	}
	if _, err := r.in.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("something follows its end: %w", cmpErr(err))
	}
	return r.flush()
}

func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it is cut off")
	}
	return err
}

func cmpErr(err error) error {
	if err == nil {
		return desk.ErrInvalid
	}
	return err
}

func number(n json.Number) any {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return i
	}
	f, err := n.Float64()
	if err != nil {
		return string(n)
	}
	return f
}
