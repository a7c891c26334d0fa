package web

// settingsMatrix is the part of the table of TestMatrix for settings, contacts and people's own pages.
func settingsMatrix() map[string]access {
	return map[string]access{}
}
