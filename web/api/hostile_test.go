package api

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/hostile"
)

func TestHostileBodiesAreReadOrRefusedCheaply(t *testing.T) {
	pieces := []string{
		"{", "}", "[", "]", ":", ",", "\"", "\\", "\"id\"", "\"extra\"", "\"labels\"", "\"name\"", "\"at\"", "null",
		"true", "7", "-", "1e999", "0.1",
		"9223372036854775808", "\"a\"", "\\ud800", "\\u0000", "\x00", "\xff", "é", " ", "\n",
		"{\"extra\":{\"a\":[1,{\"b\":null}]}}",
		"{\"id\":7,", "\"labels\":[", "\"a\",", "\"extra\":\"{\\\"a\\\":1}\"",
	}
	hostile.Check(t, hostile.Inputs(9, 1000, pieces...), 500_000, 300, func(in string) {
		for _, body := range []string{in, `{"extra": ` + in + `}`} {
			var got sample
			err := call(t, "POST", "/", "application/json", []byte(body)).Read(&got)
			switch {
			case err != nil && failureOf(err).Status >= 500:
				t.Errorf("%q: %v", body, err)
			case err == nil && (!db.IsText(got.Name.Value) || got.Extra != nil && !json.Valid(got.Extra)):
				t.Errorf("%q gives %+v", body, got)
			}
		}
	})
}

func TestHostileCursorsAreReadOrRefusedCheaply(t *testing.T) {
	good, err := EncodeCursor("2026-11-20", 7)
	if err != nil {
		t.Fatal(err)
	}
	pieces := []string{
		good, good[:4], "A", "AA", "-", "_", "=", "+", "/", "%", "null", "[", "]", "\"", "\x00", "é",
		base64.RawURLEncoding.EncodeToString([]byte(`["a\u0000",7]`)), base64.RawURLEncoding.EncodeToString([]byte(`[[[[[[`)),
		base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("[", 300))), base64.RawURLEncoding.EncodeToString([]byte(`[1e99,"x"]`)),
	}
	hostile.Check(t, hostile.Inputs(10, 4000, pieces...), 20_000, 60, func(in string) {
		var at *string
		var id int64
		if DecodeCursor(in, &at, &id) == nil && at != nil && !db.IsText(*at) {
			t.Errorf("%q gives text that no database takes: %q", in, *at)
		}
	})
}
