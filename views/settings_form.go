package views

import (
	"github.com/a-h/templ"

	"github.com/parleydesk/parley/internal/fault"
	"github.com/parleydesk/parley/internal/link"
)

// thing is a page of the settings about one of many: a label, a team. ID is 0 for one to be made.
type settingsForm struct {
	// Page is the list's page, List its name; One is what one of them is called.
	Page, List, One string
	// Name is this one's own.
	Name string
	ID   int64
	// Gone says what deleting takes away.
	Gone  string
	Wrong fault.Fields
}

func (t settingsForm) title() string {
	if t.ID == 0 {
		return "New " + t.One
	}
	return t.Name
}

// url takes the form: the list's page for one to be made.
func (t settingsForm) url(f Frame) templ.SafeURL {
	if t.ID == 0 {
		return templ.SafeURL(link.Settings(f.AccountID, t.Page))
	}
	return templ.SafeURL(link.Setting(f.AccountID, t.Page, t.ID))
}

func (t settingsForm) act(f Frame, act link.Act) templ.SafeURL {
	return templ.SafeURL(link.SettingAct(f.AccountID, t.Page, t.ID, act))
}

// shown is the page with a secret in the open, at its panel.
func (t settingsForm) shown(f Frame, secret, panel string) templ.SafeURL {
	return templ.SafeURL(link.At(link.With(string(t.url(f)), "show", secret), panel))
}
