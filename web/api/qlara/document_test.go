package qlara_test

import (
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/qlara"
)

// A route without an operation in openapi/ fails in this test alone.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	apitest.Documented(t, qlara.Document)
	apitest.Explained(t, qlara.Document)
}
