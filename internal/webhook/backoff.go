package webhook

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	firstPause = 5 * time.Second
	longest    = 6 * time.Hour
	// botPause and botTries are Chatwoot's for bots: a customer waits for the answer.
	botPause = 3 * time.Second
	botTries = 3
)

// pauseAfter is how long to wait after so many failed tries: it doubles from five seconds to six hours, with a jitter
// of a fifth, so that deliveries that failed together are not retried together.
func pauseAfter(tries int32) time.Duration {
	d := longest
	if tries < 13 {
		d = min(firstPause<<(tries-1), longest)
	}
	return d + time.Duration((rand.Float64()-0.5)*0.4*float64(d)) //nolint:gosec // jitter
}

// retryAfter is the delay that an overloaded receiver asks for, up to an hour.
func retryAfter(response *http.Response) time.Duration {
	if response == nil || (response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusServiceUnavailable) {
		return 0
	}
	seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Hour)
}
