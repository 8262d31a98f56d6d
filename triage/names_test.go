package triage_test

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/earshotdesk/earshot/internal/desk"
	"github.com/earshotdesk/earshot/triage"
)

// catalogue is whose names the labelled lines of one language are about.
func catalogue(lang string) []desk.Brand {
	p := func(name string, aliases ...string) desk.Product { return desk.Product{Name: name, Aliases: aliases} }
	switch lang {
	case "en":
		return []desk.Brand{
			{
				Name: "acme", Title: "Acme", Aliases: []string{"@AcmeHelp"}, Products: []desk.Product{p("Acme Phone"), p("Acme Phone Pro"), p("Vacuum X200", "X200"), p("HomeStation", "Home Station")},
				Competitors: []desk.Product{p("Globex"), p("Hooli")},
			},
			{Name: "orange", Title: "Orange", Aliases: []string{"@OrangeUK"}, Products: []desk.Product{p("Orange Fibre")}, Competitors: []desk.Product{p("Vodafone")}},
		}
	case "hu":
		return []desk.Brand{
			{
				Name: "telekom", Title: "Telekom", Aliases: []string{"Magyar Telekom", "@telekomhu"}, Products: []desk.Product{p("Okostelefon", "telefon"), p("Kamera"), p("Magenta Otthon"), p("TV")},
				Competitors: []desk.Product{p("Vodafone"), p("Yettel")},
			},
			{Name: "duna", Title: "Duna Bank", Products: []desk.Product{p("Számlázó Pro", "Számlázó Pró")}},
		}
	case "sk":
		return []desk.Brand{
			{
				Name: "orange", Title: "Orange", Products: []desk.Product{p("Smartfón", "telefón"), p("Kamera"), p("Zlatý balík"), p("Vysávač Robo"), p("Darček Plus")},
				Competitors: []desk.Product{p("O2"), p("Vodafone"), p("Nokia")},
			},
			{Name: "telekom", Title: "Telekom", Aliases: []string{"Slovak Telekom"}},
			{Name: "sporitelna", Title: "Slovenská sporiteľňa"},
		}
	}
	return []desk.Brand{
		{
			Name: "kosmotel", Title: "Κοσμοτέλ", Products: []desk.Product{p("Κινητό"), p("Φορτιστής"), p("Πρόγραμμα Άνεση"), p("Smart Box"), p("Καφετιέρα")},
			Competitors: []desk.Product{p("Vodafone")},
		},
		{Name: "ethniki", Title: "Εθνική Τράπεζα"},
		{Name: "plaisio", Title: "Πλαίσιο"},
		{Name: "germanos", Title: "Γερμανός"},
		{Name: "ilektra", Title: "Μαγαζιά Ηλέκτρα"},
	}
}

// namesFound is everything that a verdict names.
func namesFound(v desk.Verdict) []string {
	var out []string
	for _, n := range slices.Concat(v.Brands, v.Products, v.Topics) {
		out = append(out, n.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// withBrands adds the brands whose products a line names.
func withBrands(brands []desk.Brand, labels string) []string {
	if labels == "" {
		return nil
	}
	want := strings.Split(labels, ", ")
	for _, b := range brands {
		if slices.ContainsFunc(b.Products, func(p desk.Product) bool { return slices.Contains(want, p.Name) }) {
			want = append(want, b.Name)
		}
	}
	slices.Sort(want)
	return slices.Compact(want)
}

// TestNames judges our own lines, a third of them traps: parts of longer words, surnames, ordinary words, links. Precision comes
// first. The lines held out were written after the rules.
func TestNames(t *testing.T) {
	t.Parallel()
	for file, floor := range map[string]struct {
		precision, recall float64
		lines             int
	}{
		"en": {1, 1, 60}, "hu": {1, 1, 60}, "sk": {1, 1, 60}, "el": {1, 1, 60},
		"en.held": {1, 1, 20}, "hu.held": {1, 1, 20}, "sk.held": {1, 1, 20}, "el.held": {1, 1, 20},
	} {
		lang, _, _ := strings.Cut(file, ".")
		raw, err := os.ReadFile("testdata/names/" + file + ".tsv")
		if err != nil {
			t.Fatal(err)
		}
		brands := catalogue(lang)
		p := pipeline(t, triage.Options{Brands: brands})
		lines := strings.Split(strings.TrimSpace(string(raw)), "\n")[1:]
		right, found, wanted := 0, 0, 0
		for i, line := range lines {
			said, labels, _ := strings.Cut(line, "\t")
			want := withBrands(brands, labels)
			got := namesFound(p.Judge(desk.TriageInput{Text: said}))
			for _, g := range got {
				if slices.Contains(want, g) {
					right++
				}
			}
			found, wanted = found+len(got), wanted+len(want)
			if !slices.Equal(got, want) {
				t.Logf("%s.tsv:%d: %q names %q, want %q", file, i+2, said, got, want)
			}
		}
		precision, recall := float64(right)/float64(max(found, 1)), float64(right)/float64(max(wanted, 1))
		t.Logf("%s: precision %.3f, recall %.3f over %d lines", file, precision, recall, len(lines))
		if len(lines) < floor.lines || precision < floor.precision || recall < floor.recall {
			t.Errorf("%s: precision %.3f, recall %.3f over %d lines; the floors are %.3f and %.3f over %d", file, precision, recall, len(lines), floor.precision, floor.recall, floor.lines)
		}
	}
}

// TestNamesOnPosts finds products in posts that people labelled with the one they are about. The labels leave out what is named in
// passing, so precision is asked only of posts in which one product is found.
func TestNamesOnPosts(t *testing.T) {
	t.Parallel()
	file, err := os.Open(labelledFile(t, "product.brands-products.en"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	raw, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	list := func(names ...string) (out []desk.Product) {
		for _, n := range names {
			out = append(out, desk.Product{Name: n})
		}
		return out
	}
	p := pipeline(t, triage.Options{Brands: []desk.Brand{
		{Name: "apple", Title: "Apple", Products: list("iPad", "iPhone")}, {Name: "google", Title: "Google", Products: list("Android", "Google Maps", "Google Circles")},
	}})
	wanted, found, alone, right := 0, 0, 0, 0
	for i, line := range readLines(t, raw) {
		cols := strings.Split(line, "\t")
		if i == 0 || len(cols) < 4 {
			continue
		}
		got := namesFound(p.Judge(desk.TriageInput{Text: cols[2]}))
		brand := "google"
		if strings.Contains(cols[3], "iP") || strings.Contains(cols[3], "Apple") {
			brand = "apple"
		}
		wanted++
		if slices.Contains(got, brand) {
			found++
		}
		if slices.Contains(got, "apple") != slices.Contains(got, "google") {
			if alone++; slices.Contains(got, brand) {
				right++
			}
		}
	}
	recall, precision := float64(found)/float64(wanted), float64(right)/float64(max(alone, 1))
	t.Logf("%d posts: the brand is found in %.3f, and is right in %.3f of those with one brand", wanted, recall, precision)
	if recall < 0.9 || precision < 0.97 {
		t.Errorf("recall %.3f, precision %.3f; the floors are 0.9 and 0.97", recall, precision)
	}
}

func readLines(t *testing.T, r io.Reader) (lines []string) {
	t.Helper()
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		lines = append(lines, in.Text())
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}
