// Package outbound makes the HTTP clients for calls to other servers.
//
// Guard.Client is for addresses that other people chose: webhooks, bots, pictures, translation servers. It refuses to
// reach what is not on the public internet, unless the administrator of the installation allows the network
// (PARLEY_OUTBOUND_ALLOW). The check is made when the connection is dialled, on the address that the name resolved to, so
// a name that points into a private network, or changes its address between two look-ups, gains nothing. OwnTransport is
// for a server that the administrator of the installation chose. Not here: what is sent.
package outbound
