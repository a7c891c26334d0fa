//go:build unix

package dbtest

import "syscall"

// ownSession lets a process outlive the terminal and the test run that started it.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
