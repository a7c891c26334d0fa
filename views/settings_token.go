package views

import (
	"github.com/parleydesk/parley/db"
	"github.com/parleydesk/parley/internal/fault"
)

// NewToken is the form of an access token as it was filled in; Made is the token that came of it.
type NewToken struct {
	Name, Made string
	Invalid    fault.Fields
}

func nameUnlessMade(in NewToken) string {
	if in.Made != "" {
		return ""
	}
	return in.Name
}

func tokenName(t db.ListOwnTokensRow) string {
	if t.Name == "" {
		return "Without a name"
	}
	return t.Name
}
