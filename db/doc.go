// Package db is the database as Go sees it: the queries of the folder queries/ as sqlc generates them, the rows as
// the one model, and facts about a row as methods on it. It also holds what sqlc cannot generate: opening and
// migrating, batches of queries, the lists of conversations and contacts whose filters and order people choose, and
// the sealing of secrets.
//
// Not here: who may do what (internal/desk), and anything slow.
package db
