// Package auth proves who a person is: passwords, access tokens, invitations, password links, and the first run of an
// installation. It also limits how often an address may try.
//
// Not here: conversations, cookies and HTTP.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"github.com/parleydesk/parley/internal/fault"
)

// MinPassword is the length of the shortest password, in characters.
const MinPassword = 8

// maxPassword is the longest, in bytes.
const maxPassword = 1024

const (
	// parallelHashes is how many argon2id computations run at once: each takes 64 MB.
	parallelHashes = 2
	// waitingHashes is how many more may wait for their turn: some seconds' worth.
	waitingHashes = 40
)

// Passwords hashes and checks passwords, a few at once. Whoever comes while the queue is full gets fault.Busy, and a
// caller that leaves gives up its place.
type Passwords struct {
	slots   chan struct{}
	waiting atomic.Int32
}

// NewPasswords makes the limit; share one within a process.
func NewPasswords() *Passwords { return &Passwords{slots: make(chan struct{}, parallelHashes)} }

// CheckLength returns fault.Fields for a password that is too short or too long to be taken.
func CheckLength(password string) error {
	if utf8.RuneCountInString(password) < MinPassword {
		return fault.Field("password", fmt.Sprintf("Password is too short (minimum is %d characters)", MinPassword))
	}
	if len(password) > maxPassword {
		return fault.Field("password", "Password is too long (maximum is 1024 bytes)")
	}
	return nil
}

// Hash makes the stored form of a password. fault.Fields if it is too short or too long.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := CheckLength(password); err != nil {
		return "", err
	}
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	return argon2id.CreateHash(password, costs())
}

// enter waits for a slot as long as ctx lives.
func (p *Passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	default:
	}
	defer p.waiting.Add(-1)
	if p.waiting.Add(1) > waitingHashes {
		return fault.Busy
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// costs are the same on every machine, and those of nobody: the library's default depends on the number of cores, so
// an unknown address would be answered in another time than a known one.
func costs() *argon2id.Params {
	return &argon2id.Params{Memory: 64 * 1024, Iterations: 1, Parallelism: 2, SaltLength: 16, KeyLength: 32}
}

// Check compares a password with its stored form. Without a stored form it takes as long as with one, so that the
// time of an answer does not reveal whether an address is known.
func (p *Passwords) Check(ctx context.Context, password string, stored *string) (bool, error) {
	if len(password) > maxPassword {
		return false, nil
	}
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	if stored == nil {
		_, _ = argon2id.ComparePasswordAndHash(password, nobody)
		return false, nil
	}
	ok, err := argon2id.ComparePasswordAndHash(password, *stored)
	return err == nil && ok, nil
}

// leave frees a slot, and its 64 MB at once: the garbage collector would count them as needed and let everything else
// grow to a multiple of it.
func (p *Passwords) leave() {
	debug.FreeOSMemory()
	<-p.slots
}

// nobody is the hash of a random password that was thrown away.
const nobody = "$argon2id$v=19$m=65536,t=1,p=2$c29tZXNhbHRzb21lc2FsdA$1b1kK8bVvD2HnRYcTqkQG3bNw0Tt5pYx1S1m3rX9n5E"

// Secret is a random 256-bit token: Token goes to its owner once, Hash into the database, and Hint beside it so that
// the owner can recognise it.
type Secret struct {
	Token string
	Hash  []byte
	Hint  string
}

// NewSecret makes a token.
func NewSecret() Secret {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program rather than return weak bytes
	token := base64.RawURLEncoding.EncodeToString(raw)
	return Secret{Token: token, Hash: HashToken(token), Hint: token[:4]}
}

// HashToken is the form in which a token is stored and looked up. A plain SHA-256 will do for 256 random bits.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// NormalEmail is an address in the form in which it is stored, or fault.Fields.
func NormalEmail(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > 254 || strings.ContainsAny(s, " \t\r\n<>,;\"\x00") || !utf8.ValidString(s) {
		return "", fault.Field("email", "Email is not an e-mail address")
	}
	return s, nil
}
