// Package config reads the one YAML file that configures the desk.
//
// It owns the shape of that file, the expansion of ${ENV} and of *_file secrets, the JSON Schema for editors and the print
// without secrets. The kinds of connectors and targets bring their own settings as plain structs ([Kinds]); how they are written
// in YAML, what they default to and what is wrong with them is decided here, by the struct tags yaml, doc, default, enum, min,
// max and required.
//
// It promises to report every mistake of a file in one go, each with file, line, column and one sentence; never to panic on what
// people write; and never to print a secret or the value of an environment variable.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Config is the whole configuration, with defaults filled in and secrets resolved.
type Config struct {
	Desk     Desk          `yaml:"desk" doc:"The desk itself: its name, where it listens, how it logs."`
	Database DSN           `yaml:"database" default:"sqlite:earshot.db" doc:"sqlite:FILE (relative to the working directory) or postgres://USER:PASSWORD@HOST/NAME."`
	Brands   []desk.Brand  `yaml:"brands" doc:"Companies and names the desk works for."`
	Accounts []Account     `yaml:"accounts" doc:"Public identities the desk answers with."`
	Sources  []Source      `yaml:"sources" doc:"What is polled."`
	Triage   Triage        `yaml:"triage" doc:"Rules and topics that add to what triage finds by itself."`
	Notify   Notify        `yaml:"notify" doc:"Who is told of new work, and where."`
	Workflow desk.Workflow `yaml:"workflow" doc:"How a case is worked."`

	File  string `yaml:"-"` // as given to Load
	Dir   string `yaml:"-"` // its folder, where relative paths of sources and secrets start
	marks marks
}

// Desk is the desk itself.
type Desk struct {
	Name            string         `yaml:"name" default:"Earshot" doc:"Name of the desk as its pages show it."`
	Listen          string         `yaml:"listen" default:"127.0.0.1:8080" doc:"Address and port of the web server."`
	URL             string         `yaml:"url" doc:"Where people reach the desk, for links in messages; http:// and the listen address when absent."`
	KeyFile         string         `yaml:"key_file" default:"earshot.key" doc:"File with the key that encrypts tokens at rest, relative to the working directory; made when absent."`
	Timezone        string         `yaml:"timezone" default:"UTC" doc:"Time zone of pages and reports, for example Europe/Budapest."`
	PrivateNetworks []netip.Prefix `yaml:"private_networks" doc:"Private networks that sources may reach, for example 10.1.0.0/16; none by default."`
	Retention       Retention      `yaml:"retention" doc:"How long things are kept."`
	Workers         int            `yaml:"workers" default:"4" min:"1" max:"256" doc:"How many sources are polled at the same time."`
	Log             Log            `yaml:"log" doc:"What the desk writes to standard error."`
}

// Retention says how long things are kept.
type Retention struct {
	Raw desk.Duration `yaml:"raw" default:"30d" min:"1h" doc:"How long what the sites sent is kept, so that it can be parsed again."`
}

// Log says what is logged and how.
type Log struct {
	Level  string `yaml:"level" default:"info" enum:"debug,info,warn,error" doc:"The least that is logged."`
	Format string `yaml:"format" default:"text" enum:"text,json" doc:"text for people, json for collectors."`
}

// Account is a public identity the desk answers with.
type Account struct {
	Name         string      `yaml:"name" required:"true" doc:"Name that sources call it by."`
	Kind         string      `yaml:"kind" required:"true" doc:"Kind of network, the same word as in its sources."`
	Brand        string      `yaml:"brand" doc:"Brand it speaks for."`
	Server       string      `yaml:"server" doc:"Base URL, where the network has many servers."`
	Handle       string      `yaml:"handle" doc:"Handle without @."`
	Token        desk.Secret `yaml:"token" doc:"Token, app password or key; absent where a person connects the account in a browser."`
	ClientID     string      `yaml:"client_id" doc:"Id of the app registered at the network, where it wants one."`
	ClientSecret desk.Secret `yaml:"client_secret" doc:"Secret of that app."`
	Publish      string      `yaml:"publish" default:"off" enum:"off,on" doc:"Whether replies may become public; off until an operator turns it on."`
}

