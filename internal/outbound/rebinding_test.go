package outbound

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers every question for an IPv4 address with what answers returns, and with a time to live of 0.
func nameServer(t *testing.T, answers func() []netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		packet := make([]byte, 512)
		for {
			n, from, err := conn.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				for _, a := range answers() {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
						Body:   &dnsmessage.AResource{A: a.As4()},
					})
				}
			}
			if raw, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(raw, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// twoServers listen on one port of two loopback addresses. In these tests the first stands for the public internet.
func twoServers(t *testing.T, public http.HandlerFunc) (port string, reached *atomic.Bool) {
	t.Helper()
	reached = new(atomic.Bool)
	outside := httptest.NewServer(public)
	t.Cleanup(outside.Close)
	_, port, err := net.SplitHostPort(outside.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.2", port))
	if err != nil {
		t.Skipf("this system has one loopback address only: %v", err)
	}
	inside := &httptest.Server{Listener: listener, Config: &http.Server{
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Store(true) }), ReadHeaderTimeout: time.Minute,
	}}
	inside.Start()
	t.Cleanup(inside.Close)
	return port, reached
}

var (
	publicAddress  = netip.MustParseAddr("127.0.0.1")
	privateAddress = netip.MustParseAddr("127.0.0.2")
)

func clientAsking(resolver *net.Resolver) *http.Client {
	dialer := NewGuard(netip.PrefixFrom(publicAddress, 32)).dialer(time.Minute)
	dialer.Resolver = resolver
	return newClient(dialer, time.Minute)
}

func TestANameThatChangesItsAddress(t *testing.T) {
	t.Parallel()

	t.Run("is looked at again for each connection", func(t *testing.T) {
		t.Parallel()
		port, reached := twoServers(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })
		var asked atomic.Int32
		client := clientAsking(nameServer(t, func() []netip.Addr {
			if asked.Add(1) == 1 {
				return []netip.Addr{publicAddress}
			}
			return []netip.Addr{privateAddress}
		}))
		first, err := client.Get("http://turning.example:" + port + "/")
		if err != nil {
			t.Fatal(err)
		}
		_ = first.Body.Close()
		second, err := client.Get("http://turning.example:" + port + "/")
		if err == nil {
			_ = second.Body.Close()
		}
		if !errors.Is(err, ErrRefused) || reached.Load() {
			t.Errorf("%v; the private server was reached: %v", err, reached.Load())
		}
	})

	t.Run("is looked at again for a redirect to itself", func(t *testing.T) {
		t.Parallel()
		port, reached := twoServers(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			http.Redirect(w, r, "/again", http.StatusFound)
		})
		var asked atomic.Int32
		client := clientAsking(nameServer(t, func() []netip.Addr {
			if asked.Add(1) == 1 {
				return []netip.Addr{publicAddress}
			}
			return []netip.Addr{privateAddress}
		}))
		answer, err := client.Get("http://turning.example:" + port + "/")
		if err == nil {
			_ = answer.Body.Close()
		}
		if !errors.Is(err, ErrRefused) || reached.Load() {
			t.Errorf("%v; the private server was reached: %v", err, reached.Load())
		}
	})

	t.Run("or has two addresses is reached at the public one only", func(t *testing.T) {
		t.Parallel()
		port, reached := twoServers(t, func(http.ResponseWriter, *http.Request) {})
		client := clientAsking(nameServer(t, func() []netip.Addr { return []netip.Addr{privateAddress, publicAddress} }))
		answer, err := client.Get("http://both.example:" + port + "/")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if reached.Load() {
			t.Error("the private server was reached")
		}
	})

	t.Run("to addresses of IPv4 in a form of IPv6 gains nothing", func(t *testing.T) {
		t.Parallel()
		client := NewGuard().Client(time.Minute)
		for _, host := range []string{
			"[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::10.0.0.1]", "[2002:7f00:1::1]",
			"[fe80::1]", "[fd00:ec2::254]", "169.254.169.254", "100.100.100.200", "0.0.0.0", "[::]",
		} {
			answer, err := client.Get("http://" + host + "/latest/meta-data/")
			if err == nil {
				_ = answer.Body.Close()
			}
			if !errors.Is(err, ErrRefused) {
				t.Errorf("%s: %v", host, err)
			}
		}
	})

	t.Run("to a loopback address by a host in decimal, octal or hexadecimal reaches nothing", func(t *testing.T) {
		t.Parallel()
		port, _ := twoServers(t, func(http.ResponseWriter, *http.Request) { t.Error("reached") })
		dialer := NewGuard().dialer(time.Minute)
		dialer.Resolver = nameServer(t, func() []netip.Addr { return nil })
		client := newClient(dialer, time.Minute)
		for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "017700000001", "127.1", "0x7f.1", "127.0.1", "127.0.0.1."} {
			answer, err := client.Get("http://" + host + ":" + port + "/")
			if err == nil {
				_ = answer.Body.Close()
				t.Errorf("%s answered", host)
			}
		}
	})
}
