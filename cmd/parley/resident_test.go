package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parleydesk/parley/internal/dbtest"
)

// mostResident is what the server may hold in memory, in MB, whatever comes (docs/security.md).
const mostResident = 200

// mostOfAnImport is the same for the command that imports mails, which holds one mail of at most 40 MB whole.
const mostOfAnImport = 256

// TestResidentMemory sends large and hostile inputs of each kind to a program of its own, many at a time, and measures the
// most that it held in memory meanwhile. It takes minutes and a machine with nothing else to do: make memory.
func TestResidentMemory(t *testing.T) {
	if os.Getenv("PARLEY_TEST_MEMORY") == "" {
		t.Skip("make memory runs this")
	}
	for _, kind := range hostileKinds(t) {
		t.Run(kind.name, func(t *testing.T) {
			f := newFixture(t, "PARLEY_RATE_LIMIT=off", "PARLEY_LOG_LEVEL=info")
			f.api("POST", "/contacts", map[string]any{"name": "Ada", "email": "ada@example.test"})
			f.resetPeak()
			status := map[int]int{}
			var mu sync.Mutex
			var wg sync.WaitGroup
			todo := make(chan int)
			for range kind.parallel {
				wg.Go(func() {
					for n := range todo {
						code := kind.send(f, n)
						mu.Lock()
						status[code]++
						mu.Unlock()
					}
				})
			}
			for n := range kind.times {
				todo <- n
			}
			close(todo)
			wg.Wait()
			peak := f.peak()
			t.Logf("%s: at most %d MB; answers %v", kind.name, peak, status)
			if peak > mostResident {
				t.Errorf("%s: %d MB, more than %d", kind.name, peak, mostResident)
			}
			if code, _ := f.get("/readyz"); code != 200 {
				t.Errorf("%s: afterwards it is not ready: %d", kind.name, code)
			}
		})
	}
}

