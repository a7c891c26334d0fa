package cable

import (
	"bytes"
	"encoding/json"
	"time"
)

// The frames of ActionCable. An identifier is sent back byte for byte, because clients compare it.

var welcomeFrame = []byte(`{"type":"welcome"}`)

// jsonText is s as a JSON string without escapes for HTML.
func jsonText(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string can always be encoded
	return bytes.TrimRight(b.Bytes(), "\n")
}

func typedFrame(kind string, identifier []byte) []byte {
	return append(append([]byte(`{"identifier":`), identifier...), `,"type":"`+kind+`"}`...)
}

func confirmFrame(identifier []byte) []byte { return typedFrame("confirm_subscription", identifier) }

func rejectFrame(identifier []byte) []byte { return typedFrame("reject_subscription", identifier) }

func pingFrame(now time.Time) []byte {
	raw, _ := json.Marshal(struct {
		Type    string `json:"type"`
		Message int64  `json:"message"`
	}{"ping", now.Unix()})
	return raw
}

// eventFrame is one event for one subscription.
func eventFrame(identifier, event []byte) []byte {
	b := make([]byte, 0, len(identifier)+len(event)+32)
	b = append(append(b, `{"identifier":`...), identifier...)
	b = append(append(b, `,"message":`...), event...)
	return append(b, '}')
}

// eventText is the JSON of an event, made once for all receivers.
func eventText(name string, data any) ([]byte, error) {
	return json.Marshal(struct {
		Event string `json:"event"`
		Data  any    `json:"data"`
	}{name, data})
}

// disconnect is the reason, in ActionCable's words, for which the server ends a connection.
type disconnect struct {
	reason    string
	reconnect bool
}

func (f disconnect) Error() string { return f.reason }

func (f disconnect) encode() []byte {
	raw, _ := json.Marshal(struct {
		Type      string `json:"type"`
		Reason    string `json:"reason"`
		Reconnect bool   `json:"reconnect"`
	}{"disconnect", f.reason, f.reconnect})
	return raw
}
