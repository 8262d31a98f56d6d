package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/earshotdesk/earshot/internal/desk"
)

const (
	hmacSHA256 = "hmac-sha256"
	token      = "token"
)

// prove checks that a delivery comes from somebody who knows the secret, and lately.
func (w *Webhook) prove(h http.Header, body []byte) error {
	given := strings.TrimSpace(h.Get(w.o.Header))
	if given == "" {
		return desk.Deniedf("the delivery has no header %s", w.o.Header)
	}
	if w.o.Signature == token {
		given = strings.TrimPrefix(given, "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), []byte(w.o.Secret.Reveal())) != 1 {
			return desk.Deniedf("the token in %s is not the source's secret", w.o.Header)
		}
		return nil
	}
	marks, stamp := signatures(given)
	if w.o.Timestamp != "" {
		stamp = strings.TrimSpace(h.Get(w.o.Timestamp))
	}
	if strings.Contains(w.o.Signed, "{timestamp}") {
		if err := w.recent(stamp); err != nil {
			return err
		}
	}
	mac := hmac.New(sha256.New, []byte(w.o.Secret.Reveal()))
	before, after, _ := strings.Cut(strings.ReplaceAll(w.o.Signed, "{timestamp}", stamp), "{body}")
	_, _ = mac.Write([]byte(before))
	_, _ = mac.Write(body)
	_, _ = mac.Write([]byte(after))
	right := mac.Sum(nil)
	for _, mark := range marks {
		if hmac.Equal(mark, right) {
			return nil
		}
	}
	return desk.Deniedf("the signature in %s does not fit the delivery and the source's secret", w.o.Header)
}

// recent refuses a signature that was made too long ago: whoever recorded a delivery must not be able to send it for ever.
func (w *Webhook) recent(stamp string) error {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return desk.Deniedf("the delivery does not say in seconds when it was signed")
	}
	if seconds > 1e11 { // milliseconds
		seconds /= 1000
	}
	if age := w.now().Sub(time.Unix(seconds, 0)).Abs(); age > w.o.Tolerance.Std() {
		return desk.Deniedf("the delivery was signed %s away from now; at most %s is taken", age.Round(time.Second), w.o.Tolerance.Std())
	}
	return nil
}

// signatures reads what senders put into their header: hex or base64, bare, after "sha256=" or "v0=", or as "t=…,v1=…,v1=…".
func signatures(s string) (marks [][]byte, stamp string) {
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		name, value, named := strings.Cut(part, "=")
		switch {
		case named && name == "t":
			stamp = value
			continue
		case named && len(name) <= 8 && value != "" && strings.Trim(value, "=") != "":
			part = value
		}
		if mark, err := hex.DecodeString(part); err == nil {
			marks = append(marks, mark)
		} else if mark, err := base64.StdEncoding.DecodeString(part); err == nil {
			marks = append(marks, mark)
		}
	}
	return marks, stamp
}
