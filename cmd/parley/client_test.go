package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/parleydesk/parley/internal/dbtest"
)

// clientsDir holds the journeys with clients that other people wrote, and which clients those are.
const clientsDir = "testdata/clients"

// TestClients lets clients that other people wrote work with parley, unchanged but for the address and the token. Each
// has an account of its own, with an administrator, and what it says went wrong is the failure.
func TestClients(t *testing.T) {
	t.Parallel()
	modules := installClients(t)
	pool := dbtest.New(t)
	settings := []string{
		"DATABASE_URL=" + pool.Config().ConnString(), "PARLEY_SECRET_KEY=" + dbtest.SecretKey,
		"PARLEY_DATA=" + t.TempDir(), "PARLEY_OUTBOUND_ALLOW=127.0.0.0/8",
	}
	p := serveParley(t, settings).ready()
	for client, script := range map[string]string{
		"@figuro/chatwoot-sdk makes every call that it has":                         "figuro.mjs",
		"a workflow of n8n runs every operation of @devlikeapro/n8n-nodes-chatwoot": "n8n.mjs",
		"a bridge makes the calls of Evolution API in their order":                  "evolution.mjs",
		"the bridge of open-wa works between WhatsApp and Parley":                   "openwa.mjs",
		"@rails/actioncable hears what happens, as an agent and as a contact":       "cable.mjs",
	} {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			account := dbtest.Account(t, pool, "Acme "+script)
			token := dbtest.Token(t, pool, dbtest.Admin(t, pool, account, "Ann"))
			node := exec.CommandContext(t.Context(), "node", filepath.Join(clientsDir, script))
			node.Env = append(
				os.Environ(), "CLIENTS="+modules, "BASE="+p.url, "TOKEN="+token, "PLATFORM="+platformToken(t, settings, script),
				fmt.Sprint("ACCOUNT=", account.ID),
			)
			if out, err := node.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// platformToken makes an application for the platform API.
func platformToken(t *testing.T, settings []string, name string) string {
	t.Helper()
	r := runParley(t, settings, "platform-app", "--name", name)
	var made struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(r.out), &made); err != nil || r.code != 0 {
		t.Fatalf("platform-app: exit code %d, printed %q, said %q", r.code, r.out, r.errors)
	}
	return made.AccessToken
}

// installing lets one test install what the others then find.
var installing sync.Mutex

// installClients installs what the lock names, once for each lock, in a folder of the user's cache, and returns it.
func installClients(t *testing.T) string {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("there is no %s, which other people's clients need; to install it, type: .ci/install test", program)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	files, digest := map[string][]byte{}, sha256.New()
	for _, name := range []string{"package.json", "package-lock.json"} {
		if files[name], err = os.ReadFile(filepath.Join(clientsDir, name)); err != nil {
			t.Fatal(err)
		}
		digest.Write(files[name])
	}
	parent := filepath.Join(cache, "parley")
	dir := filepath.Join(parent, "clients-"+hex.EncodeToString(digest.Sum(nil))[:16])
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	// The folder has its name only when it is whole.
	fresh, err := os.MkdirTemp(parent, "installing-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(fresh)
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := strings.Fields(
		"ci --ignore-scripts --no-audit --no-fund --legacy-peer-deps --fetch-retries=5 --fetch-retry-factor=2 --fetch-retry-mintimeout=2000",
	)
	npm := exec.CommandContext(t.Context(), "npm", args...)
	npm.Dir = fresh
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("npm %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	if err := os.Rename(fresh, dir); err != nil {
		// Another test run was quicker.
		if _, gone := os.Stat(dir); gone != nil {
			t.Fatal(err)
		}
	}
	return dir
}
