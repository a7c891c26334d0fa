//go:build !linux

package dbtest

func roomy(string) bool { return false }
