package web

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/link"
)

func TestSecurityTxt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.app.securityContacts = []string{"mailto:security@desk.example", "https://desk.example/report"}
	got := h.nobody().get(link.SecurityTxt).status(200)
	if kind := got.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/plain") {
		t.Errorf("it is %s", kind)
	}
	text := got.Body.String()
	for _, line := range []string{
		"Contact: mailto:security@desk.example\n", "Contact: https://desk.example/report\n",
		"Canonical: http://desk.example/.well-known/security.txt\n",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is missing in\n%s", line, text)
		}
	}
	found := regexp.MustCompile(`(?m)^Expires: (.+)$`).FindAllStringSubmatch(text, -1)
	if len(found) != 1 {
		t.Fatalf("Expires is there %d times:\n%s", len(found), text)
	}
	ends, err := time.Parse(time.RFC3339, found[0][1])
	if left := time.Until(ends); err != nil || left < 30*24*time.Hour || left > 365*24*time.Hour {
		t.Errorf("it expires at %s, %v", ends, err)
	}
}

func TestTheSessionsCookieIsBoundToTheHostWhereBrowsersUseHTTPS(t *testing.T) {
	t.Parallel()
	for secure, want := range map[bool]string{false: "parley_session", true: "__Host-parley_session"} {
		if k := newSessions(nil, secure).Cookie; k.Name != want || k.Path != "/" || k.Domain != "" || k.Secure != secure || !k.HttpOnly {
			t.Errorf("with HTTPS %v: %+v", secure, k)
		}
	}
}
