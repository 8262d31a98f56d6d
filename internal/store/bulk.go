package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// loader stores rows in a table.
type loader func(ctx context.Context, t target, rows [][]any) error

// bulkLoad hands fn a loader in one transaction. The indexes of the large tables are made at the end, which takes a third of the
// time; as engines make and drop them in transactions, nothing is half done when it fails. With clear the few rows that a new
// database comes with go first.
func (s *Store) bulkLoad(ctx context.Context, clear bool, fn func(loader) error) (err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if s.d.name == sqlite.name {
		// A cache as large as the trees that grow; the ordinary size returns with the connection.
		if _, err := conn.ExecContext(ctx, `PRAGMA cache_size = -400000`); err != nil {
			return err
		}
		defer func() {
			_, e := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA cache_size = -2000`)
			err = errors.Join(err, e)
		}()
	}
	q, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = q.Rollback() }()
	if clear {
		if err := s.clear(ctx, q); err != nil {
			return err
		}
	}
	if s.d.name == postgres.name {
		return s.load(ctx, q, copyInto(conn), fn)
	}
	prepared := map[string]*sql.Stmt{}
	defer func() {
		for _, stmt := range prepared {
			err = errors.Join(err, stmt.Close())
		}
	}()
	return s.load(ctx, q, insertInto(q, prepared), fn)
}

// load fills the tables without their indexes, makes these again, and commits.
func (s *Store) load(ctx context.Context, q *sql.Tx, rows loader, fn func(loader) error) error {
	indexes, err := s.dropIndexes(ctx, q)
	if err != nil {
		return err
	}
	if err := fn(rows); err != nil {
		return err
	}
	for _, ddl := range indexes {
		if _, err := q.ExecContext(ctx, ddl); err != nil {
			return fmt.Errorf("making an index: %w", err)
		}
	}
	if err := s.goOn(ctx, q); err != nil {
		return err
	}
	if _, err := q.ExecContext(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("gathering statistics: %w", err)
	}
	return q.Commit()
}

func (s *Store) clear(ctx context.Context, q *sql.Tx) error {
	tables, err := s.tables(ctx, q)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := q.ExecContext(ctx, "DELETE FROM "+t); err != nil {
			return fmt.Errorf("clearing %s: %w", t, err)
		}
	}
	return nil
}

// large tables lose their indexes while they are filled.
var large = []string{"mention", "sighting", "mention_tag", "cases", "case_fact", "reply", "outbox", "event"}

// dropIndexes drops the indexes of the large tables that no constraint needs, and returns what makes them again.
func (s *Store) dropIndexes(ctx context.Context, q *sql.Tx) (again []string, err error) {
	query := `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (` + list(large) + `)
		UNION ALL SELECT name, sql FROM sqlite_master WHERE name = 'mention_fts_ai'`
	if s.d.name == postgres.name {
		query = `SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = current_schema() AND i.tablename IN (` + list(large) + `)
			AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)`
	}
	type index struct{ name, ddl string }
	found, err := collect(ctx, q, func(row scanner) (i index, err error) { return i, row.Scan(&i.name, &i.ddl) }, query)
	if err != nil {
		return nil, fmt.Errorf("listing the indexes: %w", err)
	}
	for _, i := range found {
		kind := "INDEX "
		if strings.HasPrefix(i.ddl, "CREATE TRIGGER") {
			kind = "TRIGGER "
		}
		if _, err := q.ExecContext(ctx, "DROP "+kind+i.name); err != nil {
			return nil, fmt.Errorf("dropping %s: %w", i.name, err)
		}
		again = append(again, i.ddl)
	}
	if s.d.name == sqlite.name {
		again = append(again, `INSERT INTO mention_fts (mention_fts) VALUES ('rebuild')`)
	}
	return again, nil
}

// goOn makes numbers that the database gives continue after those that rows brought along; SQLite does so by itself.
func (s *Store) goOn(ctx context.Context, q *sql.Tx) error {
	if s.d.name == sqlite.name {
		return nil
	}
	for _, table := range []string{"mention", "outbox", "poison"} {
		_, err := q.ExecContext(ctx, `SELECT setval(pg_get_serial_sequence('`+table+`', 'n'), COALESCE((SELECT max(n) FROM `+table+`), 0) + 1, false)`)
		if err != nil {
			return fmt.Errorf("numbering %s: %w", table, err)
		}
	}
	return nil
}

func list(names []string) string { return "'" + strings.Join(names, "', '") + "'" }

// insertInto loads by prepared statements, which is what SQLite is quickest with.
func insertInto(q *sql.Tx, prepared map[string]*sql.Stmt) loader {
	const together = 20 // rows a statement: spares calls into C
	return func(ctx context.Context, t target, all [][]any) error {
		for part := range slices.Chunk(all, together) {
			query := "INSERT INTO " + t.table + " (" + strings.Join(t.columns, ", ") + ") VALUES " + rows(len(part), len(t.columns)) + upsert(t)
			stmt := prepared[query]
			if stmt == nil {
				var err error
				if stmt, err = q.PrepareContext(ctx, query); err != nil {
					return fmt.Errorf("filling %s: %w", t.table, err)
				}
				prepared[query] = stmt
			}
			if _, err := stmt.ExecContext(ctx, slices.Concat(part...)...); err != nil {
				return fmt.Errorf("filling %s: %w", t.table, err)
			}
		}
		return nil
	}
}

// upsert lets the counters, which a new database has already, be set.
func upsert(t target) string {
	if t.table == "counter" {
		return " ON CONFLICT (name) DO UPDATE SET n = excluded.n"
	}
	return ""
}

// copyInto loads by COPY, inside the transaction that the connection is in.
func copyInto(conn *sql.Conn) loader {
	return func(ctx context.Context, t target, all [][]any) error {
		err := conn.Raw(func(driver any) error {
			c := driver.(cleanConn).Conn.Conn()
			for _, row := range all {
				for i, v := range row {
					row[i] = cleanValue(v)
				}
			}
			if up := upsert(t); up != "" {
				_, err := c.Exec(ctx, "INSERT INTO "+t.table+" ("+strings.Join(t.columns, ", ")+") VALUES "+rows(len(all), len(t.columns))+up, slices.Concat(all...)...)
				return err
			}
			_, err := c.CopyFrom(ctx, pgx.Identifier{t.table}, t.columns, pgx.CopyFromRows(all))
			return err
		})
		if err != nil {
			return fmt.Errorf("filling %s: %w", t.table, err)
		}
		return nil
	}
}
