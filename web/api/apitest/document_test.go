package apitest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestCheck shows what the check of answers accepts, and that it can refuse an answer.
func TestCheck(t *testing.T) {
	t.Parallel()
	const labels = "/api/v1/accounts/{account}/labels"
	good := `{"payload": [{"id": 1, "title": "refund", "description": null, "color": "#1f93ff", "show_on_sidebar": true}]}`
	cases := []struct {
		name, method, path, body string
		status                   int
		refused                  bool
	}{
		{"an answer as described passes", "GET", labels, good, 200, false},
		{"a refusal as described passes", "GET", labels, `{"error": "Invalid Access Token"}`, 401, false},
		{"a field that is not described is refused", "GET", labels, `{"payload": [], "extra": 1}`, 200, true},
		{"a number as text is refused", "GET", labels, strings.Replace(good, `"id": 1`, `"id": "1"`, 1), 200, true},
		{"a missing field is refused", "GET", labels, `{"payload": [{"id": 1}]}`, 200, true},
		{"a status that is not described is refused", "GET", labels, good, 201, true},
		{"an error of another shape is refused", "GET", labels, `{"detail": "no"}`, 422, true},
		{"a body where none is described is refused", "DELETE", labels + "/{label}", `{}`, 200, true},
		{"no body where one is described is refused", "GET", labels, "", 200, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			if c.body != "" {
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
			}
			w.WriteHeader(c.status)
			_, _ = w.WriteString(c.body)
			spec := documents()[0].spec
			r := httptest.NewRequestWithContext(t.Context(), c.method, "/api/v1/accounts/1/labels", http.NoBody)
			err := check(t.Context(), spec, c.path, spec.Paths.Value(c.path), r, w)
			if (err != nil) != c.refused {
				t.Errorf("refused %v, want %v: %v", err != nil, c.refused, err)
			}
		})
	}
}
