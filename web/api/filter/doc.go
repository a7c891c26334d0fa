// Package filter reads the filters that clients of Chatwoot and Ndoto send: a list of conditions, each with a key, an
// operator, values, and AND or OR before the next condition. Its errors are Chatwoot's sentences.
//
// Not here: the SQL of a condition (package db), and the answers of lists.
package filter