// TestResidentMemoryOfAnImport imports mails that are large or hostile in each of their parts, and measures the most that the
// command held in memory.
func TestResidentMemoryOfAnImport(t *testing.T) {
	if os.Getenv("PARLEY_TEST_MEMORY") == "" {
		t.Skip("make memory runs this")
	}
	pool := dbtest.New(t)
	inbox := dbtest.Inbox(t, pool, dbtest.Account(t, pool, "Lamp shop"), "Mail")
	settings := []string{
		"DATABASE_URL=" + pool.Config().ConnString(), "PARLEY_SECRET_KEY=" + dbtest.SecretKey, "PARLEY_DATA=" + t.TempDir(),
	}
	for name, write := range hostileMails() {
		path := filepath.Join(t.TempDir(), "hostile.mbox")
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := range 5 {
			fmt.Fprintf(file, "From ada@example.test Mon Jan  5 10:00:00 2026\nFrom: Ada <ada@example.test>\nTo: help@shop.example\n"+
				"Message-ID: <%s-%d@example.test>\nSubject: %s\n", strings.ReplaceAll(name, " ", "-"), n, name)
			write(file)
			_, _ = io.WriteString(file, "\n\n")
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		cmd := parley(t.Context(), settings, "import", "mbox", path, "--inbox", strconv.FormatInt(inbox.ID, 10))
		out, err := cmd.CombinedOutput()
		usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		if err != nil || !ok {
			t.Errorf("%s: %v %s", name, err, out)
			continue
		}
		t.Logf("%s: at most %d MB; %.300s", name, usage.Maxrss>>10, out)
		if usage.Maxrss>>10 > mostOfAnImport {
			t.Errorf("%s: %d MB, more than %d", name, usage.Maxrss>>10, mostOfAnImport)
		}
	}
}

// hostileMails write the rest of a mail after its first headers.
func hostileMails() map[string]func(io.Writer) {
	times := func(w io.Writer, n int, line string) {
		_, _ = io.CopyN(w, &repeated{text: line}, int64(n*len(line)))
	}
	return map[string]func(io.Writer){
		"long text": func(w io.Writer) { _, _ = io.WriteString(w, "\n"); times(w, 400_000, strings.Repeat("x", 70)+"\n") },
		"one line":  func(w io.Writer) { _, _ = io.WriteString(w, "\n"); times(w, 25<<20, "x") },
		"many headers": func(w io.Writer) {
			times(w, 200_000, "X-Header: value\n")
			_, _ = io.WriteString(w, "\ntext")
		},
		"nested parts": func(w io.Writer) {
			for n := range 5000 {
				fmt.Fprintf(w, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", n, n)
			}
		},
		"many parts": func(w io.Writer) {
			_, _ = io.WriteString(w, "Content-Type: multipart/mixed; boundary=b\n\n")
			times(w, 200_000, "--b\nContent-Type: text/plain\n\nx\n")
		},
		"large attachment": func(w io.Writer) {
			_, _ = io.WriteString(w, "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/pdf; name=a.pdf\n"+
				"Content-Disposition: attachment; filename=a.pdf\nContent-Transfer-Encoding: base64\n\n")
			times(w, 500_000, strings.Repeat("QUJD", 19)+"\n")
			_, _ = io.WriteString(w, "--b--\n")
		},
		"deep HTML": func(w io.Writer) {
			_, _ = io.WriteString(w, "Content-Type: text/html\n\n")
			times(w, 1<<20, "<div>\n")
		},
		"quoted": func(w io.Writer) {
			_, _ = io.WriteString(w, "Content-Transfer-Encoding: quoted-printable\n\n")
			times(w, 400_000, strings.Repeat("=C3=A9", 12)+"=\n")
		},
	}
}

// hostile is a kind of input: what send sends, how often, and how many at a time. send returns the status of the answer, or
// 0 if the server cut the connection.
type hostile struct {
	name            string
	times, parallel int
	send            func(f fixture, n int) int
}

func hostileKinds(t *testing.T) []hostile {
	picture := largestPicture(t)
	large := strings.Repeat("x", 7<<20)
	messages := func(f fixture) string {
		return fmt.Sprintf("/api/v1/accounts/%d/conversations/%s/messages", f.inbox.AccountID, f.number())
	}
	toAPI := func(path func(f fixture) string, body string) func(fixture, int) int {
		return func(f fixture, _ int) int {
			return f.hurl("POST", path(f), "application/json", strings.NewReader(body))
		}
	}
	account := func(more string) func(fixture) string {
		return func(f fixture) string { return fmt.Sprintf("/api/v1/accounts/%d%s", f.inbox.AccountID, more) }
	}
	public := func(f fixture) string { return "/public/api/v1/inboxes/" + f.inbox.Identifier + "/contacts" }
	nested := `{"custom_attributes":` + strings.Repeat(`{"a":`, 90) + `1` + strings.Repeat("}", 90) + `}`
	return []hostile{
		{"JSON: one long text", 100, 32, toAPI(messages, `{"content":"`+large+`"}`)},
		{"JSON: escapes", 100, 32, toAPI(messages, `{"content":"`+strings.Repeat(`\u00e9`, 1<<20)+`"}`)},
		{"JSON: many small things", 100, 32, toAPI(account("/contacts"), `{"custom_attributes":{"a":[`+
			strings.Repeat(`[],`, 2<<20)+`1]}}`)},
		{"JSON: deep", 500, 32, toAPI(account("/contacts"), nested)},
		{"JSON: from strangers", 100, 32, toAPI(public, `{"name":"`+large+`"}`)},
		{"JSON: that never ends", 64, 64, func(f fixture, _ int) int {
			endless := &repeated{text: `{"name":"` + strings.Repeat("x", 1000)}
			return f.hurl("POST", public(f), "application/json", io.LimitReader(endless, 100<<20))
		}},
		{"forms: many fields", 100, 32, func(f fixture, _ int) int {
			return f.hurl("POST", public(f), "application/x-www-form-urlencoded", strings.NewReader(strings.Repeat("a[]=1&", 1<<20)))
		}},
		{"forms: of a page", 200, 32, func(f fixture, _ int) int {
			return f.hurl("POST", "/login", "application/x-www-form-urlencoded", strings.NewReader("email="+large))
		}},
		{"multipart: many large fields", 100, 32, func(f fixture, _ int) int {
			return f.upload(messages(f), 30, func(w *multipart.Writer, n int) { _ = w.WriteField(fmt.Sprintf("f%d", n), large[:3<<20]) })
		}},
		{"multipart: many small fields", 100, 32, func(f fixture, _ int) int {
			return f.upload(messages(f), 1900, func(w *multipart.Writer, n int) { _ = w.WriteField(fmt.Sprintf("f[%d]", n), "x") })
		}},
		{"multipart: files", 60, 16, func(f fixture, _ int) int {
			return f.upload(messages(f), 15, func(w *multipart.Writer, n int) {
				p, _ := w.CreateFormFile("attachments[]", "a.bin")
				_, _ = io.WriteString(p, large[:3<<20])
			})
		}},
		{"pictures", 16, 16, func(f fixture, n int) int {
			return f.upload(messages(f), 1, func(w *multipart.Writer, part int) {
				p, _ := w.CreateFormFile("attachments[]", "a.png")
				_, _ = p.Write(picture)
				_, _ = fmt.Fprint(p, n, part) // each is another file
			})
		}},
		{"pictures of contacts", 16, 16, func(f fixture, n int) int {
			return f.upload(account("/contacts")(f), 1, func(w *multipart.Writer, part int) {
				p, _ := w.CreateFormFile("avatar", "a.png")
				_, _ = p.Write(picture)
				_, _ = fmt.Fprint(p, n, part)
			})
		}},
		{"CSV: previews", 32, 16, func(f fixture, n int) int {
			return f.upload(account("/contacts/import/preview")(f), 1, func(w *multipart.Writer, _ int) {
				p, _ := w.CreateFormFile("import_file", "a.csv")
				_, _ = fmt.Fprintf(p, "name,a\n%d\n\xe9", n)
				_, _ = io.WriteString(p, strings.Repeat("Ada \xe9,\"a\"\"b and more of it, so that it is long\"\n", 99_000))
			})
		}},
		{"CSV", 8, 8, func(f fixture, n int) int {
			return f.upload(account("/contacts/import")(f), 1, func(w *multipart.Writer, _ int) {
				p, _ := w.CreateFormFile("import_file", "a.csv")
				_, _ = fmt.Fprintf(p, "name,email\n%d", n)
				_, _ = io.WriteString(p, strings.Repeat("Ada,\"a\"\"b\"@example.test\n", 400_000))
			})
		}},
		{"filters", 100, 32, func(f fixture, _ int) int {
			term := `{"attribute_key":"content","filter_operator":"contains","values":["` + large[:100_000] + `"],"query_operator":"or"},`
			return f.hurl("POST", account("/conversations/filter")(f), "application/json",
				strings.NewReader(`{"payload":[`+strings.TrimSuffix(strings.Repeat(term, 50), ",")+`]}`))
		}},
		{"searches", 300, 32, func(f fixture, _ int) int {
			return f.hurl("GET", account("/search?q="+strings.Repeat("a+b+", 3000))(f), "", nil)
		}},
		{"signing in", 100, 64, func(f fixture, n int) int {
			who := fmt.Sprintf(`{"email":"bo%d@x.test","password":"a password"}`, n)
			return f.hurl("POST", "/auth/sign_in", "application/json", strings.NewReader(who))
		}},
		{"connections with half of their headers", 6000, 64, func(f fixture, _ int) int {
			conn, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
			if err != nil {
				return 0
			}
			time.AfterFunc(20*time.Second, func() { _ = conn.Close() })
			_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\n"+strings.Repeat("X-Header: 1\r\n", 2000))
			return 0
		}},
		{"bodies that stop", 2000, 64, func(f fixture, _ int) int {
			conn, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
			if err != nil {
				return 0
			}
			time.AfterFunc(60*time.Second, func() { _ = conn.Close() })
			_ = conn.SetWriteDeadline(time.Now().Add(2 * time.Second))
			_, _ = io.WriteString(conn, "POST "+public(f)+" HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"+
				"Content-Length: 8000000\r\n\r\n"+`{"name":"`+large)
			return 0
		}},
	}
}

// largestPicture is one that costs as much to decode as a picture may, and is small as a file.
func largestPicture(t *testing.T) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 4800, 4800))
	for i := 0; i < len(m.Pix); i += 4 {
		m.Pix[i], m.Pix[i+3] = byte(i>>12), 254
	}
	m.Set(0, 0, color.Transparent)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repeated is a text again and again.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c := copy(p[n:], r.text[r.at:])
		n, r.at = n+c, (r.at+c)%len(r.text)
	}
	return n, nil
}

