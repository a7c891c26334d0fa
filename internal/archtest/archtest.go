// Package archtest holds the architecture's rules as tests: which package may import which, which may write
// what, where state may live, how things are named. There is nothing here to import.
package archtest
