package dbtest

import (
	"fmt"
	"os"
	"strings"
	"syscall"
)

// minMemory is what all tests' databases need at the same time, with a margin, in bytes.
const minMemory = 4 << 30

// roomy reports whether dir is a file system in memory that has room for the tests' databases.
func roomy(dir string) bool {
	const tmpfs = 0x01021994
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil || int64(fs.Type) != tmpfs {
		return false
	}
	return int64(fs.Bavail)*int64(fs.Bsize) >= minMemory && availableMemory() >= minMemory
}

// availableMemory is what programs can take without swapping, in bytes; 0 where the kernel does not say.
func availableMemory() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "MemAvailable:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		return 0
	}
	return kilobytes << 10
}
