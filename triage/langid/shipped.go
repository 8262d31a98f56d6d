package langid

import (
	_ "embed"
	"fmt"
)

//go:embed languages.bin
var shipped []byte

// Shipped loads the model that comes with the program.
func Shipped() (*Model, error) {
	m, err := Load(shipped)
	if err != nil {
		return nil, fmt.Errorf("the built-in file: %w", err)
	}
	return m, nil
}
