package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestVulnerabilities runs the check on what govulncheck says in each case: first of modules, then of code.
func TestVulnerabilities(t *testing.T) {
	t.Parallel()
	const unreached = `echo 'govulncheck: fetching vulnerabilities: Get "https://vuln.go.dev": no such host'; exit 1`
	for name, c := range map[string]struct {
		modules, code string
		passes        bool
		says          string
	}{
		"nothing is known":             {"exit 0", "exit 9", true, "no module has"},
		"nothing that is known is run": {"echo GO-1; exit 3", "exit 0", true, "no known vulnerability is called"},
		"something that is known runs": {"echo GO-1; exit 3", "echo GO-1 is called; exit 3", false, "GO-1 is called"},
		"the list is not reached":      {unreached, "exit 9", true, "NOTICE"},
		"it is lost in between":        {"exit 3", unreached, true, "NOTICE"},
		"the tool does not work":       {"echo loading packages failed; exit 1", "exit 9", false, "loading packages failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tool := filepath.Join(t.TempDir(), "govulncheck")
			script := "#!/bin/sh\ncase \"$*\" in *'-scan module'*) " + c.modules + ";; *) " + c.code + ";; esac\n"
			if err := os.WriteFile(tool, []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(".ci/vulnerabilities", tool, "./...")
			cmd.Dir = "../.."
			out, err := cmd.CombinedOutput()
			if (err == nil) != c.passes || !strings.Contains(string(out), c.says) {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
