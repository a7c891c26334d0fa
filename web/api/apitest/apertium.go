package apitest

import (
	"context"
	"net/http"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/porttest"
)

// Apertium starts Apertium APy from the system's packages with the installed language pairs, and returns its URL. It stops
// when the test ends. It listens on every interface, because it has no other option. Without the package the test fails.
func Apertium(t testing.TB) string {
	t.Helper()
	port := porttest.Free(t)
	ctx, cancel := context.WithCancel(context.Background())
	const modes = "/usr/share/apertium/modes"
	cmd := exec.CommandContext(ctx, "apertium-apy", "-p", strconv.Itoa(port), "-j", "1", "-t", "60", modes)
	cmd.Dir, cmd.WaitDelay = t.TempDir(), 5*time.Second
	if err := cmd.Start(); err != nil {
		t.Fatalf("Apertium APy does not start (.ci/install test installs it): %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() { cancel(); <-ended })
	address := "http://127.0.0.1:" + strconv.Itoa(port)
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/listPairs", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			_ = res.Body.Close()
			return address
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("Apertium APy ended: %v", err)
		default:
		}
	}
	t.Fatal("Apertium APy does not answer")
	return ""
}
