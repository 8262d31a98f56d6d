package connectors

import (
	"fmt"
	"runtime/debug"
)

// Panic is the panic of a connector, turned into an error of its source.
type Panic struct {
	Value any
	Stack []byte // for the log
}

// Error is one line, without the stack.
func (p *Panic) Error() string { return fmt.Sprintf("the connector panicked: %v", p.Value) }

// Guard makes a call into a connector. Should it panic the error is a [*Panic], and nothing that the call was about to assign is.
func Guard(call func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &Panic{v, debug.Stack()}
		}
	}()
	return call()
}
