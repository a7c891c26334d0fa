package chatwoot_test

import (
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

// A route without an operation in openapi/ fails in this test alone.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	apitest.Documented(t, chatwoot.Document)
}
