package pg

import "syscall"

// attributes keeps Ctrl-C away from the server until we have drained, and has the kernel
// stop it when the thread that started it dies, however we die. A throwaway server stays.
func attributes(a account, throwaway bool) *syscall.SysProcAttr {
	if throwaway {
		return &syscall.SysProcAttr{Credential: a.credential(), Setsid: true}
	}
	return &syscall.SysProcAttr{Credential: a.credential(), Setpgid: true, Pdeathsig: syscall.SIGINT}
}

// openDirectoryPath is how a child names a directory that it was handed as its file
// descriptor 3: such a path leads there without passing the directories above.
const openDirectoryPath = "/proc/self/fd/3"
