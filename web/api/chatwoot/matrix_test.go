package chatwoot_test

import (
	"testing"

	"github.com/parleydesk/parley/web/api/apitest"
	"github.com/parleydesk/parley/web/api/chatwoot"
)

// Every route of the table × every caller. Each resource's rows stand in its own test file.
func TestMatrix(t *testing.T) {
	t.Parallel()
	apitest.Matrix(t, chatwoot.Routes, chatwoot.Table, apitest.Refusals{NotMember: 401, NotAllowed: 401}, apitest.Join(
		t,
		profileRows(),
		conversationRows(),
		messageRows(),
		contactRows(),
		besideRows(),
		searchRows(),
		cableRows(),
		peopleRows(t),
		contactFileRows(),
		settingRows(),
		publicRows(),
		platformRows(),
		reportRows(),
		translationRows(),
	))
}
