package pg

import "syscall"

// attributes keeps Ctrl-C away from the server until we have drained, and lets the kernel stop the server when the
// thread that started it ends, even if we crash. A throwaway server keeps running.
func attributes(a account, throwaway bool) *syscall.SysProcAttr {
	if throwaway {
		return &syscall.SysProcAttr{Credential: a.credential(), Setsid: true}
	}
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true, Pdeathsig: syscall.SIGINT}
}

// openDirectoryPath is a child's path to the directory that it has as its file descriptor 3. That path does not pass
// the directories above.
const openDirectoryPath = "/proc/self/fd/3"
