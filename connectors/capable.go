package connectors

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
