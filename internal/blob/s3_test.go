package blob_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/parleydesk/parley/internal/blob"
	"github.com/parleydesk/parley/internal/porttest"
)

func TestS3(t *testing.T) {
	t.Parallel()
	gate := startGateway(t)
	var n atomic.Int64
	behaves(t, func(t *testing.T) blob.Store {
		return open(t, fmt.Sprintf("s3://key:verysecret@blobs/store-%d?endpoint=http://%s&region=us-east-1", n.Add(1), gate))
	})

	t.Run("the same bytes in another prefix are another object", func(t *testing.T) {
		t.Parallel()
		one := open(t, "s3://key:verysecret@blobs/one?endpoint=http://"+gate)
		two := open(t, "s3://key:verysecret@blobs/two?endpoint=http://"+gate)
		b := put(t, one, "only here")
		if ok, _ := two.Exists(t.Context(), b.Hash); ok {
			t.Error("the second prefix has it too")
		}
	})

	t.Run("a wrong secret or a missing bucket is told at start, without the secret", func(t *testing.T) {
		t.Parallel()
		for _, at := range []string{
			"s3://key:notthesecret@blobs?endpoint=http://" + gate,
			"s3://key:verysecret@nowhere?endpoint=http://" + gate,
		} {
			_, err := blob.Open(t.Context(), at)
			if err == nil || strings.Contains(err.Error(), "secret@") {
				t.Errorf("Open(%q): %v", at, err)
			}
		}
	})
}

func TestS3FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer elsewhere.Close()
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect} {
		s := httptest.NewServer(http.RedirectHandler(elsewhere.URL, status))
		if _, err := blob.Open(t.Context(), "s3://key:verysecret@blobs?region=us-east-1&endpoint="+s.URL); err == nil {
			t.Errorf("a bucket that answers %d is taken", status)
		}
		s.Close()
	}
}

// startGateway runs a real S3 server with one bucket, "blobs", on a free loopback port
// until the test ends, and returns its address.
func startGateway(t *testing.T) string {
	t.Helper()
	program := buildGateway(t)
	at := fmt.Sprintf("127.0.0.1:%d", porttest.Free(t))
	dir := t.TempDir()
	for _, sub := range []string{"data", "meta"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	cmd := exec.Command(program, "--port", at, "--access", "key", "--secret", "verysecret", "--quiet",
		"posix", "--sidecar", filepath.Join(dir, "meta"), filepath.Join(dir, "data"))
	cmd.Stdout, cmd.Stderr, cmd.Dir = &log, &log, dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() { _ = cmd.Wait(); close(gone) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-gone })

	for deadline := time.Now().Add(time.Minute); ; {
		res, err := http.Get("http://" + at + "/")
		if err == nil {
			_ = res.Body.Close()
			break
		}
		select {
		case <-gone:
			t.Fatalf("the S3 server ended: %s", log.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatal("the S3 server did not answer")
		}
	}
	c, err := minio.New(at, &minio.Options{Creds: credentials.NewStaticV4("key", "verysecret", "")})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.MakeBucket(t.Context(), "blobs", minio.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	return at
}

// buildGateway builds the S3 server that tools.mod pins, once for each version and user.
func buildGateway(t *testing.T) string {
	t.Helper()
	tools, err := filepath.Abs("../../tools.mod")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(tools)
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`github\.com/versity/versitygw (v\S+)`).FindSubmatch(text)
	if version == nil {
		t.Fatal("tools.mod names no versitygw")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	cache = filepath.Join(cache, "parley")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(cache, "versitygw-"+string(version[1]))

	lock, err := os.OpenFile(program+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err == nil {
		return program
	}
	t.Log("building the S3 server; this takes a minute or two, once")
	out, err := exec.Command("go", "build", "-modfile="+tools, "-o", program+".new",
		"github.com/versity/versitygw/cmd/versitygw").CombinedOutput()
	if err != nil {
		t.Fatalf("build versitygw: %v\n%s", err, out)
	}
	if err := os.Rename(program+".new", program); err != nil {
		t.Fatal(err)
	}
	return program
}
