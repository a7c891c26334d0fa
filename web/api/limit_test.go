package api

import "testing"

func TestAnIPv6NetworkIsOneCaller(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"2001:db8:1:2::3": "2001:db8:1:2::/64", "2001:db8:1:2:ffff::9": "2001:db8:1:2::/64", "2001:db8:1:3::3": "2001:db8:1:3::/64",
		"fe80::1%eth0": "fe80::/64", "192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "::ffff:192.0.2.7", "": "",
	} {
		if got := network(address); got != want {
			t.Errorf("%q counts as %q, want %q", address, got, want)
		}
	}
}
