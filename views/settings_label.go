package views

import (
	"strconv"

	"github.com/parleydesk/parley/views/ui"
)

// LabelColor is the colour that stands for one of our hues where programs ask for one; 0 is grey.
func LabelColor(hue int) string {
	return [...]string{"#8a8a8a", "#0e8a9c", "#d9622b", "#2f9e4f", "#a03ec0", "#3b62d9", "#e0395f"}[hue]
}

func hueOptions() []ui.Option {
	names := [...]string{"Grey", "Petrol", "Orange", "Green", "Plum", "Blue", "Rose"}
	all := make([]ui.Option, len(names))
	for i, name := range names {
		all[i] = ui.Option{Value: strconv.Itoa(i), Label: name}
	}
	return all
}

func shownWord(shown bool) string {
	if shown {
		return "Shown"
	}
	return "Not shown"
}
