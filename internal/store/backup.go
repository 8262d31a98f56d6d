package store

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// A backup is one gzip stream of JSON lines, the same from both engines, so that a desk may move from one to the other: a line
// that says what this is, then for each table a line that names its columns and a line for each row, then a line that says how
// many rows there were. Whoever reads it without Earshot needs zcat and jq.
type (
	backupHead struct {
		Backup int   `json:"earshot_backup"` // version of the format
		Schema int64 `json:"schema"`
		Rows   int   `json:"rows"`
	}
	backupTable struct {
		Table   string   `json:"table"`
		Columns []string `json:"columns"`
		Blobs   []int    `json:"blobs,omitempty"` // columns whose text is base64
	}
	backupEnd struct {
		End int `json:"end"` // rows
	}
)

const backupFormat = 1

// Backup writes everything the store has into a new file while the desk goes on: one moment of it, whatever is written meanwhile.
// The file appears under its name only when it is whole; one that is there already is never touched. Progress, which may be
// nil, hears of rows.
func (s *Store) Backup(ctx context.Context, file string, progress func(done, total int)) (err error) {
	if _, err := os.Lstat(file); err == nil {
		return desk.Conflictf("%s is there already; a backup does not overwrite.", file)
	}
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*.part")
	if err != nil {
		return fmt.Errorf("making a backup: %w", err)
	}
	defer func() {
		if e := os.Remove(part.Name()); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}()
	if err := errors.Join(s.dump(ctx, part, progress), part.Sync(), part.Close()); err != nil {
		return fmt.Errorf("making a backup: %w", err)
	}
	return appear(part.Name(), file)
}

// appear gives a finished file its name, unless something has that name by now.
func appear(part, file string) error {
	err := os.Link(part, file)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return desk.Conflictf("%s is there already; a backup does not overwrite.", file)
	}
	if err := os.Rename(part, file); err != nil { // a file system without links
		return fmt.Errorf("naming the backup: %w", err)
	}
	return nil
}

// dump writes the stream. Both engines show the one moment at which the transaction first read.
func (s *Store) dump(ctx context.Context, to io.Writer, progress func(done, total int)) (err error) {
	schema, err := s.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	q, err := s.read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = q.Rollback() }()
	tables, err := s.tables(ctx, q)
	if err != nil {
		return err
	}
	total := 0
	for _, t := range tables {
		var n int
		if err := q.QueryRowContext(ctx, "SELECT count(*) FROM "+t).Scan(&n); err != nil {
			return fmt.Errorf("counting %s: %w", t, err)
		}
		total += n
	}
	buffered := bufio.NewWriterSize(to, 1<<16)
	packed, err := gzip.NewWriterLevel(buffered, gzip.BestSpeed)
	if err != nil {
		return err
	}
	w := &dumper{out: json.NewEncoder(packed), total: total, progress: progress}
	w.out.SetEscapeHTML(false)
	if err := w.out.Encode(backupHead{Backup: backupFormat, Schema: schema, Rows: total}); err != nil {
		return err
	}
	for _, t := range tables {
		if err := w.table(ctx, q, t); err != nil {
			return fmt.Errorf("reading %s: %w", t, err)
		}
	}
	return errors.Join(w.out.Encode(backupEnd{End: w.done}), packed.Close(), buffered.Flush())
}

// tables lists what a backup holds: every table but the index of search, which is made again, the list of migrations, and consents
// under way, which are worth nothing minutes later.
func (s *Store) tables(ctx context.Context, q querier) ([]string, error) {
	query := `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
	if s.d.name == postgres.name {
		query = `SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
	}
	names, err := collect(ctx, q, func(row scanner) (name string, err error) { return name, row.Scan(&name) }, query)
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return name == "consent" || strings.HasPrefix(name, "goose_") || strings.HasPrefix(name, "sqlite_") || strings.Contains(name, "_fts")
	}), nil
}

type dumper struct {
	out         *json.Encoder
	done, total int
	progress    func(done, total int)
}

func (w *dumper) table(ctx context.Context, q querier, name string) (err error) {
	found, err := q.QueryContext(ctx, "SELECT * FROM "+name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	types, err := found.ColumnTypes()
	if err != nil {
		return err
	}
	head := backupTable{Table: name}
	row, into := make([]any, len(types)), make([]any, len(types))
	for i, t := range types {
		head.Columns = append(head.Columns, t.Name())
		if kind := t.DatabaseTypeName(); kind == "BLOB" || kind == "BYTEA" {
			head.Blobs = append(head.Blobs, i)
		}
		into[i] = &row[i]
	}
	if err := w.out.Encode(head); err != nil {
		return err
	}
	for found.Next() {
		if err := found.Scan(into...); err != nil {
			return err
		}
		if err := w.out.Encode(row); err != nil {
			return err
		}
		if w.done++; w.progress != nil && (w.done%1000 == 0 || w.done == w.total) {
			w.progress(w.done, w.total)
		}
	}
	return found.Err()
}
