// Package htmlsafe turns text that strangers wrote into HTML that may stand in our
// pages, and HTML into text: mail bodies, Markdown of messages, excerpts, the quoted
// tail of a reply. All of it is pure and safe for concurrent use.
//
// Not here: parsing of mail (mail), the component that puts the result into a page
// (views), and fetching of anything.
package htmlsafe
