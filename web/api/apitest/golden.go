package apitest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Golden compares an answer with testdata/<name>.json, times, tokens and UUIDs made alike; with update it writes the
// file instead. The documents of the API show the same files.
func Golden(t testing.TB, update bool, name string, body []byte) {
	t.Helper()
	got := Normal(t, body)
	file := filepath.Join("testdata", name+".json")
	if update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// Normal is JSON, indented, with what differs from run to run made alike.
func Normal(t testing.TB, body []byte) []byte {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(normal("", v)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func normal(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = normal(k, inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = normal(key, inner)
		}
	case json.Number:
		return normalNumber(key, v)
	case string:
		return normalText(key, v)
	}
	return v
}

// normalNumber keeps whether a time is there and whether it has a fraction: both are the contract's.
func normalNumber(key string, v json.Number) json.Number {
	isTime := strings.HasSuffix(key, "_at") || strings.HasSuffix(key, "_since") || strings.HasSuffix(key, "_on") || key == "timestamp"
	if !isTime || v == "0" {
		return v
	}
	if strings.Contains(v.String(), ".") {
		return "1795168931.123456"
	}
	return "1795168931"
}

func normalText(key, v string) string {
	if strings.HasSuffix(key, "token") || key == "secret" || key == "apiKey" || strings.HasSuffix(key, "_identifier") {
		return strings.ToUpper(key)
	}
	v = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3})?(\d*)(Z?)`).ReplaceAllString(v, "2026-11-20T10:02:11$1$3")
	v = regexp.MustCompile(`(T10:02:11)\.\d{3}`).ReplaceAllString(v, "$1.000")
	v = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`).ReplaceAllString(v, "0b6f3c1e-0000-4000-8000-000000000000")
	return regexp.MustCompile(`\b([0-9a-f]{64}|[0-9a-f]{32})\b`).ReplaceAllString(v, "0123456789abcdef0123456789abcdef")
}
