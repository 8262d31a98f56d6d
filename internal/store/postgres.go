package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// openPgx opens a pool whose text arguments are always such as PostgreSQL takes. A stray byte in a post or an address must neither
// stop an intake for ever nor turn "not found" into an error.
func openPgx(dsn string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(cleanConnector{stdlib.GetConnector(*config)}), nil
}

type cleanConnector struct{ driver.Connector }

func (c cleanConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	pg, ok := conn.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("the driver gave a %T", conn)
	}
	return cleanConn{pg}, nil
}

type cleanConn struct{ *stdlib.Conn }

// CheckNamedValue is called by database/sql for every argument.
func (cleanConn) CheckNamedValue(v *driver.NamedValue) error {
	v.Value = cleanValue(v.Value)
	return nil
}

func cleanValue(v any) any {
	if s, ok := v.(string); ok {
		return cleanText(s)
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String { // identifiers and states
		return cleanText(r.String())
	}
	return v
}

// cleanText replaces what is no UTF-8, and the NUL that PostgreSQL cannot keep, by the replacement character.
func cleanText(s string) string {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\uFFFD"), "\uFFFD")
}
