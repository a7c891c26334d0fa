package db

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// Decode decodes JSON into a value. Numbers without a type become json.Number: a float would lose the last digits of
// what people store in attributes, such as another program's ids.
func Decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}

// NumberText is a number as people write it: whole ones with all their digits, others without an exponent.
func NumberText(n json.Number) string {
	if _, err := n.Int64(); err == nil {
		return n.String()
	}
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
