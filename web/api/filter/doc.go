// Package filter reads the filters that clients of Chatwoot's family write: a list of conditions, each with a key, an
// operator, values and how it is joined to the next. What is wrong with one is told in Chatwoot's words.
// Not here: what a condition means in SQL, which is package db's, and what a list answers.
package filter
