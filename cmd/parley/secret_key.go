package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/parleydesk/parley/db"
)

// secretKeys are those of the configuration or, with the built-in database, the one in the data directory, made at
// the first start. With a database elsewhere no key is made: replicas must share it, so it has to be configured.
func secretKeys(cfg Config) (*db.Keys, error) {
	texts := cfg.SecretKeys
	if len(texts) == 0 && cfg.embedded() {
		text, err := secretKeyFile(filepath.Join(cfg.Data, "secret.key"))
		if err != nil {
			return nil, fmt.Errorf("the key that seals secrets: %w", err)
		}
		texts = []string{text}
	}
	keys, err := db.NewKeys(texts...)
	if err != nil {
		return nil, fmt.Errorf("PARLEY_SECRET_KEY: %w", err)
	}
	return keys, nil
}

// secretKeyFile reads the key in a file, and makes it if there is none. If several processes do, the first wins. The
// key is on disk before anything is sealed with it.
func secretKeyFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	f, err := os.CreateTemp(filepath.Dir(path), "secret-*")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = errors.Join(dir.Sync(), dir.Close()) // not every system syncs directories
	}
	text, err = os.ReadFile(path)
	return strings.TrimSpace(string(text)), err
}
