package db

import "encoding/json"

// MaxFilterValues bounds the conditions of a filter or a rule, and their values in all conditions together: planning a
// statement costs time for each.
const MaxFilterValues = 50

// CountFilterValues counts the values of a condition: those of a list, those of both lists of a change, or a single one.
func CountFilterValues(raw json.RawMessage) int {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		return len(list)
	}
	var change map[string]json.RawMessage
	if json.Unmarshal(raw, &change) != nil {
		return 1
	}
	n := 0
	for _, side := range change {
		if json.Unmarshal(side, &list) == nil {
			n += len(list)
		}
	}
	return n
}
