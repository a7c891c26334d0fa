//go:build unix

package blob

import (
	"errors"
	"os"
	"syscall"
)

// lock waits for an open file's lock; the kernel releases it when the file is closed.
func lock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
