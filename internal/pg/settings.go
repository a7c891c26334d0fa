package pg

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

const megabyte = 1 << 20

// settings are given on the command line, so that a start is enough to change them
// and the files that initdb wrote stay as they are.
func settings(memory int64, throwaway bool) []string {
	if memory == 0 {
		memory = 1024 * megabyte // unknown: assume a small box
	}
	set := []string{
		"listen_addresses=",
		"port=5432", // only names the socket
		"max_connections=100",
		// The rest of the memory serves as file cache just as well, and to others too.
		"shared_buffers=" + megabytes(memory/8, 32, 512),
		"effective_cache_size=" + megabytes(memory/2, 128, 64*1024),
		"maintenance_work_mem=" + megabytes(memory/32, 32, 256),
		"work_mem=8MB",
		"jit=off", // our queries are short; compiling them costs more than it saves
		"random_page_cost=1.1",
		"wal_compression=on",
		"checkpoint_timeout=15min",
		"max_wal_size=2GB",
		"autovacuum_naptime=20s", // the job tables turn over quickly
		"timezone=UTC",
		"log_timezone=UTC",
		"log_checkpoints=off",
		"unix_socket_permissions=0700",
	}
	if throwaway {
		return append(set, "fsync=off", "synchronous_commit=off", "full_page_writes=off",
			"max_connections=400", "shared_buffers=128MB", "max_wal_size=4GB",
			"autovacuum=off",                         // these databases live for seconds
			"wal_level=minimal", "max_wal_senders=0") // so that less is logged
	}
	return append(set, "fsync=on", "synchronous_commit=on", "full_page_writes=on")
}

func megabytes(bytes, least, most int64) string {
	return fmt.Sprintf("%dMB", min(max(bytes/megabyte, least), most))
}

// memory is what this process may use: the machine's, or its control group's limit if
// that is lower. 0 where nothing tells.
func memory() int64 {
	var total int64
	info, _ := os.ReadFile("/proc/meminfo")
	for line := range bytes.Lines(info) {
		if fields := strings.Fields(string(line)); len(fields) >= 2 && fields[0] == "MemTotal:" {
			kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
			total = kilobytes * 1024
		}
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err == nil && limit > 0 && (total == 0 || limit < total) {
			total = limit
		}
	}
	return total
}
