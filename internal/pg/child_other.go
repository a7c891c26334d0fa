//go:build unix && !linux

package pg

import "syscall"

// attributes keeps Ctrl-C away from the server until we have drained. Only Linux stops the server when we crash;
// elsewhere the next start finds it running and takes it over.
func attributes(a account, throwaway bool) *syscall.SysProcAttr {
	if throwaway {
		return &syscall.SysProcAttr{Credential: a.credential(), Setsid: true}
	}
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true}
}

// openDirectoryPath is empty: every directory above the data must be passable.
const openDirectoryPath = ""
