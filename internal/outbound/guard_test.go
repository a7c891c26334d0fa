package outbound_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/outbound"
)

// Each line: whether the address may be called without an allow list, then addresses of one kind.
const table = `
no  0.0.0.0 0.0.0.1 0.255.255.255
no  10.0.0.0 10.0.0.1 10.255.255.255
yes 9.255.255.255 11.0.0.0
no  100.64.0.0 100.100.100.200 100.127.255.255
yes 100.63.255.255 100.128.0.0
no  127.0.0.1 127.0.1.1 127.255.255.254
yes 126.255.255.255 128.0.0.1
no  169.254.0.1 169.254.169.254 169.254.170.2
yes 169.253.255.255 169.255.0.1
no  172.16.0.1 172.17.0.1 172.31.255.255
yes 172.15.255.255 172.32.0.1
no  192.0.0.1 192.0.0.170 192.0.0.192 192.0.2.1 192.88.99.1
no  192.168.0.1 192.168.1.1 192.168.255.255
yes 192.167.255.255 192.169.0.1 192.0.3.1
no  198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9
yes 198.17.255.255 198.20.0.1
no  224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
yes 223.255.255.254 1.1.1.1 8.8.8.8 93.184.216.34 185.199.108.153
no  :: ::1 ::2
no  fe80::1 fe80::1%eth0 fe80::a9fe:a9fe febf::1 fec0::1
no  fc00::1 fd00::1 fd00:ec2::254 fdff::1
no  ff01::1 ff02::1 ff05::2 ff0e::1
no  ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:192.168.1.1 ::ffff:7f00:1 ::ffff:0.0.0.0
yes ::ffff:8.8.8.8 ::ffff:93.184.216.34
no  ::127.0.0.1 ::10.0.0.1 ::8.8.8.8 ::ffff:0:127.0.0.1
no  64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::192.168.0.1 64:ff9b:1::8.8.8.8 64:ff9b:1::1
yes 64:ff9b::8.8.8.8 64:ff9b::93.184.216.34
no  2002:7f00:1:: 2002:a00:1::1 2002:a9fe:a9fe::1 2002:c0a8:101::1
yes 2002:808:808::1
no  2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1
no  2001:db8::1 2001:db8:ffff::1 3fff::1 3fff:fff::1
no  100::1 100:0:0:1::1 4000::1 5f00::1 8000::1 e000::1
yes 2606:4700:4700::1111 2001:4860:4860::8888 2a00:1450:4001::200e 2620:fe::fe 2400:cb00::1
`

func TestGuard(t *testing.T) {
	t.Parallel()

	t.Run("only public addresses are permitted", func(t *testing.T) {
		t.Parallel()
		g, n := outbound.NewGuard(), 0
		for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
			fields := strings.Fields(line)
			for _, address := range fields[1:] {
				n++
				if got := g.Permits(netip.MustParseAddr(address)); got != (fields[0] == "yes") {
					t.Errorf("%s: permitted is %v", address, got)
				}
			}
		}
		if n < 100 {
			t.Errorf("the table has %d addresses only", n)
		}
		if g.Permits(netip.Addr{}) {
			t.Error("no address at all is permitted")
		}
	})

	t.Run("the administrator's networks are permitted, in every form of their addresses, and nothing else", func(t *testing.T) {
		t.Parallel()
		g := outbound.NewGuard(netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32"),
			netip.MustParsePrefix("::ffff:172.16.5.0/120"))
		for address, want := range map[string]bool{
			"10.1.2.3": true, "::ffff:10.1.2.3": true, "64:ff9b::10.1.2.3": true, "10.2.0.1": false, "127.0.0.1": false,
			"fd00:1::5": true, "fd00:2::5": false, "8.8.8.8": true, "172.16.5.9": true, "172.16.6.9": false,
		} {
			if got := g.Permits(netip.MustParseAddr(address)); got != want {
				t.Errorf("%s: permitted is %v", address, got)
			}
		}
	})

	t.Run("a name that resolves to a refused address is refused when it is dialled", func(t *testing.T) {
		t.Parallel()
		called := false
		s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
		defer s.Close()
		port := mustParse(t, s.URL).Port()
		for _, at := range []string{s.URL, "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0x7f.1:" + port} {
			response, err := outbound.NewGuard().Client(30*time.Second).Post(at, "text/plain", nil)
			if err == nil {
				response.Body.Close()
				t.Errorf("%s answered", at)
			} else if !errors.Is(err, outbound.ErrRefused) && !strings.Contains(at, "0x7f") {
				t.Errorf("%s: %v", at, err)
			}
		}
		if called {
			t.Error("the server was reached")
		}
	})

	t.Run("a redirect of a GET is dialled through the guard too, and a POST is not led anywhere", func(t *testing.T) {
		t.Parallel()
		inside := httptest.NewServer(http.NotFoundHandler())
		defer inside.Close()
		outside := httptest.NewServer(http.RedirectHandler(inside.URL, http.StatusTemporaryRedirect))
		defer outside.Close()
		client := outbound.NewGuard(netip.MustParsePrefix("127.0.0.1/32")).Client(30 * time.Second)
		response, err := client.Post(outside.URL, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusTemporaryRedirect {
			t.Errorf("a POST ended with %d", response.StatusCode)
		}
		away := httptest.NewServer(http.RedirectHandler("http://10.255.255.1/", http.StatusFound))
		defer away.Close()
		response, err = client.Get(away.URL)
		if !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("a GET was led to a private address: %v", err)
		}
		if err == nil {
			response.Body.Close()
		}
	})
}

func mustParse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
