package web

import (
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// parsePage parses a page together with the frame and the shared pieces. What is the same in every rendering is written out
// beforehand: texts without arguments, and icons. That halves the time of a board.
func parsePage(lang *Lang, funcs template.FuncMap, page string) (*template.Template, error) {
	shared, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("listing templates: %w", err)
	}
	t := template.New("").Funcs(funcs)
	fixedText := regexp.MustCompile(`\{\{t "([^"]+)"\}\}`)
	fixedIcon := regexp.MustCompile(`\{\{template "icon(-s)?" "([a-z0-9]+)"\}\}`)
	for _, name := range append(shared, page) {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading template: %w", err)
		}
		src := fixedText.ReplaceAllStringFunc(string(b), func(m string) string {
			return html.EscapeString(lang.T(fixedText.FindStringSubmatch(m)[1]))
		})
		src = fixedIcon.ReplaceAllStringFunc(src, func(m string) string {
			part := fixedIcon.FindStringSubmatch(m)
			return icon(part[2], part[1] != "")
		})
		if _, err := t.New(path.Base(name)).Parse(src); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func icon(name string, small bool) string {
	class := "icon"
	if small {
		class = "icon icon--s"
	}
	return `<svg class="` + class + `" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-` + name + `"/></svg>`
}

// cast renders the pieces that come in few variants once.
func (set *pageSet) cast() error {
	urgencies := []string{desk.UrgencyLow, desk.UrgencyNormal, desk.UrgencyHigh, desk.UrgencyCritical}
	for name, list := range map[string][]string{
		"urgency": urgencies, "urgency-card": urgencies, "sentiment": {desk.Negative, desk.Neutral, desk.Positive},
	} {
		for _, variant := range list {
			var b strings.Builder
			if err := set.pages["board"].ExecuteTemplate(&b, name, variant); err != nil {
				return fmt.Errorf("rendering %s: %w", name, err)
			}
			set.variants[name+" "+variant] = template.HTML(b.String()) // our own template has escaped it
		}
	}
	return nil
}
