package ndoto_test

import (
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/ndoto"
)

// A route without an operation in openapi/ fails in this test alone.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	apitest.Documented(t, ndoto.Document)
	apitest.Explained(t, ndoto.Document)
}
