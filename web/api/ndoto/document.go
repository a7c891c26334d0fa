package ndoto

import (
	"embed"

	"github.com/parleydesk/parley/web/api"
	"github.com/parleydesk/parley/web/api/openapi"
)

//go:embed openapi/*.json testdata/*.json
var documents embed.FS

// Document describes the dialect, for machines and for the reference page. Package openapi says how to add to it.
func Document(a *api.API) (*openapi.Document, error) {
	return openapi.Build(documents, Table(a), openapi.Info{Name: "ndoto", Version: a.Version, BaseURL: a.BaseURL})
}
