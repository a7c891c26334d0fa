package db

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// List holds the values of an attribute of type list.
func (d AttributeDefinition) List() []string {
	var values []string
	_ = json.Unmarshal(d.Values, &values) // values that are no list of texts are none
	return values
}

// Text is the attribute's value in an object as a person types it; "" where it is not set.
func (d AttributeDefinition) Text(object json.RawMessage) string {
	var all map[string]json.RawMessage
	if json.Unmarshal(object, &all) != nil {
		return ""
	}
	var v any
	_ = Decode(all[d.Key], &v)
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if d.DisplayType == AttributeTypeDate && len(v) > len(time.DateOnly) { // a time, as other clients store a day
			return v[:len(time.DateOnly)]
		}
		return v
	case json.Number:
		return NumberText(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return string(all[d.Key])
}

// Value parses what a person typed as the attribute's type, nil for nothing; wrong says why it cannot.
func (d AttributeDefinition) Value(typed string) (value json.RawMessage, problem string) {
	if typed == "" {
		return nil, ""
	}
	var v any = typed
	switch d.DisplayType {
	case AttributeTypeNumber, AttributeTypeCurrency, AttributeTypePercent:
		n, err := strconv.ParseFloat(strings.ReplaceAll(typed, ",", "."), 64)
		if err != nil || n-n != 0 { // infinite, or no number at all
			return nil, "Type a number"
		}
		v = n
	case AttributeTypeCheckbox:
		if typed != "true" && typed != "false" {
			return nil, "Choose yes or no"
		}
		v = typed == "true"
	case AttributeTypeDate:
		if _, err := time.Parse(time.DateOnly, typed); err != nil {
			return nil, "Type a day"
		}
	case AttributeTypeLink:
		if u, err := url.Parse(typed); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return nil, "An address begins with https:// or http://"
		}
	case AttributeTypeList:
		if !slices.Contains(d.List(), typed) {
			return nil, "Choose one of the list"
		}
	default:
		if !d.fits(typed) {
			if d.RegexCue != nil && *d.RegexCue != "" {
				return nil, *d.RegexCue
			}
			return nil, "It does not have the form that is wanted here"
		}
	}
	value, err := json.Marshal(v)
	if err != nil {
		return nil, "This cannot be kept"
	}
	return value, ""
}

// Pattern is what a text must match, which other clients write between slashes; nil for any.
func (d AttributeDefinition) Pattern() (*regexp.Regexp, error) {
	if d.RegexPattern == nil || *d.RegexPattern == "" {
		return nil, nil
	}
	pattern := *d.RegexPattern
	if len(pattern) > 1 && strings.HasPrefix(pattern, "/") && strings.HasSuffix(pattern, "/") {
		pattern = pattern[1 : len(pattern)-1]
	}
	return regexp.Compile(pattern)
}

// fits matches the text against the pattern. An invalid pattern matches anything.
func (d AttributeDefinition) fits(text string) bool {
	re, err := d.Pattern()
	return err != nil || re == nil || re.MatchString(text)
}
