// Package outbound is the one HTTP client for addresses that other people chose: webhooks, avatars, translation
// servers. It refuses to reach what is not on the public internet, unless the administrator of the installation
// allows the network (PARLEY_OUTBOUND_ALLOW).
//
// The check is made when the connection is dialled, on the address that the name resolved to, so a name that points
// into a private network, or changes its mind between two look-ups, gains nothing. Not here: what is sent.
package outbound
