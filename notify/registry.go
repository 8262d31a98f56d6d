package notify

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

// Env is what a notifier gets to work with.
type Env struct {
	Target string       // its name in the configuration
	HTTP   *http.Client // never retries: the outbox does; http.DefaultClient when nil
	Out    io.Writer    // for targets on this machine
	Log    *slog.Logger // for what is odd but no error; errors are returned, not logged
	Now    func() time.Time
	Agent  string // User-Agent
}

// Kind describes a kind of target: all that must be known without making one.
type Kind struct {
	Name    string // the word after `kind:` in the configuration
	Summary string // one line
	Sample  string // commented YAML of one target, the notifier's documentation
	Options any    // pointer to a zero options struct: its fields become the JSON Schema

	// New makes a notifier. decode fills the options struct strictly. New checks the settings and does no I/O.
	New func(env Env, decode func(options any) error) (Notifier, error)
}

// Registry is a set of kinds. It is a value: tests and cut-down builds make their own.
type Registry struct {
	kinds map[string]Kind
}

// NewRegistry returns a registry of the given kinds. Two of the same name are a mistake of the build, reported as an error.
func NewRegistry(kinds ...Kind) (*Registry, error) {
	r := &Registry{kinds: make(map[string]Kind, len(kinds))}
	for _, k := range kinds {
		if k.Name == "" || k.New == nil {
			return nil, fmt.Errorf("target kind %q: needs Name and New", k.Name)
		}
		if _, twice := r.kinds[k.Name]; twice {
			return nil, fmt.Errorf("target kind %q is registered twice", k.Name)
		}
		r.kinds[k.Name] = k
	}
	return r, nil
}

// Kinds lists the names of the registered kinds in alphabetical order.
func (r *Registry) Kinds() []string {
	names := make([]string, 0, len(r.kinds))
	for name := range r.kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Kind returns the description of a kind.
func (r *Registry) Kind(name string) (Kind, error) {
	k, ok := r.kinds[name]
	if !ok {
		return Kind{}, desk.Invalidf("there is no target of kind %q; the kinds are %s", name, strings.Join(r.Kinds(), ", "))
	}
	return k, nil
}

// New makes the notifier of a target.
func (r *Registry) New(kind string, env Env, decode func(any) error) (Notifier, error) {
	k, err := r.Kind(kind)
	if err != nil {
		return nil, err
	}
	return k.New(env, decode)
}
