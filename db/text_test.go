package db_test

import (
	"strings"
	"testing"

	"github.com/parleydesk/parley/db"
)

func TestWebURL(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"https://shop.example/hook?a=1": true, "http://192.168.1.7:8080": true, "https://user:password@shop.example": true,
		"": false, "shop.example": false, "ftp://shop.example": false, "https://": false, "https://:80/": false, "javascript:alert(1)": false,
		"https://shop.example/\x00": false, "https://shop.example/\xff": false, "https://shop.example/" + strings.Repeat("x", 2048): false,
	} {
		if u, ok := db.WebURL(s); ok != want || ok && u.Hostname() == "" {
			t.Errorf("%.60q: %v, want %v", s, ok, want)
		}
	}
}
