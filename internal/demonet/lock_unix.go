//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package demonet

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lock keeps other processes from writing the same log; the system lifts it when this one ends, in whatever way.
func lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return fmt.Errorf("%s is in use by another demo network; stop that one, or name another file", f.Name())
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOLCK):
		return nil // a file system without locks
	case err != nil:
		return fmt.Errorf("locking the network's log: %w", err)
	}
	return nil
}
