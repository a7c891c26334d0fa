package ndoto

import (
	"embed"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/openapi"
)

//go:embed openapi/*.json testdata/*.json
var documents embed.FS

// Document returns the OpenAPI document of the dialect, which the reference page shows. Package openapi describes how
// to extend it.
func Document(a *api.API) (*openapi.Document, error) {
	return openapi.Build(documents, Table(a), openapi.Info{Name: "ndoto", Version: a.Version, BaseURL: a.BaseURL})
}