// Triage adds to what triage finds by itself.
type Triage struct {
	Rules    []desk.Rule  `yaml:"rules" doc:"Rules, in order; later ones win."`
	Topics   []desk.Topic `yaml:"topics" doc:"Themes, found by their words."`
	Urgency  desk.Urgency `yaml:"urgency" doc:"What makes a text urgent."`
	Learning Learning     `yaml:"learning" doc:"What the desk makes of its people's corrections by itself."`
}

// Learning says whether the desk learns from corrections, and what that may cost elsewhere.
type Learning struct {
	Enabled bool    `yaml:"enabled" default:"true" doc:"Whether a small layer over the shipped model learns from corrections; false takes what was learned out of force, too."`
	Margin  float64 `yaml:"margin" default:"0.5" min:"0" max:"100" doc:"By how many points of macro-F1 any tag may be judged worse on the golden set for it; what would cost more does not go into force."`
}

// Notify says who is told.
type Notify struct {
	Targets []Target   `yaml:"targets" doc:"Where notices can go."`
	Route   desk.Route `yaml:"route" doc:"The root of the routes: what its children leave out it decides."`
}

// Kinds are the kinds of connectors and targets of this build, each with a pointer to its zero options struct; nil when it has
// no settings of its own.
type Kinds struct {
	Connectors map[string]any
	Targets    map[string]any
}

// Load reads, expands and validates a configuration file with the environment of this process. When anything is wrong the error
// is a [Problems] with all of it.
func Load(path string, kinds Kinds) (*Config, error) {
	data, problem := read(path)
	if problem != "" {
		return nil, Problems{{File: path, Line: 1, Col: 1, Message: problem}}
	}
	return Parse(path, data, os.LookupEnv, kinds)
}

func read(path string) (data []byte, problem string) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "there is no such file"
	case err != nil:
		return nil, "the file cannot be read: " + reason(err)
	case info.IsDir():
		return nil, "this is a folder; name the YAML file in it"
	case info.Size() > maxSize:
		return nil, tooLarge
	}
	if data, err = os.ReadFile(path); err != nil {
		return nil, "the file cannot be read: " + reason(err)
	}
	return data, ""
}

// reason returns why a file could not be opened, without repeating its path.
func reason(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// Parse is [Load] for bytes in hand: name stands in the problems and its folder is where secret files are looked for; env looks
// up environment variables (nil knows none).
func Parse(name string, data []byte, env func(string) (string, bool), kinds Kinds) (*Config, error) {
	if err := kinds.check(); err != nil {
		return nil, err
	}
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	d := &decoder{file: name, dir: filepath.Dir(name), env: env, kinds: kinds, marks: marks{}, hidden: map[string]bool{}, secrets: map[string]string{}}
	root := d.parse(data)
	if root == nil {
		return nil, d.problems.sorted()
	}
	c := &Config{File: name, Dir: d.dir, marks: d.marks}
	d.top(root, c)
	d.check(c)
	if len(d.problems) > 0 {
		return nil, d.problems.sorted()
	}
	return c, nil
}

// check refuses kinds whose settings hide those that every source or target has: a mistake of the build.
func (k Kinds) check() error {
	for _, group := range []struct {
		what   string
		kinds  map[string]any
		common []field
	}{{"connector", k.Connectors, commonSource()}, {"target", k.Targets, commonTarget()}} {
		for kind, options := range group.kinds {
			for _, f := range optionFields(options) {
				if _, taken := find(group.common, f.key); taken {
					return fmt.Errorf("%s kind %q: its setting %q is one that every %s has", group.what, kind, f.key, group.what)
				}
			}
		}
	}
	return nil
}
