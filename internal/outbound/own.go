package outbound

import (
	"context"
	"net"
	"net/http"
	"time"
)

// OwnTransport returns a transport for a server that the administrator of the installation chose, such as the one that
// keeps files. The server may be in a private network or behind the machine's proxy. The transport gives up if
// connecting, the answer's head or the next bytes take longer than timeout.
func OwnTransport(timeout time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}
	transport := newTransport(timeout)
	transport.Proxy = http.ProxyFromEnvironment
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &movingConn{Conn: conn, timeout: timeout}, nil
	}
	return transport
}

// movingConn is a connection that fails when no byte has moved in either direction for timeout.
type movingConn struct {
	net.Conn
	timeout time.Duration
}

func (c *movingConn) Read(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *movingConn) Write(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
