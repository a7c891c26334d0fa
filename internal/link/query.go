package link

import (
	"net/url"
	"strings"
)

// With adds values to an address's query: name, value, name, value.
func With(address string, pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		sign := "?"
		if strings.Contains(address, "?") {
			sign = "&"
		}
		address += sign + url.QueryEscape(pairs[i]) + "=" + url.QueryEscape(pairs[i+1])
	}
	return address
}

// Query gives an address without a query the query of values, in the order of their names.
func Query(address string, values url.Values) string {
	if len(values) == 0 {
		return address
	}
	return address + "?" + values.Encode()
}

// At leads to the element with an id on a page.
func At(address, element string) string { return address + "#" + element }
