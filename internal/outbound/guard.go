package outbound

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
)

// ErrRefused is the guard's error for an address that must not be called. Trying again does not help. The error does
// not contain the address, which would tell the user who entered the name to what our resolver resolves it.
var ErrRefused = errors.New("the address is not on the public internet, and the administrator has not allowed it")

// Guard decides which addresses may be called.
type Guard struct{ allow []netip.Prefix }

// NewGuard returns a guard that permits public addresses and those in allow.
func NewGuard(allow ...netip.Prefix) Guard {
	g := Guard{}
	for _, p := range allow {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		g.allow = append(g.allow, p.Masked())
	}
	return g
}

// Permits reports whether an address may be called.
func (g Guard) Permits(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if !ip.IsValid() {
		return false
	}
	if contains(g.allow, ip) {
		return true
	}
	if ip.Is4() {
		return !contains(special4(), ip)
	}
	// An address that embeds another one leads to that one.
	if inner, ok := embedded(ip); ok {
		return g.Permits(inner)
	}
	return netip.MustParsePrefix("2000::/3").Contains(ip) && !contains(special6(), ip)
}

// embedded returns the IPv4 address in a translated or tunnelled one: NAT64 and 6to4.
func embedded(ip netip.Addr) (netip.Addr, bool) {
	b := ip.As16()
	switch {
	case netip.MustParsePrefix("64:ff9b::/96").Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case netip.MustParsePrefix("2002::/16").Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}

// special4 are the IPv4 blocks that IANA lists as not globally reachable, and multicast.
func special4() []netip.Prefix {
	return prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
		"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4")
}

// special6 are the blocks in 2000::/3 that lead to no public host: protocol assignments such as Teredo, and
// documentation. Outside 2000::/3 only NAT64 is permitted.
func special6() []netip.Prefix {
	return prefixes("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20")
}

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, s := range all {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

func contains(all []netip.Prefix, ip netip.Addr) bool {
	for _, p := range all {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// control checks the resolved address before it is dialled.
func (g Guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return ErrRefused
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil || !g.Permits(at.Addr()) {
		return ErrRefused
	}
	return nil
}
