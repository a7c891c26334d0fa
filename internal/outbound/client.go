package outbound

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"
)

// maxRedirects is how many redirects a GET follows.
const maxRedirects = 5

// Client returns a client that dials through the guard. It gives up if connecting, the TLS handshake or the wait for
// the answer's head takes longer than timeout, or the whole call longer than three times that. It uses no proxy, keeps
// no cookies, and follows redirects of GET only: a POST must not end as a GET somewhere else.
//
// It asks for no compression, so an answer is as large as what was received. Callers bound what they read.
func (g Guard) Client(timeout time.Duration) *http.Client {
	return newClient(g.dialer(timeout), timeout)
}

// dialer checks each address when it dials it, so it does not matter to what the name resolved before.
func (g Guard) dialer(timeout time.Duration) *net.Dialer {
	return &net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second, ControlContext: g.control}
}

func newClient(dialer *net.Dialer, timeout time.Duration) *http.Client {
	transport := newTransport(timeout)
	transport.DialContext = dialer.DialContext
	return &http.Client{Timeout: 3 * timeout, Transport: transport, CheckRedirect: checkRedirect}
}

func newTransport(timeout time.Duration) *http.Transport {
	return &http.Transport{
		DisableCompression:     true,
		TLSHandshakeTimeout:    timeout,
		ResponseHeaderTimeout:  timeout,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           200,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        60 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}

func checkRedirect(r *http.Request, via []*http.Request) error {
	if via[0].Method != http.MethodGet && via[0].Method != http.MethodHead {
		return http.ErrUseLastResponse
	}
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	r.Header.Del("Referer") // the URL may contain a signature
	return nil
}

// WithoutAddress returns the error of a call without the address that was called, for logs: a signed address opens what it
// names to whoever reads it.
func WithoutAddress(err error) error {
	if call := (*url.Error)(nil); errors.As(err, &call) {
		return call.Err
	}
	return err
}
