// Package mimetext reads what strangers' programs write around a text: charsets, encoded words, addresses and the
// parameters of structured headers. It is lenient, because what it reads has been sent already and cannot be refused
// back; its time is linear in what it is given, and what it returns is valid UTF-8 without control characters.
//
// Mails, uploads and imports all read with it, so that a name is read in the same way wherever it comes from.
//
// Not here: mails as a whole (mail), tables (contactfile), safe file names (blob).
package mimetext
