// Receives webhooks with Go's standard library. WEBHOOK_SECRETS holds the secret, or, during an overlap, the old
// and the new one, separated by a space. Deduplicate by webhook-id: a sender that gets no response delivers again.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func receive(w http.ResponseWriter, r *http.Request) {
	id, timestamp := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	seconds, _ := strconv.ParseInt(timestamp, 10, 64)
	isFresh := time.Since(time.Unix(seconds, 0)).Abs() <= 5*time.Minute
	body, _ := io.ReadAll(r.Body) // The raw body: JSON that was parsed and serialized again may differ.
	status := http.StatusUnauthorized
	for _, secret := range strings.Fields(os.Getenv("WEBHOOK_SECRETS")) {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
		valid := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, sent := range strings.Fields(r.Header.Get("webhook-signature")) {
			if err == nil && len(key) >= 24 && isFresh && hmac.Equal([]byte(sent), []byte(valid)) {
				status = http.StatusNoContent
			}
		}
	}
	w.WriteHeader(status)
}

func main() { panic(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(receive))) }
