package triage

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// truth begins the name of a column that a person fills in.
const truth = "true_"

// agreed is what a person writes for "as predicted".
const agreed = "ok"

// auditHead are the columns of an audit file.
func auditHead() []string {
	head := []string{"id", "source", "site", "lang", "text", "stratum", "stratum_size"}
	head = append(head, auditTags()[1:]...)
	for _, t := range auditTags() {
		head = append(head, truth+t)
	}
	return head
}

// WriteAudit writes an audit queue as TSV whose last columns are empty for a person to fill in. Fields with quotes are quoted as
// spreadsheets do; a text that a spreadsheet would take for a formula has an apostrophe before it.
func WriteAudit(w io.Writer, rows []AuditRow) error {
	out := csv.NewWriter(w)
	out.Comma = '\t'
	if err := out.Write(auditHead()); err != nil {
		return fmt.Errorf("writing the audit: %w", err)
	}
	for _, r := range rows {
		fields := []string{r.ID, harmless(r.Source), harmless(r.Site), r.Got["language"], harmless(r.Text), harmless(r.Stratum), strconv.FormatFloat(r.Size, 'f', 3, 64)}
		for _, t := range auditTags()[1:] {
			fields = append(fields, harmless(r.Got[t]))
		}
		for _, t := range auditTags() {
			fields = append(fields, harmless(r.Want[t]))
		}
		if err := out.Write(fields); err != nil {
			return fmt.Errorf("writing the audit: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("writing the audit: %w", err)
	}
	return nil
}

// harmless puts a stranger's words on one line and keeps a spreadsheet from running them.
func harmless(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
	if s != nothing && s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

// ReadAudit reads an audit back, perhaps partly filled in. Errors name the file and the line.
func ReadAudit(in io.Reader, name string) ([]AuditRow, error) {
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', -1, true
	cols, err := auditColumns(r, name)
	if err != nil {
		return nil, err
	}
	var out []AuditRow
	sizes := map[string]float64{}
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, desk.Invalidf("%s: %v", name, err)
		}
		line, _ := r.FieldPos(0)
		row, err := auditRow(fields, cols, line)
		if err != nil {
			return nil, desk.Invalidf("%s:%d: %v", name, line, err)
		}
		if size, ok := sizes[row.Stratum]; ok && size != row.Size {
			return nil, desk.Invalidf("%s:%d: the stratum %q has the size %g here and %g above", name, line, row.Stratum, row.Size, size)
		}
		sizes[row.Stratum] = row.Size
		out = append(out, row)
	}
	if i, j, ok := twice(out); ok {
		return nil, desk.Invalidf("%s:%d: the mention %s is in line %d already", name, out[j].line, out[j].ID, out[i].line)
	}
	if len(out) == 0 {
		return nil, desk.Invalidf("%s holds no rows", name)
	}
	return out, nil
}

// auditColumns reads the head and tells where each column is.
func auditColumns(r *csv.Reader, name string) (map[string]int, error) {
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, desk.Invalidf("%s:1: the file is empty", name)
	}
	if err != nil {
		return nil, desk.Invalidf("%s:1: %v", name, err)
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff")
	cols := map[string]int{}
	for i, h := range head {
		cols[strings.TrimSpace(h)] = i
	}
	for _, h := range auditHead() {
		if _, ok := cols[h]; !ok {
			return nil, desk.Invalidf("%s:1: there is no column %q; is this a file of earshot audit sample?", name, h)
		}
	}
	return cols, nil
}

// twice finds a mention that is there two times.
func twice(rows []AuditRow) (first, second int, found bool) {
	seen := map[string]int{}
	for i, r := range rows {
		if j, ok := seen[r.ID]; ok {
			return j, i, true
		}
		seen[r.ID] = i
	}
	return 0, 0, false
}

func auditRow(fields []string, cols map[string]int, line int) (AuditRow, error) {
	get := func(col string) string {
		if i := cols[col]; i < len(fields) {
			return strings.TrimPrefix(strings.TrimSpace(fields[i]), "'")
		}
		return "" // a spreadsheet may leave empty fields at the end of a line out
	}
	row := AuditRow{ID: get("id"), Source: get("source"), Site: get("site"), Text: get("text"), Stratum: get("stratum"), line: line,
		Got: map[string]string{"language": get("lang")}, Want: map[string]string{}}
	size, err := strconv.ParseFloat(get("stratum_size"), 64)
	if row.ID == "" || err != nil || !(size > 0) || math.IsInf(size, 0) {
		return row, errors.New("the row needs its id and stratum_size as they were written")
	}
	row.Size = size
	for _, t := range auditTags() {
		if t != "language" {
			row.Got[t] = get(t)
		}
		if row.Got[t] == "" {
			return row, fmt.Errorf("the predicted %s is missing; leave what triage said as it was written", t)
		}
		given := get(truth + t)
		if given == "" {
			continue
		}
		want, err := truthOf(t, given, row.Got[t])
		if err != nil {
			return row, err
		}
		row.Want[t] = want
	}
	return row, nil
}

// truthOf reads what a person wrote about one tag.
func truthOf(tag, given, said string) (string, error) {
	want := strings.ToLower(given)
	switch {
	case want == agreed:
		return said, nil
	case tag == "product" || tag == "topic":
		return joinNames(strings.Split(given, several)), nil
	case tag == "language":
		if len(want) < 2 || len(want) > 3 || strings.Trim(want, "abcdefghijklmnopqrstuvwxyz") != "" {
			return "", fmt.Errorf("%s%s is %q; it must be a code such as en or hu, %s for what triage said, or empty", truth, tag, given, agreed)
		}
	case !slices.Contains(allowed(tag), want):
		return "", fmt.Errorf("%s%s is %q; it can be %s, %s for what triage said, or empty", truth, tag, given, strings.Join(allowed(tag), ", "), agreed)
	}
	return want, nil
}

// allowed lists the labels of a tag; nil where any name will do.
func allowed(tag string) []string {
	switch tag {
	case "sentiment":
		return []string{desk.Negative, desk.Neutral, desk.Positive}
	case "urgency":
		return []string{desk.UrgencyLow, desk.UrgencyNormal, desk.UrgencyHigh, desk.UrgencyCritical}
	case "intent":
		return []string{desk.IntentComplaint, desk.IntentQuestion, desk.IntentPraise, desk.IntentRequest, desk.IntentFault, desk.IntentOther}
	case "spam", "offensive":
		return []string{desk.Yes, desk.No}
	}
	return nil
}
