package connectors

import "github.com/earshotdesk/earshot/internal/desk"

// Sited is a connector all of whose mentions are of one site. Whoever reports in [Batch.Gone] what a site removed must be one: an
// identifier alone does not say of which site it is.
type Sited interface {
	Site() desk.Site
}

// Capable is a connector whose capabilities depend on its settings. Found by assertion, as the other optional interfaces are.
type Capable interface {
	Capabilities() Capabilities
}

// CapabilitiesOf returns what a configured source can do: what its connector says, or else what its kind says.
func CapabilitiesOf(spec Spec, c Connector) Capabilities {
	if own, ok := c.(Capable); ok {
		return own.Capabilities()
	}
	return spec.Caps
}
