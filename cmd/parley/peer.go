package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/parleydesk/parley/web/edge"
)

// clientAddress returns where a request comes from: the peer itself, or what a trusted proxy reports. Echo's own
// default would trust any proxy.
func clientAddress(trusted networks) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, n := range trusted {
		_, network, err := net.ParseCIDR(n.String())
		if err != nil {
			continue // a netip.Prefix always reads back
		}
		options = append(options, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// insiders lets requests through from this machine, a private network or an allowed one. A request from a proxy that
// is not trusted counts as an outsider's.
func insiders(next http.Handler, address echo.IPExtractor, cfg Config) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, err := netip.ParseAddr(address(r))
		from = from.Unmap()
		inside := err == nil && (from.IsLoopback() || from.IsPrivate() || cfg.Metrics.contains(from))
		if !inside || passedOn(r) && !cfg.TrustedProxies.contains(peer(r)) {
			writePlainText(w, http.StatusNotFound, "There is nothing here.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// passedOn reports whether a proxy has handled the request: each of these headers is one that proxies, tunnels and content
// networks add, and an empty one counts too.
func passedOn(r *http.Request) bool {
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") || slices.Contains(proxyHeaders(), name) {
			return true
		}
	}
	return false
}

func proxyHeaders() []string {
	return []string{
		"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Original-Forwarded-For", "X-Envoy-External-Address",
		"X-Azure-Clientip", "True-Client-Ip", "Cf-Connecting-Ip", "Cf-Ray", "Fastly-Client-Ip", "Fly-Client-Ip", "Cdn-Loop",
	}
}

// onThisMachine reports whether a request comes from this very machine, and not through a proxy that runs on it.
func onThisMachine(r *http.Request) bool { return peer(r).IsLoopback() && !passedOn(r) }

// peer is the other end of the connection.
func peer(r *http.Request) netip.Addr {
	p, _ := netip.ParseAddrPort(r.RemoteAddr)
	return p.Addr().Unmap()
}

// sameOrigin refuses writes that another site made a browser send. Paths under the APIs' prefixes are exempt: they
// use a token instead of a cookie.
func sameOrigin(next *echo.Echo, apis []string, cfg Config, log *slog.Logger) (http.Handler, error) {
	guard := http.NewCrossOriginProtection()
	for _, prefix := range apis {
		guard.AddInsecureBypassPattern(prefix + "/")
	}
	// A proxy may have rewritten the Host header that the origin is compared with.
	if err := guard.AddTrustedOrigin(cfg.BaseURL); err != nil {
		return nil, err
	}
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.Warn("refused a request from another site", "method", r.Method, "path", edge.RouteOf(next, r), "origin", r.Header.Get("Origin"))
		writePlainText(w, http.StatusForbidden, "This request came from another site, so Parley did nothing.")
	}))
	return guard.Handler(next), nil
}
