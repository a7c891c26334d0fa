// Package outbound makes the HTTP clients for calls to other servers.
//
// Guard.Client is for addresses that other people chose: webhooks, bots, pictures, translation servers. It refuses
// addresses that are not on the public internet, unless the administrator of the installation allows the network
// (PARLEY_OUTBOUND_ALLOW). It checks the resolved address when it dials, so that a name which points into a private
// network, or changes between two look-ups, is refused as well. OwnTransport is for a server that the administrator of
// the installation chose. Not here: the content of requests.
package outbound
