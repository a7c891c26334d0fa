package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/parleydesk/parley/db"
)

// sign sets the headers by which the receiver can check who sent body, when, and whether it has seen it before: those
// of Standard Webhooks for everyone, and Chatwoot's own for its dialect. During a rotation the standard header holds
// both signatures; Chatwoot's has room for the newer only.
func sign(head http.Header, to target, id string, at time.Time, body string) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	head.Set("webhook-id", id)
	head.Set("webhook-timestamp", stamp)
	if to.dialect == db.DialectChatwoot {
		head.Set("X-Chatwoot-Delivery", id)
	}
	if len(to.secrets) == 0 {
		return
	}
	signatures := make([]string, len(to.secrets))
	for i, secret := range to.secrets {
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac(standardKey(secret), id+"."+stamp+"."+body))
	}
	head.Set("webhook-signature", strings.Join(signatures, " "))
	if to.dialect == db.DialectChatwoot {
		head.Set("X-Chatwoot-Timestamp", stamp)
		head.Set("X-Chatwoot-Signature", "sha256="+hex.EncodeToString(mac([]byte(to.secrets[0]), stamp+"."+body)))
	}
}

// standardKey is the key of a secret by the Standard Webhooks convention: whsec_ and base64. Any other secret is used
// as it is; a verifying library needs it as whsec_ and the base64 of its text.
func standardKey(secret db.Secret) []byte {
	if coded, ok := strings.CutPrefix(string(secret), "whsec_"); ok {
		if key, err := base64.StdEncoding.DecodeString(coded); err == nil {
			return key
		}
	}
	return []byte(secret)
}

func mac(key []byte, text string) []byte {
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(text))
	return sum.Sum(nil)
}
