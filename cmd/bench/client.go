package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// request returns what a connection sends next. Every call has another seq.
type request func(seq int) []byte

// loop sends requests over a number of connections for a length of time, and returns how long each answer took, sorted.
// It fails at the first answer that is not 2xx: the speed of wrong answers says nothing.
func loop(
	ctx context.Context, address string, clients int, length time.Duration, next request,
) ([]time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var all []time.Duration
	var failed error
	var mu sync.Mutex
	var wg sync.WaitGroup
	for k := range clients {
		wg.Go(func() {
			took, err := one(ctx, address, k, clients, next)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
			if err != nil && failed == nil {
				failed = err
				cancel()
			}
		})
	}
	wg.Wait()
	slices.Sort(all)
	return all, failed
}

func one(ctx context.Context, address string, first, step int, next request) ([]time.Duration, error) {
	c, err := connect(address)
	if err != nil {
		return nil, err
	}
	defer c.close()
	var took []time.Duration
	for seq := first; ctx.Err() == nil; seq += step {
		begun := time.Now()
		if _, err := c.do(next(seq)); err != nil {
			return took, err
		}
		took = append(took, time.Since(begun))
	}
	return took, nil
}

// connection is a kept-alive HTTP connection. It does not use net/http's client, which would take a good part of the
// processor time of the machine whose server is measured.
type connection struct {
	net  net.Conn
	in   *bufio.Reader
	body bytes.Buffer
}

func connect(address string) (*connection, error) {
	n, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &connection{net: n, in: bufio.NewReaderSize(n, 64<<10)}, nil
}

func (c *connection) close() { _ = c.net.Close() }

// do sends a request and reads the whole answer. The body is valid until the next call.
func (c *connection) do(raw []byte) ([]byte, error) {
	if _, err := c.net.Write(raw); err != nil {
		return nil, err
	}
	status, length, err := c.head()
	if err != nil {
		return nil, err
	}
	c.body.Reset()
	if length >= 0 {
		_, err = io.CopyN(&c.body, c.in, length)
	} else {
		err = c.chunks()
	}
	if err != nil {
		return nil, err
	}
	if status < 200 || status > 299 {
		return nil, fmt.Errorf("status %d: %.300s", status, c.body.Bytes())
	}
	return c.body.Bytes(), nil
}

// head reads the status line and the headers. The length is -1 if the body is chunked.
func (c *connection) head() (status int, length int64, err error) {
	length = -1
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			if len(line) < 12 {
				return 0, 0, errors.New("no status line")
			}
			if status, err = strconv.Atoi(string(line[9:12])); err != nil {
				return 0, 0, err
			}
		case len(line) == 0:
			if status == http.StatusNoContent {
				length = 0
			}
			return status, length, nil
		case len(line) > 16 && bytes.EqualFold(line[:16], []byte("Content-Length: ")):
			if length, err = strconv.ParseInt(string(line[16:]), 10, 64); err != nil {
				return 0, 0, err
			}
		}
	}
}

func (c *connection) chunks() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(line)), 16, 64)
		if err != nil {
			return err
		}
		if _, err := io.CopyN(&c.body, c.in, n); err != nil {
			return err
		}
		if _, err := c.in.Discard(2); err != nil || n == 0 {
			return err
		}
	}
}

// get and post return the bytes of a request.
func get(path string, headers ...string) []byte { return rawRequest("GET", path, "", headers) }

func post(path, body string, headers ...string) []byte {
	return rawRequest("POST", path, body, append(headers, "Content-Length: "+strconv.Itoa(len(body))))
}

func rawRequest(method, path, body string, headers []string) []byte {
	var b strings.Builder
	b.WriteString(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n")
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	b.WriteString("\r\n" + body)
	return []byte(b.String())
}
