//go:build !unix

package blob

import (
	"errors"
	"os"
)

func lock(*os.File) error {
	return errors.New("file:// needs a system with file locks: keep blobs in s3:// here")
}
