package store

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

// dialect is all that differs between the engines.
type dialect struct {
	name       string
	skipLocked string // after a SELECT that picks rows to lease
	forUpdate  string // after a SELECT that reads a row in order to change it
	hold       string // waits until nobody else holds the lock of two numbers; empty where there is one writer
	unindexed  string // before a column in a condition: no index on it is used
	matches    string // selects n of the mentions that match its one argument, which matchArg makes
	matchArg   func(tokens []string) string
	position   string // function that finds a text in another; PostgreSQL takes LIKE for rarer than it is
	maxArgs    int    // per statement
	bareMarks  bool   // arguments of rows are ? without a number: SQLite takes $7 for a name and looks it up among all before it
}

var sqlite = dialect{
	name:    "sqlite",
	matches: "SELECT docid AS n FROM mention_fts WHERE mention_fts MATCH ?",
	matchArg: func(tokens []string) string {
		return `"` + strings.Join(tokens, `" "`) + `"` // quoted: AND, OR and NEAR are words like others
	},
	position:  "instr",
	maxArgs:   30000,
	bareMarks: true,
}

var postgres = dialect{
	name:       "postgres",
	skipLocked: " FOR UPDATE SKIP LOCKED",
	forUpdate:  " FOR UPDATE",
	hold:       "SELECT pg_advisory_xact_lock($1, $2)",
	matches:    "SELECT m.n FROM mention m WHERE to_tsvector('simple', m.search) @@ to_tsquery('simple', ?)",
	matchArg: func(tokens []string) string {
		return "'" + strings.Join(tokens, "' & '") + "'"
	},
	position: "strpos",
	maxArgs:  60000,
}

// containing looks for tokens in a column of tokens; it finds what the index would.
func (d dialect) containing(column string, tokens []string) (cond string, args []any) {
	var conds []string
	for _, t := range tokens {
		conds = append(conds, d.position+"(' ' || "+column+" || ' ', ?) > 0")
		args = append(args, " "+t+" ")
	}
	return strings.Join(conds, " AND "), args
}

// unique tells whether an error says that a key is already there.
func unique(err error) bool {
	if e, ok := errors.AsType[sqlite3.Error](err); ok {
		return e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	return false
}

// outvoted tells whether the engine ended a transaction so that another could go on; trying again is all that is to be done.
func outvoted(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40P01" || e.Code == "40001")
}

// unspeakable tells whether an error says that an argument holds bytes that the engine takes for no text: nothing is called that.
func unspeakable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "22021"
}

// where collects conditions. Each ? becomes the next $n, so that one text serves both engines and arguments keep their order.
type where struct {
	conds []string
	args  []any
}

// clone returns conditions that grow apart from w's.
func (w *where) clone() *where {
	return &where{conds: slices.Clone(w.conds), args: slices.Clone(w.args)}
}

func (w *where) add(cond string, args ...any) {
	w.conds = append(w.conds, w.number(cond, args...))
}

// number turns each ? of a text into the next $n and takes its arguments.
func (w *where) number(text string, args ...any) string {
	var b strings.Builder
	for _, r := range text {
		if r == '?' {
			w.args = append(w.args, args[0])
			args = args[1:]
			b.WriteString("$" + strconv.Itoa(len(w.args)))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// in adds "column IN (…)"; an empty list matches nothing.
func (w *where) in(column string, values []string) {
	if len(values) == 0 {
		w.conds = append(w.conds, "1 = 0")
		return
	}
	w.add(column+" IN ("+marks(len(values))+")", anys(values)...)
}

// among adds "column IN (…)" of numbers; an empty list matches nothing.
func (w *where) among(column string, numbers []int64) {
	if len(numbers) == 0 {
		w.conds = append(w.conds, "1 = 0")
		return
	}
	w.add(column+" IN ("+marks(len(numbers))+")", anys(numbers)...)
}

// scope narrows to the brands that may be seen.
func (w *where) scope(column string, brands []string) {
	if len(brands) > 0 {
		w.in(column, brands)
	}
}

func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// marks returns n question marks with commas between.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// rows returns "($1, $2), ($3, $4)" for a statement that inserts few rows of the given width, the first number being 1.
func rows(n, width int) string { return dialect{}.rows(n, width) }

// rows returns what rows does, as the engine reads it fastest. It is for statements without any other argument.
func (d dialect) rows(n, width int) string {
	var b strings.Builder
	b.Grow(n * width * 6)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('(')
		for j := range width {
			if j > 0 {
				b.WriteString(", ")
			}
			if d.bareMarks {
				b.WriteByte('?')
				continue
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i*width + j + 1))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// bare strips the alias from a list of columns: SQLite knows none after RETURNING.
func bare(columns string) string { return aliased.ReplaceAllString(columns, "") }

var aliased = regexp.MustCompile(`\b[a-z]\.`)
