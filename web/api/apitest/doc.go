// Package apitest is for tests of the REST dialects: a dialect mounted on a database of its own (New), its answers
// compared with golden files (Golden), and the authorization matrix over its route table (Matrix).
// Not here: anything that a dialect decides.
package apitest
