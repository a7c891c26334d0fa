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

// Golden compares an answer with testdata/<name>.json, without regard to times, tokens and UUIDs. With update it writes
// the file instead. The OpenAPI documents show the same files as examples.
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

// Normal returns indented JSON in which what differs from run to run has a fixed value.
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

// normalNumber replaces times. It keeps a zero and whether there is a fraction, because the contract defines both.
func normalNumber(key string, v json.Number) json.Number {
	isTime := strings.HasSuffix(key, "_at") || strings.HasSuffix(key, "_since") || strings.HasSuffix(key, "_on") ||
		key == "timestamp"
	if !isTime || v == "0" {
		return v
	}
	if strings.Contains(v.String(), ".") {
		return "1795168931.123456"
	}
	return "1795168931"
}

// What differs from run to run inside of texts.
var (
	timeText   = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{3})?(\d*)(Z?)`)
	milliText  = regexp.MustCompile(`(T10:02:11)\.\d{3}`)
	uuidText   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	digestText = regexp.MustCompile(`\b([0-9a-f]{64}|[0-9a-f]{32})\b`)
)

func normalText(key, v string) string {
	if strings.HasSuffix(key, "token") || key == "secret" || key == "apiKey" || strings.HasSuffix(key, "_identifier") {
		return strings.ToUpper(key)
	}
	v = timeText.ReplaceAllString(v, "2026-11-20T10:02:11$1$3")
	v = milliText.ReplaceAllString(v, "$1.000")
	v = uuidText.ReplaceAllString(v, "0b6f3c1e-0000-4000-8000-000000000000")
	return digestText.ReplaceAllString(v, "0123456789abcdef0123456789abcdef")
}
