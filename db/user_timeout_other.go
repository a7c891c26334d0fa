//go:build !linux

package db

import "syscall"

// userTimeout does nothing where the system has no such setting: keep-alives still notice a dead connection.
func userTimeout(_, _ string, _ syscall.RawConn) error { return nil }
