package main

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/parleydesk/parley/db"
)

func TestSecretKeyFile(t *testing.T) {
	t.Parallel()

	t.Run("commands that start at once agree on one key, which stays", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "secret.key")
		var (
			all  sync.WaitGroup
			keys [8]string
		)
		for i := range keys {
			all.Go(func() {
				var err error
				if keys[i], err = secretKeyFile(path); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, key := range keys {
			if key != keys[0] {
				t.Fatalf("%q and %q", key, keys[0])
			}
		}
		if _, err := db.NewKeys(keys[0]); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
			t.Errorf("left %v", left)
		}
	})

	t.Run("with a database elsewhere no key is made up, and a wrong one is refused", func(t *testing.T) {
		t.Parallel()
		cfg := Config{DatabaseURL: "postgres://db/parley", Data: t.TempDir()}
		keys, err := secretKeys(cfg)
		if err != nil || keys.Seal() {
			t.Errorf("seals %v, %v", keys.Seal(), err)
		}
		cfg.SecretKeys = []string{"short"}
		if _, err := secretKeys(cfg); err == nil {
			t.Error("takes a short key")
		}
	})
}
