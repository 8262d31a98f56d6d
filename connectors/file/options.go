package file

import (
	"maps"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/connectors/internal/record"
	"github.com/earshotdesk/earshot/internal/desk"
)

// Options are the settings of a file source and of an import. The zero value guesses everything.
type Options struct {
	Path       string            `yaml:"path" required:"true" doc:"File or glob to read, relative to the folder of the configuration. CSV, TSV or JSON Lines, each also gzipped."`
	Format     string            `yaml:"format" enum:"csv,tsv,jsonl" doc:"csv, tsv or jsonl. When absent, the name of the file tells, or else its first line."`
	Delimiter  string            `yaml:"delimiter" doc:"What separates columns: one character, or tab. When absent, the header tells."`
	Quotes     string            `yaml:"quotes" enum:"double,none" doc:"Whether double quotes enclose fields: double or none. When absent, double in CSV and none in TSV."`
	Encoding   string            `yaml:"encoding" enum:"utf-8,utf-16,windows-1250,windows-1252,windows-1253,iso-8859-2" doc:"utf-8, utf-16, windows-1250, windows-1252, windows-1253 or iso-8859-2. When absent, the file tells."`
	Columns    []string          `yaml:"columns" doc:"Names of the columns, for files without a header line."`
	Map        map[string]string `yaml:"map" doc:"Which column is what, ours: theirs. What is not named goes to the extras. When absent, common names are recognised."`
	Site       string            `yaml:"site" doc:"Site that the identifiers belong to; file:NAME of the source when absent. Files of one site share their identifiers."`
	As         string            `yaml:"as" enum:"post,comment,review,article" doc:"post, comment, review or article. When absent, rows with stars are reviews, rows with a parent comments, all others posts."`
	Language   string            `yaml:"language" doc:"ISO 639-1 language of rows that do not say theirs."`
	RatingBest float64           `yaml:"rating_best" default:"5" doc:"The most stars there are, where rows do not say."`
	Timezone   string            `yaml:"timezone" default:"UTC" doc:"Time zone of dates that do not say theirs, for example Europe/Budapest."`
	Dates      []string          `yaml:"dates" doc:"How dates are written, for example DD/MM/YYYY hh:mm. Tried before the common ways."`
}

// ParseMap reads a mapping as the command line gives it: text=body,id=review_id.
func ParseMap(s string) (map[string]string, error) {
	m := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		ours, theirs, ok := strings.Cut(pair, "=")
		ours, theirs = strings.TrimSpace(ours), strings.TrimSpace(theirs)
		if !ok || ours == "" || theirs == "" {
			return nil, desk.Invalidf("%q is not a mapping; write ours=theirs, for example text=body,id=review_id", pair)
		}
		if _, twice := m[ours]; twice {
			return nil, desk.Invalidf("the mapping names %s twice", ours)
		}
		m[ours] = theirs
	}
	o := Options{Map: m}
	_, err := o.prepare()
	return m, err
}

// prepare checks the options, fills in defaults and makes what reads the rows. Errors are sentences that name the key.
func (o *Options) prepare() (*record.Builder, error) {
	for _, c := range []struct {
		key, value string
		allowed    []string
	}{
		{"format", o.Format, []string{"csv", "tsv", "jsonl"}},
		{"quotes", o.Quotes, []string{"double", "none"}},
		{"encoding", o.Encoding, append(slices.Sorted(maps.Keys(encodings())), "utf-8")},
	} {
		if c.value != "" && !slices.Contains(c.allowed, c.value) {
			return nil, desk.Invalidf("%s: %q is none of %s", c.key, c.value, strings.Join(c.allowed, ", "))
		}
	}
	if o.Delimiter == "tab" || o.Delimiter == `\t` {
		o.Delimiter = "\t"
	}
	if len(o.Delimiter) > 1 || strings.ContainsAny(o.Delimiter, "\"\r\n") {
		return nil, desk.Invalidf("delimiter: %q is not one plain character", o.Delimiter)
	}
	return record.New(record.Options{
		Map: o.Map, Site: o.Site, As: o.As, Language: o.Language, RatingBest: o.RatingBest, Timezone: o.Timezone, Dates: o.Dates,
	})
}
