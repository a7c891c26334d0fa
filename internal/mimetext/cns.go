package mimetext

import (
	"strings"

	"golang.org/x/text/encoding/traditionalchinese"
)

// CNS 11643, which ISO-2022-CN uses for traditional Chinese, has the letters of Big5 in almost the same order: its
// first plane the common ones, its second the rare ones. golang.org/x/text has Big5 alone.

// cnsRun is a run of letters that stand in the same order in both: its plane, and the place of the first letter in the
// plane and in Big5.
type cnsRun struct{ plane, first, inBig5 int }

// cnsRuns are in the order of CNS 11643. A run ends where the next begins.
var cnsRuns = []cnsRun{
	{1, 0, 0},
	{1, 21, 23},
	{1, 24, 22},
	{1, 29, 29},
	{1, 73, 74},
	{1, 74, 73},
	{1, 75, 75},
	{1, 127, 128},
	{1, 128, 127},
	{1, 129, 129},
	{1, 148, 149},
	{1, 149, 148},
	{1, 150, 150},
	{1, 155, 21},
	{1, 156, 158},
	{1, 158, 158},
	{1, 282, 234},
	{1, 470, -1 << 20},
	{1, 3290, 471},
	{1, 4702, 1884},
	{1, 5126, 1883},
	{1, 5127, 2308},
	{1, 7003, 4571},
	{1, 7004, 4184},
	{1, 7391, 4572},
	{1, 7916, 5286},
	{1, 7917, 5097},
	{1, 8106, 5287},
	{1, 8190, 5517},
	{1, 8191, 5371},
	{1, 8245, 5426},
	{1, 8246, 5425},
	{1, 8247, 5427},
	{1, 8337, 5518},
	{2, 0, 6280},
	{2, 10, 6291},
	{2, 43, 6372},
	{2, 44, 6324},
	{2, 92, 6373},
	{2, 138, 6586},
	{2, 139, 6419},
	{2, 306, 6587},
	{2, 2146, 9074},
	{2, 2147, 8428},
	{2, 2255, 8537},
	{2, 2792, 8427},
	{2, 2793, 9075},
	{2, 2893, 8536},
	{2, 2894, 9175},
	{2, 3293, 9575},
	{2, 4930, 11761},
	{2, 4931, 11212},
	{2, 5077, 11899},
	{2, 5078, 11358},
	{2, 5365, 12508},
	{2, 5366, 11645},
	{2, 5482, 11762},
	{2, 5619, 11900},
	{2, 5723, 12425},
	{2, 5724, 12004},
	{2, 5946, 12227},
	{2, 6144, 12426},
	{2, 6226, 12509},
	{2, 6312, 12226},
	{2, 6313, 12595},
	{2, 6321, 12604},
	{2, 6474, 12758},
	{2, 6530, 13114},
	{2, 6531, 12814},
	{2, 6644, 12603},
	{2, 6645, 12927},
	{2, 6787, 12757},
	{2, 6788, 13069},
	{2, 6833, 13115},
	{2, 6904, 13380},
	{2, 6905, 13186},
	{2, 7099, 13381},
	{2, 7589, 13914},
	{2, 7590, 13871},
	{2, 7633, 13915},
	{2, 7634, 13917},
	{2, 7645, 13916},
	{2, 7646, 13928},
}

// decodeCNS decodes letters of two seven-bit bytes of a plane.
func decodeCNS(plane int, run []byte) string {
	var out strings.Builder
	for ; len(run) > 0; run = run[min(2, len(run)):] {
		for len(run) > 0 && run[0] <= ' ' {
			out.WriteByte(run[0])
			run = run[1:]
		}
		if len(run) < 2 {
			break
		}
		at := (int(run[0])-0x21)*94 + int(run[1]) - 0x21
		if run[1] <= ' ' || run[1] >= 0x7f {
			at = -1
		}
		out.WriteString(cnsRune(plane, at))
	}
	if len(run) > 0 {
		out.WriteString("\uFFFD")
	}
	return out.String()
}

// cnsSigns are runs of the first plane that Big5 does not have: how many stand from a place on, and the first.
var cnsSigns = []struct {
	first, count int
	sign         rune
}{{470, 10, '①'}, {480, 10, '⑴'}, {490, 10, 'ⅰ'}, {3102, 33, '␀'}}

func cnsRune(plane, at int) string {
	for _, s := range cnsSigns {
		if plane == 1 && at >= s.first && at < s.first+s.count {
			return string(s.sign + rune(at-s.first))
		}
	}
	place := -1
	if at < 0 || at >= 94*94 {
		return "\uFFFD"
	}
	for _, r := range cnsRuns {
		if r.plane == plane && r.first <= at {
			place = at - r.first + r.inBig5
		}
	}
	if place < 0 {
		return "\uFFFD"
	}
	trail := place%157 + 0x40
	if trail >= 0x7f {
		trail += 0xa1 - 0x7f
	}
	b, err := traditionalchinese.Big5.NewDecoder().Bytes([]byte{byte(place/157 + 0xa1), byte(trail)})
	if err != nil {
		return "\uFFFD"
	}
	return string(b)
}
