package db

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// userTimeout gives up a TCP connection when what was sent has not been acknowledged for 20 seconds: keep-alives are
// not sent while data waits.
func userTimeout(network, _ string, c syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var err error
	ctrl := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int((20 * time.Second).Milliseconds()))
	})
	if ctrl != nil {
		return ctrl
	}
	return err
}
