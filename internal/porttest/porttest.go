// Package porttest finds ports for other people's servers that cannot choose one by themselves. It is imported by tests
// only. What can listen on port 0 should.
package porttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"testing"
)

// Free is a port of this machine that nobody listens on, below those that the kernel hands out: until the server has
// started, no other test is given it.
func Free(t testing.TB) int {
	t.Helper()
	const lowest = 10000
	first := 32768
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		_, _ = fmt.Sscan(string(text), &first)
	}
	for range 100 {
		port := 0 // where the kernel hands out nearly all, there is no better one than the next of them
		if first > lowest+1000 {
			port = lowest + rand.IntN(first-lowest)
		}
		// On every interface, as some of these servers do.
		if l, err := net.Listen("tcp", fmt.Sprintf(":%d", port)); err == nil {
			port = l.Addr().(*net.TCPAddr).Port
			if l.Close() == nil {
				return port
			}
		}
	}
	t.Fatal("no port is free")
	return 0
}
