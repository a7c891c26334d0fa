package db_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/dbtest"
)

func TestIsDown(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"08006": true, "25006": true, "25P03": true, "53100": true, "53200": true, "53300": true, "57P01": true, "57P02": true,
		"57P03": true, "57P05": true, "58030": true,
		"22003": false, "23505": false, "28P01": false, "40001": false, "42P01": false,
	} {
		if got := db.IsDown(fmt.Errorf("list: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("%s: %v", code, got)
		}
	}
	other := &net.OpError{Op: "dial", Err: errors.New("refused")} // a file store, for example
	for _, err := range []error{pgx.ErrNoRows, context.Canceled, io.EOF, errors.New("other"), other} {
		if db.IsDown(err) {
			t.Errorf("%v is no error of the database", err)
		}
	}
}

// TestAConnectionThatBreaksMeansDown sends a query through a proxy, which then ends the connection or passes nothing on.
func TestAConnectionThatBreaksMeansDown(t *testing.T) {
	t.Parallel()
	for name, sever := range map[string]func(client, server net.Conn){
		"closed by the other side": func(client, server net.Conn) { _, _ = client.Close(), server.Close() },
		"reset": func(client, server net.Conn) {
			if tcp, ok := client.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_, _ = client.Close(), server.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := dbtest.New(t).Config()
			lines := make(chan [2]net.Conn, 8)
			cfg := target.ConnConfig
			address := proxy(t, cfg.Host, cfg.Port, lines)
			pool, err := db.Open(t.Context(), fmt.Sprintf(
				"host=127.0.0.1 port=%d user=%s password='%s' dbname=%s sslmode=disable pool_max_conns=1",
				address.Port, cfg.User, cfg.Password, cfg.Database,
			), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			line := <-lines
			go func() {
				time.Sleep(50 * time.Millisecond)
				sever(line[0], line[1])
			}()
			_, err = pool.Exec(t.Context(), "SELECT pg_sleep(5)")
			if err == nil || !db.IsDown(err) {
				t.Errorf("the error is %T %v", errors.Unwrap(err), err)
			}
			if _, err := pool.Exec(t.Context(), "SELECT 1"); err != nil {
				t.Errorf("the next query: %v", err)
			}
		})
	}
}

// proxy passes connections on to the tests' database, and sends each pair of them to lines.
func proxy(t *testing.T, host string, port uint16, lines chan<- [2]net.Conn) *net.TCPAddr {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	network, address := pgconn.NetworkAddress(host, port)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				_ = client.Close()
				return
			}
			lines <- [2]net.Conn{client, server}
			go func() { _, _ = io.Copy(server, client) }()
			go func() { _, _ = io.Copy(client, server) }()
		}
	}()
	return listener.Addr().(*net.TCPAddr)
}
