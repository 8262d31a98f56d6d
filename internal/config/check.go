package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

var (
	goodName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	language = regexp.MustCompile(`^[a-z]{2}$`)
)

// check reports what only shows when settings are looked at together, and values whose form the tags cannot say.
func (d *decoder) check(c *Config) {
	d.checkDesk(c)
	d.checkBrands(c)
	d.checkAccounts(c)
	d.checkSources(c)
	d.checkTriage(c)
	d.checkNotify(c)
	if c.Workflow.Join < 0 {
		d.at("workflow.join", "must not be negative")
	}
}

// at reports a mistake at the place of a setting.
func (d *decoder) at(path, format string, args ...any) {
	d.add(d.marks.of(path), path, format, args...)
}

// quoted shows a value of the file, unless a variable made it: then it might be a secret, and the place says where it is.
func (d *decoder) quoted(value string) string {
	if d.hidden[value] {
		return "the value from the environment"
	}
	if r := []rune(value); len(r) > 40 {
		value = string(r[:40]) + "…"
	}
	return strconv.Quote(value)
}

func (d *decoder) checkDesk(c *Config) {
	host, port, err := net.SplitHostPort(c.Desk.Listen)
	if n, bad := strconv.Atoi(port); c.Desk.Listen != "" && (err != nil || bad != nil || n < 0 || n > 65535 || strings.ContainsAny(host, "/ ")) {
		d.at("desk.listen", "is %s; it must be address:port, for example 127.0.0.1:8080 or :8080", d.quoted(c.Desk.Listen))
	}
	d.checkURL("desk.url", c.Desk.URL)
	if _, err := time.LoadLocation(c.Desk.Timezone); err != nil || c.Desk.Timezone == "Local" {
		d.at("desk.timezone", "is %s, which is no time zone; write for example UTC or Europe/Budapest", d.quoted(c.Desk.Timezone))
	}
	if c.Database != "" && !goodDSN(c.Database.Reveal()) {
		d.at("database", "must be sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/NAME, with special characters of the password percent-encoded")
	}
}

func goodDSN(s string) bool {
	if file, ok := strings.CutPrefix(s, "sqlite:"); ok {
		return file != ""
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && strings.Trim(u.Path, "/") != ""
}

func (d *decoder) checkURL(path, s string) {
	if s == "" {
		return
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		d.at(path, "must be a web address such as https://desk.example.com, without user, query and fragment")
	}
}

// names checks the names of a list: their form when strict, and that none stands twice, whatever its case.
func (d *decoder) names(path string, list []string, strict bool) {
	seen := map[string]int{}
	for i, name := range list {
		own := fmt.Sprintf("%s[%d].name", path, i)
		if name == "" {
			continue // reported as missing
		}
		if strict && !goodName.MatchString(name) {
			d.at(own, "is %s; a name is up to 64 letters (a to z), digits, hyphens, underscores and dots, and begins with a letter or digit", d.quoted(name))
			continue
		}
		if first, twice := seen[strings.ToLower(name)]; twice {
			d.at(own, "%s is already the name of %s[%d] on line %d", d.quoted(name), path, first, d.marks.of(fmt.Sprintf("%s[%d].name", path, first)).line)
			continue
		}
		seen[strings.ToLower(name)] = i
	}
}

// namesOf lists the names of anything that has one.
func namesOf[T any](list []T, name func(T) string) []string {
	out := make([]string, len(list))
	for i, one := range list {
		out[i] = name(one)
	}
	return out
}

func brandNames(c *Config) []string {
	return namesOf(c.Brands, func(b desk.Brand) string { return b.Name })
}
func accountNames(c *Config) []string {
	return namesOf(c.Accounts, func(a Account) string { return a.Name })
}
func sourceNames(c *Config) []string {
	return namesOf(c.Sources, func(s Source) string { return s.Name })
}
func targetNames(c *Config) []string {
	return namesOf(c.Notify.Targets, func(t Target) string { return t.Name })
}

// refer checks that a word names one of the known things.
func (d *decoder) refer(path, word, what string, known []string) bool {
	if word == "" {
		return false
	}
	if slices.Contains(known, word) {
		return true
	}
	if len(known) == 0 {
		d.at(path, "names %s, but there is no %s in this file", d.quoted(word), what)
		return false
	}
	d.at(path, "names %s, but there is no such %s%s", d.quoted(word), what, suggest(word, d.shownOnly(known)))
	return false
}

// shownOnly leaves out what came from the environment.
func (d *decoder) shownOnly(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "" || d.hidden[w] })
}

func (d *decoder) referAll(path string, words []string, what string, known []string) {
	for i, w := range words {
		d.refer(fmt.Sprintf("%s[%d]", path, i), w, what, known)
	}
}

func (d *decoder) checkBrands(c *Config) {
	d.names("brands", brandNames(c), true)
	for i, b := range c.Brands {
		path := fmt.Sprintf("brands[%d]", i)
		product := func(p desk.Product) string { return p.Name }
		d.names(path+".products", namesOf(b.Products, product), false)
		d.names(path+".competitors", namesOf(b.Competitors, product), false)
	}
}

func (d *decoder) checkAccounts(c *Config) {
	d.names("accounts", accountNames(c), true)
	for i, a := range c.Accounts {
		path := fmt.Sprintf("accounts[%d]", i)
		d.refer(path+".kind", a.Kind, "kind of connector", slices.Sorted(maps.Keys(d.kinds.Connectors)))
		d.refer(path+".brand", a.Brand, "brand", brandNames(c))
		d.checkURL(path+".server", a.Server)
		if strings.HasPrefix(a.Handle, "@") {
			d.at(path+".handle", "begins with @; write the handle without it")
		}
	}
}

func (d *decoder) checkSources(c *Config) {
	d.names("sources", sourceNames(c), true)
	for i, s := range c.Sources {
		path := fmt.Sprintf("sources[%d]", i)
		d.refer(path+".brand", s.Brand, "brand", brandNames(c))
		if !d.refer(path+".account", s.Account, "account", accountNames(c)) {
			continue
		}
		for _, a := range c.Accounts {
			if a.Name == s.Account && a.Kind != s.Kind && a.Kind != "" && s.Kind != "" {
				d.at(path+".account", "names an account of kind %s, but the source is of kind %s", d.quoted(a.Kind), d.quoted(s.Kind))
			}
		}
	}
}
