package ui

import (
	"cmp"

	"github.com/a-h/templ"
)

func (in Input) id() string       { return cmp.Or(in.ID, "f-"+in.Name) }
func (in Input) kind() string     { return cmp.Or(in.Type, "text") }
func (in Input) boxValue() string { return cmp.Or(in.Value, "true") }

// describedBy ties an input to its hint or to what is wrong with it.
func (in Input) describedBy() templ.Attributes {
	a := templ.Attributes{}
	if in.Hint != "" || in.Invalid != "" {
		a["aria-describedby"] = in.id() + "-more"
	}
	if in.Invalid != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

// marks are what the stylesheet draws beside an option's words. They are no words
// themselves, so that an option is called what it says.
func (o Option) marks() templ.Attributes {
	a := templ.Attributes{}
	for name, value := range map[string]string{
		"data-hue": hueAttr(o.Hue), "data-initials": o.Initials, "data-presence": o.Presence, "data-more": o.More,
	} {
		if value != "" {
			a[name] = value
		}
	}
	return a
}

// face draws the chosen option's avatar on a picker that is closed.
func (in Input) face() templ.Attributes {
	a := templ.Attributes{}
	for _, o := range in.Options {
		if o.Initials != "" && (o.Chosen || in.Value != "" && o.Value == in.Value) {
			a["data-initials"], a["data-hue"] = o.Initials, hueAttr(o.Hue)
		}
	}
	return a
}

// grouped cuts options where their group changes.
func grouped(all []Option) (groups [][]Option) {
	for i, o := range all {
		if i == 0 || o.Group != all[i-1].Group {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], o)
	}
	return groups
}
