package db

import "net"

// serverConn is a connection to PostgreSQL whose errors say so: IsDown can tell a database that is lost from another
// server that is.
type serverConn struct{ net.Conn }

func (c serverConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	return n, lost(err)
}

func (c serverConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	return n, lost(err)
}

// lostError is an error of a connection to PostgreSQL.
type lostError struct{ error }

func lost(err error) error {
	if err == nil {
		return nil
	}
	return &lostError{err}
}

func (e *lostError) Unwrap() error { return e.error }
