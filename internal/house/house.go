// Package house holds the rules of the house as tests: who may import whom, who may write
// what, and where state may live. There is nothing here to import.
package house
