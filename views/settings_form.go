package views

import (
	"github.com/a-h/templ"

	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
)

// settingsForm is the page of one resource of the settings: a label, a team. ID is 0 for a new one.
type settingsForm struct {
	// Page is the name of the list's page, List its title; One is what a resource is called.
	Page, List, One string
	// Name is this resource's name.
	Name string
	ID   int64
	// Gone says what deleting it does.
	Gone    string
	Invalid fault.Fields
}

func (t settingsForm) title() string {
	if t.ID == 0 {
		return "New " + t.One
	}
	return t.Name
}

// url is where the form posts to: the list's page for a new resource.
func (t settingsForm) url(f Frame) templ.SafeURL {
	if t.ID == 0 {
		return templ.SafeURL(link.Settings(f.AccountID, t.Page))
	}
	return templ.SafeURL(link.Setting(f.AccountID, t.Page, t.ID))
}

func (t settingsForm) act(f Frame, act link.Act) templ.SafeURL {
	return templ.SafeURL(link.SettingAct(f.AccountID, t.Page, t.ID, act))
}

// shown is the page with a secret uncovered, at its panel.
func (t settingsForm) shown(f Frame, secret, panel string) templ.SafeURL {
	return templ.SafeURL(link.At(link.With(string(t.url(f)), "show", secret), panel))
}
