package seed

import "github.com/parleydesk/parley/db"

// file is an attachment whose bytes are in the store.
type file struct {
	kind              db.FileKind
	name, contentType string
	size              int64
	hash, thumb       *string
	width, height     *int32
}
