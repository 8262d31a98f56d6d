package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// Report is what was measured.
type Report struct {
	Machine Machine  `json:"machine"`
	Quick   bool     `json:"quick"`
	Figures []Figure `json:"figures"`
	Sizes   [2]int   `json:"sizes"` // mentions of the small and the large desk
	Pages   []Page   `json:"pages"`
	Notes   []string `json:"notes,omitempty"`
}

// Machine is where it was measured.
type Machine struct {
	CPU   string `json:"cpu"`
	Cores int    `json:"cores"`
	Go    string `json:"go"`
	OS    string `json:"os"`
}

// Figure is the median of some runs beside what is aimed at.
type Figure struct {
	What   string  `json:"what"`
	Engine string  `json:"engine,omitempty"`
	Value  float64 `json:"value"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Unit   string  `json:"unit"`
	Aim    string  `json:"aim,omitempty"`
	Runs   int     `json:"runs"`
}

// Page is how long a page took at both sizes.
type Page struct {
	What   string    `json:"what"`
	Engine string    `json:"engine"`
	Small  Quantiles `json:"small"`
	Large  Quantiles `json:"large"`
}

// Quantiles are milliseconds that half and 99 of 100 requests took at most.
type Quantiles struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
}

func (r *Report) add(f Figure) { r.Figures = append(r.Figures, f) }

// median makes a figure of several runs.
func median(what, engine string, runs []float64, unit, aim string) Figure {
	s := slices.Sorted(slices.Values(runs))
	return Figure{What: what, Engine: engine, Value: s[len(s)/2], Low: s[0], High: s[len(s)-1], Unit: unit, Aim: aim, Runs: len(s)}
}

// single makes a figure of one run.
func single(what, engine string, value float64, unit, aim string) Figure {
	return median(what, engine, []float64{value}, unit, aim)
}

func quantiles(ms []float64) Quantiles {
	s := slices.Sorted(slices.Values(ms))
	return Quantiles{s[len(s)/2], s[min(len(s)*99/100, len(s)-1)]}
}

// short writes 1000000 as 1 M and 10000 as 10 k.
func short(n int) string {
	switch {
	case n >= 1_000_000 && n%1_000_000 == 0:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n >= 1000 && n%1000 == 0:
		return fmt.Sprintf("%d k", n/1000)
	}
	return fmt.Sprint(n)
}

func machine() Machine {
	m := Machine{CPU: runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version(), OS: runtime.GOOS}
	b, _ := os.ReadFile("/proc/cpuinfo") // only Linux has it
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}

func (r *Report) write(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	print := func(format string, args ...any) { _, _ = fmt.Fprintf(t, format, args...) } // Flush returns its error
	print("%s, %d cores, %s, %s\n", r.Machine.CPU, r.Machine.Cores, r.Machine.Go, r.Machine.OS)
	if r.Quick {
		print("A quick run: it shows that the measurement works. Its figures say nothing.\n")
	}
	for _, n := range r.Notes {
		print("%s\n", n)
	}
	print("\nmeasured\tengine\tmedian\tlow–high\tunit\taim\n")
	for _, f := range r.Figures {
		span := ""
		if f.Low != f.High {
			span = number(f.Low) + "–" + number(f.High)
		}
		print("%s\t%s\t%s\t%s\t%s\t%s\n", f.What, f.Engine, number(f.Value), span, f.Unit, f.Aim)
	}
	if len(r.Pages) > 0 {
		small, large := short(r.Sizes[0]), short(r.Sizes[1])
		print("\npage, ms (aim: p99 < 25, flat)\tengine\tp50 %s\tp99 %s\tp50 %s\tp99 %s\tp50 ratio\n", small, small, large, large)
		for _, p := range r.Pages {
			print("%s\t%s\t%.1f\t%.1f\t%.1f\t%.1f\t%.2f\n", p.What, p.Engine, p.Small.P50, p.Small.P99, p.Large.P50, p.Large.P99, p.Large.P50/cmp.Or(p.Small.P50, math.NaN()))
		}
	}
	return t.Flush()
}

// number writes three digits, and thousands with a comma.
func number(v float64) string {
	switch {
	case v >= 10_000:
		return fmt.Sprintf("%d,%03d", int(v)/1000, int(v)%1000)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
