package chatwoot

import "github.com/parleydesk/parley/web/api"

func (h *handlers) versionRoutes() []api.Route {
	return []api.Route{api.Get("/api", api.Public, h.version)}
}

// version answers clients that test their settings, with a release of Chatwoot, because some clients compare it.
func (h *handlers) version(c *api.Call) error {
	return c.Answer(struct {
		Version       string `json:"version"`
		Timestamp     string `json:"timestamp"`
		QueueServices string `json:"queue_services"`
		DataServices  string `json:"data_services"`
		Parley        string `json:"parley"`
	}{"4.14.2", h.a.Now().UTC().Format("2006-01-02 15:04:05"), "ok", "ok", h.a.Version})
}
