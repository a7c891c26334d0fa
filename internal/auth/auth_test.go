package auth

import (
	"strings"
	"testing"
)

func TestAnUnknownAddressCostsWhatAKnownOneDoes(t *testing.T) {
	t.Parallel()
	hash, err := NewPasswords().Hash("a long password")
	if err != nil {
		t.Fatal(err)
	}
	costs, _, _ := strings.Cut(strings.TrimPrefix(hash, "$argon2id$v=19$"), "$")
	if !strings.HasPrefix(nobody, "$argon2id$v=19$"+costs+"$") {
		t.Errorf("a hash costs %s, nobody's is %s", costs, nobody)
	}
}
