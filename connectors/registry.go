package connectors

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/earshotdesk/earshot/internal/desk"
)

// ErrStopped says that the site will never have anything again for this source (410 Gone and its like).
var ErrStopped = errors.New("the site says this is gone for good")

// Registry is a set of kinds. It is a value: tests and cut-down builds make their own.
type Registry struct {
	specs map[string]Spec
}

// NewRegistry returns a registry of the given kinds. Two of the same name are a mistake of the build, reported as an error.
func NewRegistry(specs ...Spec) (*Registry, error) {
	r := &Registry{specs: make(map[string]Spec, len(specs))}
	for _, s := range specs {
		if s.Kind == "" || s.New == nil {
			return nil, fmt.Errorf("connector %q: a spec needs Kind and New", s.Kind)
		}
		if _, twice := r.specs[s.Kind]; twice {
			return nil, fmt.Errorf("connector %q is registered twice", s.Kind)
		}
		r.specs[s.Kind] = s
	}
	return r, nil
}

// Kinds lists the registered kinds in alphabetical order.
func (r *Registry) Kinds() []string {
	kinds := make([]string, 0, len(r.specs))
	for k := range r.specs {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// Spec returns the description of a kind.
func (r *Registry) Spec(kind string) (Spec, error) {
	s, ok := r.specs[kind]
	if !ok {
		return Spec{}, desk.Invalidf("there is no connector of kind %q; the kinds are %s", kind, strings.Join(r.Kinds(), ", "))
	}
	return s, nil
}

// New makes the connector of a source.
func (r *Registry) New(env Env, decode func(any) error) (Connector, error) {
	s, err := r.Spec(env.Source.Kind)
	if err != nil {
		return nil, err
	}
	return s.New(env, decode)
}
