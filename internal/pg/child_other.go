//go:build unix && !linux

package pg

import "syscall"

// attributes keeps Ctrl-C away from the server until we have drained. No kernel but Linux
// stops it when we die: the next start finds it alive and takes it over.
func attributes(a account, throwaway bool) *syscall.SysProcAttr {
	if throwaway {
		return &syscall.SysProcAttr{Credential: a.credential(), Setsid: true}
	}
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true}
}

// openDirectoryPath is empty: every directory above the data must be passable.
const openDirectoryPath = ""