// hurl sends a request as the administrator and returns the status, or 0 if the server cut the connection.
func (f fixture) hurl(method, path, kind string, body io.Reader) int {
	r, err := http.NewRequest(method, f.url+path, body)
	if err != nil {
		return -1
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("api_access_token", f.token)
	answer, err := (&http.Client{Timeout: patience}).Do(r)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// upload sends a multipart form of some parts, while it is made.
func (f fixture) upload(path string, parts int, part func(w *multipart.Writer, n int)) int {
	body, to := io.Pipe()
	w := multipart.NewWriter(to)
	go func() {
		for n := range parts {
			part(w, n)
		}
		_ = to.CloseWithError(w.Close())
	}()
	defer body.Close()
	return f.hurl("POST", path, w.FormDataContentType(), body)
}

// resetPeak makes the kernel count the program's peak from now.
func (f fixture) resetPeak() {
	f.t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", f.cmd.Process.Pid), []byte("5"), 0); err != nil {
		f.t.Skipf("this system does not tell the peak of a process: %v", err)
	}
}

// peak is the most memory that the program held since, in MB.
func (f fixture) peak() int {
	f.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", f.cmd.Process.Pid))
	if err != nil {
		f.t.Fatal(err)
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(raw)
	if found == nil {
		f.t.Fatalf("no peak in %s", raw)
	}
	kb, _ := strconv.Atoi(string(found[1]))
	return kb >> 10
}
