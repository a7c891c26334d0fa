//go:build !unix

package dbtest

import "syscall"

func ownSession() *syscall.SysProcAttr { return nil }
