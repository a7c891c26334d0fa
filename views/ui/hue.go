package ui

import (
	"math"
	"strconv"
	"strings"
)

// hues is how many colours tokens.css has for things that need telling apart.
const hues = 6

// Hue picks the colour of a thing from its id, so that it is the same everywhere.
func Hue(id int64) int {
	return int(uint64(id)%hues) + 1
}

// HueOf finds the one of our hues that is nearest to a colour such as #1f93ff,
// which the APIs let people choose freely while our content policy allows no
// inline style. 0 stands for grey, and for anything that is not a colour.
func HueOf(colour string) int {
	r, g, b, ok := parseColour(colour)
	if !ok {
		return 0
	}
	most, least := max(r, g, b), min(r, g, b)
	if most-least < 0.08 {
		return 0
	}
	var angle float64
	switch most {
	case r:
		angle = math.Mod((g-b)/(most-least)+6, 6) * 60
	case g:
		angle = ((b-r)/(most-least) + 2) * 60
	default:
		angle = ((r-g)/(most-least) + 4) * 60
	}
	return nearest(angle)
}

// nearest goes by the angles on the HSL wheel at which --hue-1 … --hue-6 lie.
func nearest(angle float64) int {
	best, distance := 0, 360.0
	for i, at := range [hues]float64{190, 20, 140, 300, 225, 345} {
		d := math.Abs(angle - at)
		if d = min(d, 360-d); d < distance {
			best, distance = i+1, d
		}
	}
	return best
}

func parseColour(colour string) (r, g, b float64, ok bool) {
	hex, found := strings.CutPrefix(strings.TrimSpace(colour), "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if !found || err != nil || len(hex) != 6 {
		return 0, 0, 0, false
	}
	return float64(n>>16) / 255, float64(n>>8&0xff) / 255, float64(n&0xff) / 255, true
}

// hueAttr leaves data-hue out for grey.
func hueAttr(hue int) string {
	if hue < 1 || hue > hues {
		return ""
	}
	return strconv.Itoa(hue)
}
